// The columns of the draws, as the page carries them: base64 of little-endian numbers.

const BYTES = { f32: 4, u16: 2, u8: 1 };

export function readBytes(text) {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

// A column has values, for laws also their logs, and which of them are atoms.
export function readColumn(head, bytes, size) {
  const view = new DataView(bytes.buffer, head.at, size * BYTES[head.kind]);
  const values = new Float64Array(size);
  if (head.kind === "f32") {
    for (let i = 0; i < size; i++) values[i] = view.getFloat32(4 * i, true);
    return { values, logs: null, atom: null, whole: false };
  }
  const logs = new Float64Array(size);
  const atom = new Uint8Array(size);
  const atoms = head.atoms.length;
  for (let i = 0; i < size; i++) {
    const code = head.kind === "u8" ? view.getUint8(i) : view.getUint16(2 * i, true);
    const plain = head.low + (code - atoms) * head.step;
    if (code < atoms) {
      values[i] = head.atoms[code];
      atom[i] = 1;
      logs[i] = Math.log(values[i]);
    } else if (head.log) {
      logs[i] = plain;
      values[i] = Math.exp(plain);
    } else {
      values[i] = plain;
      logs[i] = Math.log(plain);
    }
  }
  return { values, logs, atom, whole: head.kind === "u8" };
}

export function readDraws(page, text) {
  const bytes = readBytes(text);
  const columns = {};
  for (const head of page.columns) columns[head.name] = readColumn(head, bytes, page.size);
  return columns;
}

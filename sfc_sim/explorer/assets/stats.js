// Statistics of weighted draws, each as the package defines it.

export const FEWEST = 30; // effective draws below which a number has no error of its own
export const SMALL = 100; // below which an error bar is not to be trusted
export const HEAVY = 0.7; // shape of the tail of weights above which neither is,
export const ALIKE = 1 / 3; // unless its least weight is that part of the greatest: then none is great

// Effective draws that a sum of such parts rests on.
export function carriers(sum, squares) {
  return squares > 0 ? (sum * sum) / squares : 0;
}

export function leastError(error, carried, draws) {
  return carried >= FEWEST || draws <= 0 ? error : Math.max(error, 1 / draws);
}

// Sum of copies times part over that of the whole, its error, and who carries both.
export function shareOf(copies, part, whole) {
  let upper = 0;
  let lower = 0;
  let partSum = 0;
  let partSquares = 0;
  let missSum = 0;
  let missSquares = 0;
  let wholeSquares = 0;
  const size = copies.length;
  for (let i = 0; i < size; i++) {
    const n = copies[i];
    if (n === 0) continue;
    const p = n * part[i];
    const w = n * whole[i];
    const missing = n * (whole[i] - part[i]);
    upper += p;
    lower += w;
    wholeSquares += w * w;
    if (Math.abs(part[i]) > 1e-15 * whole[i]) {
      partSum += Math.abs(p);
      partSquares += p * p;
    }
    if (Math.abs(whole[i] - part[i]) > 1e-15 * whole[i]) {
      missSum += Math.abs(missing);
      missSquares += missing * missing;
    }
  }
  const share = upper / lower;
  let spread = 0;
  for (let i = 0; i < size; i++) {
    const off = copies[i] * (part[i] - share * whole[i]);
    spread += off * off;
  }
  const staked = carriers(lower, wholeSquares);
  const few = Math.min(staked, carriers(partSum, partSquares), carriers(missSum, missSquares));
  return { share, error: leastError(Math.sqrt(spread) / lower, few, staked), few, lower, staked };
}

// The error of a mean of values, of which sum of copies times value over that of copies is known.
export function spreadOf(copies, values, mean, sum) {
  let spread = 0;
  for (let i = 0; i < copies.length; i++) {
    const off = copies[i] * (values[i] - mean);
    spread += off * off;
  }
  return Math.sqrt(spread) / sum;
}

// Mean of a share under weights that sum to one; an event in no draw has the error of one draw.
export function meanOf(share, weight) {
  let inSum = 0;
  let inSquares = 0;
  let outSum = 0;
  let outSquares = 0;
  const size = weight.length;
  for (let i = 0; i < size; i++) {
    const inside = weight[i] * share[i];
    const outside = weight[i] * (1 - share[i]);
    inSum += inside;
    inSquares += inside * inside;
    outSum += outside;
    outSquares += outside * outside;
  }
  const mean = outSquares === 0 ? 1 : Math.min(inSum, 1);
  let spread = 0;
  for (let i = 0; i < size; i++) {
    const off = weight[i] * (share[i] - mean);
    spread += off * off;
  }
  const sides = [carriers(inSum, inSquares), carriers(outSum, outSquares)].filter((x) => x > 0);
  const error = mean === 0 || mean === 1 ? 1 / sides[0] : Math.sqrt(spread);
  return { mean, error, few: Math.min(...sides) };
}

// The order of values, from the least on.
export function orderOf(values) {
  return Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
}

// Weighted quantiles: the least value with at least so much of the weight up to it.
export function quantilesOf(values, order, weight, levels) {
  const size = order.length;
  let sum = 0;
  for (let k = 0; k < size; k++) sum += weight[order[k]];
  const found = [];
  let cumulative = 0;
  for (let k = 0; k < size && found.length < levels.length; k++) {
    const w = weight[order[k]];
    if (w === 0) continue;
    cumulative += w;
    while (found.length < levels.length && cumulative >= levels[found.length] * sum) {
      found.push(values[order[k]]);
    }
  }
  return found;
}

// The greatest of some numbers, from the least of these on.
function greatest(values, many) {
  const all = Float64Array.from(values);
  let low = 0;
  let high = all.length - 1;
  const at = all.length - many;
  while (low < high) {
    const pivot = all[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (all[i] < pivot) i++;
      while (all[j] > pivot) j--;
      if (i <= j) {
        const swapped = all[i];
        all[i++] = all[j];
        all[j--] = swapped;
      }
    }
    if (at <= j) high = j;
    else if (at >= i) low = i;
    else break;
  }
  return all.slice(at).sort();
}

// Shape of the tail of weights (Zhang and Stephens 2009), of weights whose greatest is one; and the
// weight from which on they are its tail.
export function tailOf(weight) {
  const same = 1e-9;
  const size = weight.length;
  let least = Infinity;
  let positive = 0;
  for (let i = 0; i < size; i++) {
    if (weight[i] < least) least = weight[i];
    if (weight[i] > 0) positive++;
  }
  if (1 - least <= same) return { shape: -1, start: 1 };
  if (positive < 5) return { shape: Infinity, start: 0 };
  let many = Math.min(Math.ceil(0.2 * size), Math.ceil(3 * Math.sqrt(size)));
  many = Math.max(5, Math.min(many, positive - 1));
  const top = greatest(weight, many + 1);
  const floor = positive > many ? top[0] : 0;
  const above = top.slice(1).map((w) => w - floor).filter((w) => w > same * floor);
  const shape = above.length >= 5 ? fitted(above) : above.length === 0 ? -1 : Infinity;
  return { shape, start: floor };
}

function fitted(above) {
  const size = above.length;
  const count = 30 + Math.floor(Math.sqrt(size));
  const quarter = above[Math.floor(size / 4 + 0.5) - 1];
  const inside = (theta) => {
    let sum = 0;
    for (const x of above) sum += Math.log1p(-theta * x);
    return sum / size;
  };
  const thetas = [];
  const profiles = [];
  for (let rank = 1; rank <= count; rank++) {
    const theta = (1 - Math.sqrt(count / (rank - 0.5))) / (3 * quarter) + 1 / above[size - 1];
    const shape = inside(theta);
    const profile = size * (Math.log(-theta / shape) - shape - 1);
    thetas.push(theta);
    profiles.push(Number.isFinite(profile) ? profile : -Infinity);
  }
  const top = Math.max(...profiles);
  const shares = profiles.map((profile) => Math.exp(profile - top));
  const norm = shares.reduce((sum, share) => sum + share, 0);
  const best = thetas.reduce((sum, theta, k) => sum + theta * (shares[k] / norm), 0);
  return Math.max((size * inside(best) + 5) / (size + 10), -1);
}

// Statistics of weighted draws, each as the package defines it.

export const FEWEST = 30; // effective draws below which a number has no error of its own
export const SMALL = 100; // below which an error bar is not to be trusted
export const HEAVY = 0.7; // shape of the tail of weights above which neither is

// Effective draws that a sum of such parts rests on.
export function carriers(sum, squares) {
  return squares > 0 ? (sum * sum) / squares : 0;
}

export function leastError(error, carried, draws) {
  return carried >= FEWEST || draws <= 0 ? error : Math.max(error, 1 / draws);
}

// Sum of copies times part over that of the whole, its error, and who carries both.
export function shareOf(copies, part, whole) {
  let upper = 0, lower = 0;
  let [partSum, partSquares, missSum, missSquares, wholeSquares] = [0, 0, 0, 0, 0];
  for (let i = 0; i < copies.length; i++) {
    const n = copies[i];
    if (n === 0) continue;
    const [p, w] = [part[i], whole[i]];
    upper += n * p;
    lower += n * w;
    wholeSquares += (n * w) ** 2;
    if (Math.abs(p) > 1e-15 * w) {
      partSum += n * Math.abs(p);
      partSquares += (n * p) ** 2;
    }
    if (Math.abs(w - p) > 1e-15 * w) {
      missSum += n * Math.abs(w - p);
      missSquares += (n * (w - p)) ** 2;
    }
  }
  const share = upper / lower;
  let spread = 0;
  for (let i = 0; i < copies.length; i++) spread += (copies[i] * (part[i] - share * whole[i])) ** 2;
  const staked = carriers(lower, wholeSquares);
  const few = Math.min(staked, carriers(partSum, partSquares), carriers(missSum, missSquares));
  return { share, error: leastError(Math.sqrt(spread) / lower, few, staked), few, staked, lower };
}

// Mean of a share under weights that sum to one; an event in no draw has the error of one draw.
export function meanOf(share, weight) {
  let mean = 0;
  let [inSum, inSquares, outSum, outSquares] = [0, 0, 0, 0];
  for (let i = 0; i < weight.length; i++) {
    const w = weight[i];
    if (w === 0) continue;
    const [a, b] = [w * share[i], w * (1 - share[i])];
    mean += a;
    inSum += a;
    inSquares += a * a;
    outSum += b;
    outSquares += b * b;
  }
  mean = Math.min(Math.max(mean, 0), 1);
  if (outSquares === 0) mean = 1;
  let spread = 0;
  for (let i = 0; i < weight.length; i++) spread += (weight[i] * (share[i] - mean)) ** 2;
  const sides = [carriers(inSum, inSquares), carriers(outSum, outSquares)].filter((x) => x > 0);
  const error = mean === 0 || mean === 1 ? 1 / sides[0] : Math.sqrt(spread);
  return { mean, error, few: Math.min(...sides) };
}

// The order of values, from the least on.
export function orderOf(values) {
  return Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
}

// Weighted quantiles and the ends of one standard error of each (Woodruff 1952).
export function quantilesOf(values, order, weight, levels) {
  const kept = order.filter((i) => weight[i] > 0);
  const cumulative = new Float64Array(kept.length);
  let sum = 0;
  let squares = 0;
  for (let k = 0; k < kept.length; k++) {
    sum += weight[kept[k]];
    cumulative[k] = sum;
    squares += weight[kept[k]] ** 2;
  }
  const read = (level) => {
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < level * sum) low = middle + 1;
      else high = middle;
    }
    return values[kept[Math.min(low, kept.length - 1)]];
  };
  return levels.map((level) => {
    const middle = read(level);
    let below = 0;
    for (let k = 0; k < kept.length && values[kept[k]] <= middle; k++) below += weight[kept[k]] ** 2;
    const error = Math.sqrt(below * (1 - level) ** 2 + (squares - below) * level ** 2);
    const ends = [-1, 1].map((side) => read(Math.min(Math.max(level + side * error, 0), 1)));
    return { value: middle, low: ends[0], high: ends[1] };
  });
}

// The greatest of some numbers, from the least of these on.
function greatest(values, many) {
  const all = Float64Array.from(values);
  let [low, high] = [0, all.length - 1];
  const at = all.length - many;
  while (low < high) {
    const pivot = all[(low + high) >> 1];
    let [i, j] = [low, high];
    while (i <= j) {
      while (all[i] < pivot) i++;
      while (all[j] > pivot) j--;
      if (i <= j) {
        [all[i], all[j]] = [all[j], all[i]];
        i++;
        j--;
      }
    }
    if (at <= j) high = j;
    else if (at >= i) low = i;
    else break;
  }
  return all.slice(at).sort();
}

// Shape of the tail of weights (Zhang and Stephens 2009), of weights whose greatest is one.
export function paretoShape(weight) {
  const same = 1e-9;
  let [least, positive] = [Infinity, 0];
  for (const w of weight) {
    least = Math.min(least, w);
    if (w > 0) positive++;
  }
  if (1 - least <= same) return -1;
  if (positive < 5) return Infinity;
  const size = weight.length;
  let many = Math.min(Math.ceil(0.2 * size), Math.ceil(3 * Math.sqrt(size)));
  many = Math.max(5, Math.min(many, positive - 1));
  const top = greatest(weight, many + 1);
  const floor = positive > many ? top[0] : 0;
  const above = top.slice(1).map((w) => w - floor).filter((w) => w > same * floor);
  if (above.length < 5) return above.length === 0 ? -1 : Infinity;
  return fitted(above);
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

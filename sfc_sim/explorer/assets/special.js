// Functions of the normal law, to double precision.

const ROOT_PI = Math.sqrt(Math.PI);

// erfc by a series whose terms are all positive, and by Lentz's continued fraction further out.
export function erfc(x) {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2.5) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 80; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
      if (term < 1e-17 * sum) break;
    }
    return 1 - (2 / ROOT_PI) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / ROOT_PI / (x + fraction);
}

export function normalCdf(z) {
  return 0.5 * erfc(-z / Math.SQRT2);
}

// Quantile of the standard normal law: a rational start, then Halley's steps.
export function normalQuantile(u) {
  if (u > 0.5) return -normalQuantile(1 - u);
  const t = Math.sqrt(-2 * Math.log(u));
  let z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) /
    (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
  for (let k = 0; k < 3; k++) {
    const miss = (normalCdf(z) - u) / (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI));
    z -= miss / (1 + 0.5 * z * miss);
  }
  return z;
}

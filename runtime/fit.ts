// A line fitted online: bytes = c + k * size. Serves the claims, one for each await of the
// source. A Kalman filter (recursive least squares that forgets), in a typed array: no allocation once made.

/** Slots: the two factors, their covariance by rows, samples taken. */
export const C = 0;
export const K = 1;
const P = 2;
export const SAMPLES = 6;
/** Of c: the part that is allocated on the way out, before anything comes back. */
export const SENT = 7;
const LARGEST = 8;
/** Of late: the least that was seen beyond what was foretold, and in how many samples. */
const LOWEST = 9;
const LATE = 10;
const WIDTH = 11;
// So many samples in a row that all say more: it is so.
const ENOUGH = 8;
// A size beyond this many times the largest one seen is new ground.
const NEW_GROUND = 4;
// There, k may be off by so much of itself.
const NEW_DOUBT = 0.5;
const N = 2;
// Of what a factor begins with: as of that much does it drift at least.
const FLOOR = 0.5;

/** What a fit begins with, how far that may be off, and how far the truth may move between two samples. */
export interface Prior {
  start: readonly [c: number, k: number];
  doubt: readonly [c: number, k: number];
  least: readonly [c: number, k: number];
  most: readonly [c: number, k: number];
  /** Share of itself that a factor may drift from one sample to the next. */
  drift: number;
}

// No driver is known to make more than this of garbage for each byte of its result.
const MOST_K = 16;
/** Of an await of which nothing is known yet. */
export const PRIOR: Prior = {
  start: [8 * 1024, 3],
  doubt: [64 * 1024, 1.5],
  least: [0, 0],
  most: [Number.POSITIVE_INFINITY, MOST_K],
  drift: 0.05,
};

// Of c.
const SENT_FIRST = 0.3;

export function newFit(prior: Prior): Float64Array {
  const fit = new Float64Array(WIDTH);
  for (let i = 0; i < N; i++) {
    fit[i] = prior.start[i];
    fit[P + i * N + i] = prior.doubt[i] ** 2;
  }
  fit[SENT] = SENT_FIRST;
  return fit;
}

/** The most that is believed of a call, bytes. Of one that is little known, while others wait, not much: it may be a bystander. */
export function reason(fit: Float64Array, size: number, others: boolean, calls = 1): number {
  return (fit[SAMPLES] >= 4 ? 4 * fit[C] : others ? 40 * 1024 : 512 * 1024) * calls + MOST_K * size;
}

/** Bytes on the way out, before anything comes back: of an await that has no fit yet, too. */
export function sentBy(fit: Float64Array | undefined): number {
  return fit === undefined ? PRIOR.start[C] * SENT_FIRST : fit[C] * fit[SENT];
}

const x = new Float64Array(N);
const gain = new Float64Array(N);
const left = new Float64Array(N * N);
const next = new Float64Array(N * N);

/** Whether small results only have taught of it: what they said about k says nothing of one a thousand times as large. */
export function isNewGround(fit: Float64Array, size: number): boolean {
  return size > NEW_GROUND * fit[LARGEST];
}

/** To be asked right before anything of a size is weighed or learned: on new ground, k is in doubt again. */
export function reachFor(fit: Float64Array, prior: Prior, size: number): void {
  if (isNewGround(fit, size)) {
    fit[P + 1] = 0;
    fit[P + N] = 0;
    const doubt = Math.max(prior.doubt[K], NEW_DOUBT * fit[K]);
    fit[P + N + K] = Math.max(fit[P + N + K], doubt ** 2);
  }
  fit[LARGEST] = Math.max(fit[LARGEST], size);
}

/**
 * Takes note of an error of a sample that may hold others' work. Returns the least of the last few once there are
 * enough of them, else -1: others' work is now in it and now not, a call's own is always.
 */
export function leastError(fit: Float64Array, error: number): number {
  fit[LOWEST] = fit[LATE] === 0 ? error : Math.min(fit[LOWEST], error);
  if (++fit[LATE] < ENOUGH) return -1;
  fit[LATE] = 0;
  return fit[LOWEST];
}

/** What a fit says of a size, bytes; or of so many calls whose sizes are `size` in sum. */
export function foretell(fit: Float64Array, size: number, calls = 1): number {
  return fit[C] * calls + fit[K] * size;
}

/** Variance of what a fit foretells for a size: how far it may be off. */
export function spread(fit: Float64Array, size: number, calls = 1): number {
  // Of a fit that is known well it may come out below nothing by rounding.
  return Math.max(0, fit[P] * calls * calls + 2 * fit[P + 1] * size * calls + fit[P + N + 1] * size * size);
}

/** Learns one sample: `error` is what was seen less what was foretold for it, `variance` its noise. */
export function learn(
  fit: Float64Array,
  prior: Prior,
  size: number,
  error: number,
  variance: number,
  calls = 1,
): void {
  x[C] = calls;
  x[K] = size;
  for (let i = 0; i < N; i++) {
    const at = P + i * N + i;
    // Drift widens the doubt, but not beyond what it was at the start, or what the factor itself is.
    const most = prior.doubt[i] ** 2 + (i === C ? fit[C] ** 2 : 0);
    // One that has come down to nothing may rise again.
    const moves = prior.drift * Math.max(fit[i], FLOOR * prior.start[i]);
    fit[at] = Math.max(fit[at], Math.min(most, fit[at] + moves ** 2));
  }
  // Never none: where nothing is in doubt any more, nothing is learned.
  let all = Math.max(variance, 1);
  for (let i = 0; i < N; i++) {
    let sum = 0;
    for (let j = 0; j < N; j++) sum += fit[P + i * N + j] * x[j];
    gain[i] = sum;
    all += sum * x[i];
  }
  for (let i = 0; i < N; i++) {
    gain[i] /= all;
    fit[i] += gain[i] * error;
  }
  // Joseph's form, (1 - gx') P (1 - gx')' + g v g': the covariance stays one, whatever rounding does.
  for (let i = 0; i < N; i++)
    for (let j = 0; j < N; j++) left[i * N + j] = (i === j ? 1 : 0) - gain[i] * x[j];
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      let sum = 0;
      for (let m = 0; m < N; m++) sum += left[i * N + m] * fit[P + m * N + j];
      next[i * N + j] = sum;
    }
  }
  for (let i = 0; i < N; i++) {
    for (let j = 0; j < N; j++) {
      let sum = gain[i] * variance * gain[j];
      for (let m = 0; m < N; m++) sum += next[i * N + m] * left[j * N + m];
      fit[P + i * N + j] = sum;
    }
  }
  bound(fit, prior);
  fit[SAMPLES] += calls;
}

// A factor stays within its bounds. What is beyond is the other's, as far as the two were only known together: the
// sample said how much it is in all.
function bound(fit: Float64Array, prior: Prior): void {
  for (let i = 0; i < N; i++) {
    const beyond = fit[i] - Math.min(prior.most[i], Math.max(prior.least[i], fit[i]));
    if (beyond === 0) continue;
    fit[i] -= beyond;
    const other = N - 1 - i;
    const known = fit[P + i * N + i];
    if (known > 0) fit[other] -= (beyond * fit[P + i * N + other]) / known;
  }
  for (let i = 0; i < N; i++) fit[i] = Math.min(prior.most[i], Math.max(prior.least[i], fit[i]));
}

// Whose are the bytes that a driver allocated in its own callbacks while a call waited? Serves `resume`:
// by the size of the value that comes back, a span claims its part of what was unowned meanwhile. Must
// never claim more in sum than was unowned, and bill a bystander nothing that it did not make.

import { CLAIMED, hooks, ledger, SUSPENSIONS, settleOwn, UNOWNED } from './ledger';
import { sizeOf } from './sizes';
import { C0, CHILD_AWAITED, CHILDREN, EPOCH0, type Span, U0, W0 } from './span';
import { keepAwaited, WORTH_TELLING } from './story';

// A driver makes a fixed amount of garbage for each await, and more in proportion to what comes back:
//     unowned = c + k * size
// fitted for each await of the source by a Kalman filter (recursive least squares that forgets, since
// drivers warm up). Below SMALL nothing is estimated: the common await pays two readings and no more.
const SMALL = 4 * 1024;
const PRIOR_C = 8 * 1024;
const PRIOR_K = 3;
// No driver is known to make more than this of garbage for each byte of its result.
const MOST_K = 16;
// How far the prior may be off, and how far the truth may move from one sample to the next.
const DOUBT_C = 64 * 1024;
const DOUBT_K = 1.5;
const DRIFT = 0.03;
const NOISE = 0.1;

/** Slots of a fit: c, k, the covariance of the two, samples taken. Bytes. */
const C = 0;
const K = 1;
const CC = 2;
const CK = 3;
const KK = 4;
const SAMPLES = 5;

function newFit(): Float64Array {
  const fit = new Float64Array(6);
  fit[C] = PRIOR_C;
  fit[K] = PRIOR_K;
  fit[CC] = DOUBT_C ** 2;
  fit[KK] = DOUBT_K ** 2;
  return fit;
}

/** Bytes that a span claims at its resumption; what telling them apart allocated is memprof's own. */
export function claim(span: Span, value: unknown): number {
  const numbers = span.n;
  const interval = ledger[UNOWNED] - numbers[U0];
  const left = ledger[UNOWNED] - ledger[CLAIMED];
  const limit = Math.min(interval, left);
  if (limit < SMALL) return 0;
  const alone = numbers[EPOCH0] === ledger[SUSPENSIONS];
  const others = ledger[CLAIMED] - numbers[C0];
  // What instrumented children made of the value is billed already.
  const children = numbers[CHILDREN] + numbers[CHILD_AWAITED] - numbers[W0];
  const size = Math.max(0, sizeOf(value) - children);
  const fit = fitOf(span);
  const seen = interval - others;
  if (seen > 0) learn(fit, size, seen, alone, others);
  const foretold = Math.max(0, fit[C] + fit[K] * size);
  // Nobody else waited: what was seen is better than what was foretold, unless it is beyond all reason
  // (work of nobody's that merely fell into the same time).
  const billed = alone ? Math.min(seen, reason(fit, size)) : foretold;
  const bytes = Math.floor(Math.max(0, Math.min(billed, limit)));
  if (bytes >= WORTH_TELLING) keepAwaited(span, value, bytes);
  settleOwn();
  return bytes;
}

function reason(fit: Float64Array, size: number): number {
  return (fit[SAMPLES] < 4 ? 64 * PRIOR_C : 4 * fit[C]) + MOST_K * size;
}

function fitOf(span: Span): Float64Array {
  const { fits, awaits } = span.site;
  const at = span.at < 0 ? awaits.length : span.at;
  return (fits[at] ??= newFit()) as Float64Array;
}

function learn(fit: Float64Array, size: number, seen: number, alone: boolean, others: number): void {
  let error = seen - (fit[C] + fit[K] * size);
  const beyond = seen > reason(fit, size);
  // Too much for its size: others' work, of which nothing can be learned but that the fit is not far
  // too high. It moves a little, so that a fit which is far too low gets there in the end.
  const most = beyond ? 0.005 * (fit[C] + fit[K] * size) : Number.POSITIVE_INFINITY;
  if (error > most) error = most;
  // While others wait, their work is in the interval too, and what they claimed is only about it.
  const disturbed = alone ? 0 : 0.5 * others + 0.5 * fit[C];
  const variance = (NOISE * seen) ** 2 + disturbed ** 2 + SMALL ** 2;
  // What may have drifted since the last sample.
  const cc = Math.min(DOUBT_C ** 2 + fit[C] ** 2, fit[CC] + (DRIFT * fit[C]) ** 2);
  const kk = Math.min(DOUBT_K ** 2, fit[KK] + (DRIFT * fit[K]) ** 2);
  const ck = fit[CK];
  const pc = cc + ck * size;
  const pk = ck + kk * size;
  const all = pc + pk * size + variance;
  const gc = pc / all;
  const gk = pk / all;
  fit[C] = Math.max(0, fit[C] + gc * error);
  fit[K] = Math.min(MOST_K, Math.max(0, fit[K] + gk * error));
  // Joseph's form of the update: the covariance stays one, whatever rounding does.
  const a = 1 - gc;
  const d = 1 - gk * size;
  const b = -gc * size;
  const e = -gk;
  fit[CC] = a * a * cc + 2 * a * b * ck + b * b * kk + gc * gc * variance;
  fit[CK] = a * e * cc + (a * d + b * e) * ck + b * d * kk + gc * gk * variance;
  fit[KK] = e * e * cc + 2 * e * d * ck + d * d * kk + gk * gk * variance;
  fit[SAMPLES]++;
}

hooks.claim = claim;

// A driver that reads many answers in one callback completes as many calls at once: what it allocated for all of them
// lies before the first one's resumption, and before the others' there is nothing. Serves the claims: the calls that
// come back so are a batch, which shares what was seen, and teaches each one's fit when it is over.

import { foretell, learn, type Prior, spread } from './fit';

// Fits that a batch teaches; of one with more awaits the first so many, by their share of what was foretold for all.
const MOST = 64;
// What is off in a batch's sum is that of each member as far as it is known, and of work that is nobody's.
const NOISE = 0.2;
const FLOOR = 4 * 1024;

// By fit: how many calls of the batch have it, and the sum of their sizes.
const fits: (Float64Array | null)[] = new Array(MOST).fill(null);
const counts = new Float64Array(MOST);
const sizes = new Float64Array(MOST);
let known = 0;
let bytes = 0;
let left = 0;
let expected = 0;
let firstDoubt = 0;

/** A call came back with `near` bytes right before it, of which `billed` are its own: others may follow that have none. */
export function beginBatch(
  fit: Float64Array,
  size: number,
  near: number,
  billed: number,
  doubt: number,
): void {
  known = 0;
  expected = 0;
  firstDoubt = doubt;
  bytes = near;
  left = Math.max(0, near - billed);
  add(fit, size);
}

/** What nobody of the batch has claimed so far. */
export function leftInBatch(): number {
  return known > 0 ? left : 0;
}

/** A call follows in the batch: how much of what was foretold for it is left. */
export function joinBatch(fit: Float64Array, size: number, near: number): number {
  bytes += near;
  left += near;
  const own = Math.min(left, foretell(fit, size));
  left -= own;
  add(fit, size);
  return own;
}

/** The batch is over; `teach` learns of one that had a single member. */
export function endBatch(
  prior: Prior,
  teach: (fit: Float64Array, size: number, seen: number, doubt: number) => void,
): void {
  const count = known;
  known = 0;
  if (count === 0) return;
  const single = count === 1 && counts[0] === 1;
  let foretold = 0;
  let doubt = 0;
  for (let i = 0; i < count; i++) {
    const fit = fits[i] as Float64Array;
    foretold += foretell(fit, sizes[i], counts[i]);
    doubt += spread(fit, sizes[i], counts[i]);
  }
  // Of more fits than are taught: their share. Nothing may be foretold at all.
  const seen = expected > foretold ? (bytes * foretold) / expected : bytes;
  const error = seen - foretold;
  const variance = (NOISE * seen) ** 2 + FLOOR ** 2;
  // The batch is one sample of each fit: the more doubtful a fit's part is, the more of the error is its.
  for (let i = 0; i < count; i++) {
    const fit = fits[i] as Float64Array;
    fits[i] = null;
    if (single) teach(fit, sizes[i], bytes, firstDoubt);
    else if (doubt > 0) {
      const share = spread(fit, sizes[i], counts[i]) / doubt;
      learn(fit, prior, sizes[i], error * share, variance * share, counts[i]);
    }
  }
}

function add(fit: Float64Array, size: number): void {
  expected += foretell(fit, size);
  for (let i = 0; i < known; i++) {
    if (fits[i] !== fit) continue;
    counts[i]++;
    sizes[i] += size;
    return;
  }
  if (known === MOST) return;
  fits[known] = fit;
  counts[known] = 1;
  sizes[known] = size;
  known++;
}

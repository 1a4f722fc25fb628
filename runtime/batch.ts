// A driver that reads many answers in one callback completes as many calls at once: what it allocated for all of them
// lies before the first one's resumption, and before the others' there is nothing. Serves the claims: the calls that
// come back so are a batch, which shares what was seen, and teaches each one's fit when it is over.

import { foretell, learn, type Prior, reason, spread } from './fit';

// Fits that a batch teaches; of one with more awaits the first so many, by their share of what was foretold for all.
const MOST = 64;
// Calls that come back with nothing before them do not end it, unless there are so many.
const MOST_CALLS = 1024;
// What is off in a batch's sum is that of each member as far as it is known, and of work that is nobody's.
const NOISE = 0.1;
const FLOOR = 4 * 1024;
// Of what was seen in a batch: not enough to end it, even where more was claimed than there was.
const LITTLE = 0.05;

interface Batch {
  /** By fit: how many calls of the batch have it, and the sum of their sizes. */
  fits: (Float64Array | null)[];
  counts: Float64Array;
  sizes: Float64Array;
  known: number;
  bytes: number;
  left: number;
  expected: number;
  firstDoubt: number;
  shared: boolean;
  members: number;
}

const newBatch = (): Batch => ({
  fits: new Array(MOST).fill(null),
  counts: new Float64Array(MOST),
  sizes: new Float64Array(MOST),
  known: 0,
  bytes: 0,
  left: 0,
  expected: 0,
  firstDoubt: 0,
  shared: false,
  members: 0,
});

let batch = newBatch();
/** Perhaps not over: what came after it had little before it, which may have been nobody's. */
let aside = newBatch();

/** A call came back with `near` bytes right before it, of which `billed` are its own: others may follow that have none. */
export function beginBatch(
  fit: Float64Array,
  size: number,
  near: number,
  billed: number,
  doubt: number,
): void {
  clear(batch);
  batch.firstDoubt = doubt;
  batch.bytes = near;
  batch.left = Math.max(0, near - billed);
  add(batch, fit, 1, size, foretell(fit, size));
}

function clear(one: Batch): void {
  one.fits.fill(null, 0, one.known);
  one.known = 0;
  one.shared = false;
  one.members = 0;
  one.expected = 0;
  one.bytes = 0;
  one.left = 0;
}

/** What nobody of the batch has claimed so far. */
export function leftInBatch(): number {
  return batch.known > 0 ? batch.left : 0;
}

/** So much before a resumption may be nobody's, in the midst of the batch: less than it has left, or little for it. */
export function isLittle(near: number): boolean {
  return near < Math.max(room(batch), room(aside));
}

function room(one: Batch): number {
  return one.known > 0 ? Math.max(one.left, LITTLE * one.bytes) : 0;
}

/** A batch goes on, whatever is left in it: what has no room for a callback of the driver's before it belongs there. */
export function isOpen(): boolean {
  return batch.known > 0 && batch.members < MOST_CALLS;
}

/** Others have followed in it: what was seen before a resumption is not what was made for it. */
export function isShared(): boolean {
  return batch.shared;
}

/** A call follows in the batch: how much of what was foretold for it is left. */
export function joinBatch(fit: Float64Array, size: number, near: number): number {
  const foretold = foretell(fit, size);
  if (batch.left + near < foretold && aside.known > 0) goBack();
  batch.shared = true;
  batch.bytes += near;
  batch.left += near;
  const own = Math.min(batch.left, foretold);
  batch.left -= own;
  add(batch, fit, 1, size, foretold);
  return own;
}

/**
 * A batch may begin with so few bytes that they are nobody's, and the one before goes on: until that is known, or many
 * calls have come back since, the larger one is kept. The other is over.
 */
export function setAside(prior: Prior, teach: Teach): void {
  aside.members += batch.members;
  if (room(batch) > room(aside) || aside.members >= MOST_CALLS) {
    end(aside, prior, teach);
    [batch, aside] = [aside, batch];
  } else end(batch, prior, teach);
}

/** It was the one before, all the while: more is claimed than was made since. */
function goBack(): void {
  const since = batch;
  batch = aside;
  aside = since;
  batch.shared = true;
  batch.bytes += since.bytes;
  batch.left += since.left;
  for (let i = 0; i < since.known; i++) {
    const fit = since.fits[i] as Float64Array;
    add(batch, fit, since.counts[i], since.sizes[i], foretell(fit, since.sizes[i], since.counts[i]));
  }
  clear(since);
}

type Teach = (fit: Float64Array, size: number, seen: number, doubt: number) => void;

/** The batch is over, and one that was set aside; `teach` learns of one that had a single member. */
export function endBatch(prior: Prior, teach: Teach): void {
  end(aside, prior, teach);
  end(batch, prior, teach);
}

function end(one: Batch, prior: Prior, teach: Teach): void {
  const { known: count, fits, counts, sizes, bytes, expected, firstDoubt } = one;
  if (count === 0) return;
  const single = count === 1 && counts[0] === 1;
  let foretold = 0;
  let doubt = 0;
  let reasonable = 0;
  let values = 0;
  for (let i = 0; i < count; i++) {
    const fit = fits[i] as Float64Array;
    reasonable += reason(fit, sizes[i], true, counts[i]);
    foretold += foretell(fit, sizes[i], counts[i]);
    values += sizes[i];
    doubt += spread(fit, sizes[i], counts[i]);
  }
  // Of more fits than are taught: their share. Nothing may be foretold at all.
  const seen = Math.min(expected > foretold ? (bytes * foretold) / expected : bytes, reasonable);
  // Far too much is others' work: no more is learned of it than of what may just be.
  const most = 3 * Math.sqrt(doubt + (NOISE * foretold) ** 2 + FLOOR ** 2);
  const error = Math.min(seen - foretold, most);
  // Values are not made in less than they are: some were before, in another callback, which says little of what they took.
  const elsewhere = seen < values ? foretold : 0;
  const variance = (NOISE * seen) ** 2 + elsewhere ** 2 + FLOOR ** 2;
  // The batch is one sample of each fit: the more doubtful a fit's part is, the more of the error is its.
  for (let i = 0; i < count; i++) {
    const fit = fits[i] as Float64Array;
    if (single) teach(fit, sizes[i], bytes, firstDoubt);
    else if (doubt > 0) {
      const share = spread(fit, sizes[i], counts[i]) / doubt;
      learn(fit, prior, sizes[i], error * share, variance * share, counts[i]);
    }
  }
  clear(one);
}

function add(one: Batch, fit: Float64Array, calls: number, size: number, foretold: number): void {
  const { fits, counts, sizes, known } = one;
  one.members += calls;
  one.expected += foretold;
  for (let i = 0; i < known; i++) {
    if (fits[i] !== fit) continue;
    counts[i] += calls;
    sizes[i] += size;
    return;
  }
  if (known === MOST) return;
  fits[known] = fit;
  counts[known] = calls;
  sizes[known] = size;
  one.known++;
}

// Whose are the bytes that a driver allocated in its own callbacks while a call waited? Serves `resume`:
// by the size of the value that comes back, a span claims its part of what was unowned meanwhile. Must
// never claim more in sum than was unowned, and bill a bystander nothing that it did not make.

import { beginBatch, endBatch, joinBatch, leftInBatch } from './batch';
import { now, spent, TOLD } from './clock';
import { C, foretell, learn, leastError, newFit, type Prior, reachFor, SAMPLES, spread } from './fit';
import { CLAIMED, hooks, ledger, settleOwn, UNOWNED } from './ledger';
import { sizeOf } from './sizes';
import * as slices from './slices';
import { B0, C0, CHILD_AWAITED, CHILDREN, type Span, U0, W0 } from './span';
import { keepAwaited, WORTH_TELLING } from './story';

// A driver makes a fixed amount of garbage for each await, and more in proportion to what comes back:
//     c + k * size
// fitted for each await of the source. Below LEAST nothing is estimated: the common await pays two
// readings and no more.
const LEAST = 1024;
const SMALL = 4 * 1024;
// A result of this size comes back in one piece: what is allocated right before its resumption is all of it.
const ONE_PIECE = 24 * 1024;
// And one of this size in two or three, if what is allocated right before says so.
const FEW_PIECES = 96 * 1024;
// Before the resumption of a call whose value was made before that of another there is less than this.
const NOTHING = 16 * 1024;
// So much of what was foretold, right before it: a large result came in one piece, others with it, perhaps.
const IN_ONE = 0.8;
// A fit knows a size when it is off by less than this.
const SURE = 0.4;
// No driver is known to make more than this of garbage for each byte of its result.
const MOST_K = 16;
const NOISE = 0.1;
const PRIOR: Prior = {
  start: [8 * 1024, 3],
  doubt: [64 * 1024, 1.5],
  least: [0, 0],
  most: [Number.POSITIVE_INFINITY, MOST_K],
  drift: 0.05,
};

// Values that somebody has claimed: whoever awaits one of them, too (a cache, a shared promise, a caller), pays for
// what is done on the way, and not for the value again.
const billedValues = new WeakSet<object>();

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Bytes that a span claims at its resumption; what telling them apart allocated is memprof's own. */
export function claim(span: Span, value: unknown): number {
  const numbers = span.n;
  const interval = ledger[UNOWNED] - numbers[U0];
  const limit = Math.min(interval, ledger[UNOWNED] - ledger[CLAIMED]);
  if (limit < LEAST) {
    slices.interrupted();
    return 0;
  }
  const since = now();
  // What instrumented children made of the value is billed already.
  const children = numbers[CHILDREN] + numbers[CHILD_AWAITED] - numbers[W0];
  const known = isObject(value) && billedValues.has(value);
  const size = known ? 0 : Math.max(0, sizeOf(value) - children);
  const fit = fitOf(span);
  const undisturbed = slices.isSingle(span);
  const near = slices.beforeResumption(span, fit, size);
  const claimed = ledger[CLAIMED] - numbers[C0];
  const background = slices.backgroundSoFar() - numbers[B0];
  // What was seen of this call's own work, and how far that may be off. Where nothing else began or ended
  // meanwhile, it is all that was allocated. Else others' claims are theirs only about, and their work is
  // not all in the interval in which they claim.
  let seen = interval - claimed;
  let doubt = 0;
  let billed: number;
  const foretold = foretell(fit, size);
  reachFor(fit, PRIOR, size);
  const sure = fit[SAMPLES] >= 4 && spread(fit, size) < (SURE * foretold) ** 2;
  const back = slices.backOnly();
  const little = !undisturbed && back < size && back < NOTHING;
  const more = leftInBatch() > 0.5 * foretold;
  // Something else in between (a page's rest, an array that grew) does not end a batch that has enough left.
  const less = !undisturbed && size <= ONE_PIECE && near < 0.5 * foretold && more;
  if (less || (little && (size <= ONE_PIECE || (sure && more)))) {
    // Its value was not made in so little: it was before the resumption of another call, or not at all.
    billed = joinBatch(fit, size, near);
  } else {
    endBatch(PRIOR, teach);
    let alone = true;
    if (!undisturbed) {
      if (
        size <= ONE_PIECE ||
        (size <= FEW_PIECES && near > 0.5 * IN_ONE * foretold) ||
        (sure && near > IN_ONE * foretold)
      ) {
        seen = near;
        alone = false;
        // Others' work can be in it; less than all of its own can hardly.
        doubt = (near < foretold ? 0.2 : 0.5) * foretold;
      } else {
        seen -= background;
        doubt = 0.25 * (claimed + background) + 0.5 * fit[C];
      }
    }
    billed = foretold;
    if (seen > 0) {
      // More than was foretold may be the values of calls that come back next.
      billed = weigh(fit, size, alone || !sure ? seen : Math.min(seen, 1.25 * foretold), doubt);
      if (alone) teach(fit, size, seen, doubt);
      else beginBatch(fit, size, near, billed, doubt);
    }
  }
  const bytes = Math.floor(Math.max(0, Math.min(billed, limit)));
  if (bytes >= SMALL && size >= SMALL && isObject(value)) billedValues.add(value);
  if (bytes >= WORTH_TELLING) keepAwaited(span, value, bytes);
  settleOwn();
  spent[TOLD] += now() - since;
  return bytes;
}

// The most that is believed of a call. Of one that is little known, while others wait, not much: it may be a bystander.
function reason(fit: Float64Array, size: number, doubt: number): number {
  return (fit[SAMPLES] >= 4 ? 4 * fit[C] : doubt > 0 ? 40 * 1024 : 512 * 1024) + MOST_K * size;
}

function fitOf(span: Span): Float64Array {
  const { site } = span;
  const at = span.at < 0 ? site.awaits.length : span.at;
  const { table, n } = site;
  table.fits ??= [];
  table.fits[n] ??= [];
  const fits = table.fits[n];
  return (fits[at] ??= newFit(PRIOR)) as Float64Array;
}

// What is foretold and what was seen, each by how far it may be trusted.
function weigh(fit: Float64Array, size: number, seen: number, doubt: number): number {
  const foretold = foretell(fit, size);
  if (isFar(fit, size, seen, doubt)) return foretold;
  const known = knownFor(fit, size);
  const trust = known / (known + doubt ** 2 + 1);
  return foretold + trust * (Math.min(seen, reason(fit, size, doubt)) - foretold);
}

function knownFor(fit: Float64Array, size: number): number {
  return spread(fit, size) + (NOISE * foretell(fit, size)) ** 2;
}

// Too much for what this await is known for, while others wait: their work.
function isFar(fit: Float64Array, size: number, seen: number, doubt: number): boolean {
  const error = seen - foretell(fit, size);
  return doubt > 0 && fit[SAMPLES] >= 4 && error > 3 * Math.sqrt(knownFor(fit, size) + doubt ** 2);
}

function teach(fit: Float64Array, size: number, seen: number, doubt: number): void {
  const foretold = foretell(fit, size);
  let error = seen - foretold;
  // Of what is too much, also for its size, nothing can be learned but that the fit is not far too high: it moves a
  // little. Unless it is too much each time.
  const least = doubt > 0 ? leastError(fit, error) : -1;
  if (isFar(fit, size, seen, doubt) || seen > reason(fit, size, doubt)) {
    error = least > 0 ? least : Math.min(error, 0.005 * foretold);
  }
  learn(fit, PRIOR, size, error, (NOISE * seen) ** 2 + doubt ** 2 + SMALL ** 2);
}

hooks.claim = claim;
hooks.left = slices.afterExit;
hooks.suspended = slices.afterSuspension;
hooks.entered = slices.beforeEntry;
hooks.interrupted = slices.interrupted;
hooks.background = slices.backgroundSoFar;

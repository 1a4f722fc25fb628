// Whose are the bytes that a driver allocated in its own callbacks while a call waited? Serves `resume`:
// by the size of the value that comes back, a span claims its part of what was unowned meanwhile. Must
// never claim more in sum than was unowned, and bill a bystander nothing that it did not make.

import { beginBatch, endBatch, isLittle, isOpen, isShared, joinBatch, leftInBatch, setAside } from './batch';
import { now, spent, TOLD } from './clock';
import {
  C,
  foretell,
  isNewGround,
  learn,
  leastError,
  newFit,
  PRIOR,
  reachFor,
  reason,
  SAMPLES,
  spread,
} from './fit';
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
const NOISE = 0.1;

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
  const sure = fit[SAMPLES] >= 4 && !isNewGround(fit, size) && spread(fit, size) < (SURE * foretold) ** 2;
  const back = slices.backOnly();
  const little = !undisturbed && back < size && back < NOTHING;
  const more = leftInBatch() > 0.5 * foretold;
  // Something else in between (a page's rest, an array that grew) does not end a batch that has enough left.
  const less =
    !undisturbed && size <= ONE_PIECE && near < 0.5 * foretold && back < Math.max(size, SMALL) && more;
  const rest = !undisturbed && near < foretold && isShared() && leftInBatch() >= foretold - near;
  // No callback of a driver runs in so little: it is still the one in which the batch began.
  const same = !undisturbed && back < LEAST && isOpen();
  if (same && !little && (!sure || near > 0.5 * foretold)) {
    // All of it can be what is right before it: it is no part of the batch.
    doubt = 0.5 * foretold;
    billed = weigh(fit, size, near, doubt);
    teach(fit, size, near, doubt);
  } else if (same || rest || less || (little && (size <= ONE_PIECE || (sure && more)))) {
    // Its value was not made in so little: it was before the resumption of another call, or not at all.
    reachFor(fit, PRIOR, size);
    billed = joinBatch(fit, size, near);
  } else {
    const pages = isShared();
    // A little before a small value can be a callback of its own, or nobody's in the midst of a batch: what comes back next
    // will say.
    if (!undisturbed && size <= ONE_PIECE && isLittle(near)) setAside(PRIOR, teach);
    else endBatch(PRIOR, teach);
    let alone = true;
    if (!undisturbed) {
      const left = seen - background;
      const leftDoubt = 0.25 * (claimed + background) + 0.5 * fit[C];
      // Others' work can be in it; less than all of its own can hardly, but where the rest of a page was left.
      const nearDoubt = (near >= foretold ? 0.5 : near < size ? (pages ? 2 : 1) : 0.2) * foretold;
      // What others have left says nothing where it is too much for one, or where they have claimed too much. By a hair's
      // breadth they always have.
      const over = near - left;
      const blind =
        left > reason(fit, size, true) || (over > 0 && (over > leftDoubt || leftDoubt > nearDoubt));
      if (
        size <= ONE_PIECE ||
        // All of it can be what is right before it.
        (blind && near >= size) ||
        (size <= FEW_PIECES && near > 0.5 * IN_ONE * foretold) ||
        (sure && near > IN_ONE * foretold)
      ) {
        seen = near;
        doubt = nearDoubt;
        alone = false;
      } else {
        seen = left;
        doubt = leftDoubt;
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
  reachFor(fit, PRIOR, size);
  const foretold = foretell(fit, size);
  if (isFar(fit, size, seen, doubt)) return foretold;
  const known = knownFor(fit, size);
  const trust = known / (known + doubt ** 2 + 1);
  return foretold + trust * (Math.min(seen, reason(fit, size, doubt > 0)) - foretold);
}

function knownFor(fit: Float64Array, size: number): number {
  return spread(fit, size) + (NOISE * foretell(fit, size)) ** 2;
}

// Too much for what this await is known for, while others wait: their work.
function isFar(fit: Float64Array, size: number, seen: number, doubt: number): boolean {
  const error = seen - foretell(fit, size);
  return (
    doubt > 0 && fit[SAMPLES] >= 4 && error > 3 * Math.sqrt(knownFor(fit, size) + doubt ** 2 + LEAST ** 2)
  );
}

function teach(fit: Float64Array, size: number, seen: number, doubt: number): void {
  const foretold = foretell(fit, size);
  let error = seen - foretold;
  // What is too much each time is sure, whatever may be in one of them: so much is learned at once.
  const least = doubt > 0 ? leastError(fit, error) : -1;
  let noise = doubt;
  if (least > 0) {
    error = least;
    noise = 0;
  } else if (isFar(fit, size, seen, doubt) || seen > reason(fit, size, doubt > 0)) {
    // Nothing can be learned but that the fit is not far too high: it moves a little.
    error = Math.min(error, 0.005 * foretold);
  }
  learn(fit, PRIOR, size, error, (NOISE * seen) ** 2 + noise ** 2 + SMALL ** 2);
}

hooks.claim = claim;
hooks.left = slices.afterExit;
hooks.suspended = slices.afterSuspension;
hooks.entered = slices.beforeEntry;
hooks.interrupted = slices.interrupted;
hooks.background = slices.backgroundSoFar;

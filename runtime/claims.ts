// Whose are the bytes that a driver allocated in its own callbacks while a call waited? Serves `resume`:
// by the size of the value that comes back, a span claims its part of what was unowned meanwhile. Must
// never claim more in sum than was unowned, and bill a bystander nothing that it did not make.

import { now, spent, TOLD } from './clock';
import { C, K, learn, newFit, type Prior, reachFor, SAMPLES, spread } from './fit';
import { CLAIMED, hooks, ledger, settleOwn, UNOWNED } from './ledger';
import { NO_FITS } from './sites';
import { sizeOf } from './sizes';
import * as slices from './slices';
import { B0, C0, CHILD_AWAITED, CHILDREN, type Span, U0, W0 } from './span';
import { keepAwaited, WORTH_TELLING } from './story';

// A driver makes a fixed amount of garbage for each await, and more in proportion to what comes back:
//     c + k * size
// fitted for each await of the source. Below SMALL nothing is estimated: the common await pays two
// readings and no more.
const SMALL = 4 * 1024;
// A result of this size comes back in one piece: what is allocated right before its resumption is all of it.
const ONE_PIECE = 24 * 1024;
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

/** Bytes that a span claims at its resumption; what telling them apart allocated is memprof's own. */
export function claim(span: Span, value: unknown): number {
  const numbers = span.n;
  const interval = ledger[UNOWNED] - numbers[U0];
  const limit = Math.min(interval, ledger[UNOWNED] - ledger[CLAIMED]);
  if (limit < SMALL) {
    slices.interrupted();
    return 0;
  }
  const since = now();
  // What instrumented children made of the value is billed already.
  const children = numbers[CHILDREN] + numbers[CHILD_AWAITED] - numbers[W0];
  const size = Math.max(0, sizeOf(value) - children);
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
  if (!undisturbed) {
    if (size <= ONE_PIECE) {
      seen = near;
      const foretold = fit[C] + fit[K] * size;
      // Others' work can be in it; less than all of its own can hardly.
      doubt = (near < foretold ? 0.2 : 0.5) * foretold;
    } else {
      seen -= background;
      doubt = 0.25 * (claimed + background) + 0.5 * fit[C];
    }
  }
  const billed = seen > 0 ? weigh(fit, size, seen, doubt) : fit[C] + fit[K] * size;
  const bytes = Math.floor(Math.max(0, Math.min(billed, limit)));
  if (bytes >= WORTH_TELLING) keepAwaited(span, value, bytes);
  settleOwn();
  spent[TOLD] += now() - since;
  return bytes;
}

function reason(fit: Float64Array, size: number): number {
  return (fit[SAMPLES] < 4 ? 512 * 1024 : 4 * fit[C]) + MOST_K * size;
}

function fitOf(span: Span): Float64Array {
  const { site } = span;
  const at = span.at < 0 ? site.awaits.length : span.at;
  if (site.fits === NO_FITS) site.fits = [];
  const { fits } = site;
  return (fits[at] ??= newFit(PRIOR)) as Float64Array;
}

// What is foretold and what was seen, each by how far it may be trusted; and the fit learns of it.
function weigh(fit: Float64Array, size: number, seen: number, doubt: number): number {
  const foretold = fit[C] + fit[K] * size;
  reachFor(fit, PRIOR, size);
  let error = seen - foretold;
  const known = spread(fit, size) + (NOISE * foretold) ** 2;
  const trust = known / (known + doubt ** 2 + 1);
  let billed = foretold + trust * (Math.min(seen, reason(fit, size)) - foretold);
  // Too much for its size, or for what this await is known for while others wait: their work, of which
  // nothing can be learned but that the fit is not far too high. It moves a little, so that a fit which
  // is far too low gets there in the end.
  const far = doubt > 0 && fit[SAMPLES] >= 4 && error > 3 * Math.sqrt(known + doubt ** 2);
  if (far || seen > reason(fit, size)) {
    error = Math.min(error, 0.005 * foretold);
    if (far) billed = foretold;
  }
  learn(fit, PRIOR, size, error, (NOISE * seen) ** 2 + doubt ** 2 + SMALL ** 2);
  return billed;
}

hooks.claim = claim;
hooks.left = slices.afterExit;
hooks.suspended = slices.afterSuspension;
hooks.entered = slices.beforeEntry;
hooks.interrupted = slices.interrupted;
hooks.background = slices.backgroundSoFar;

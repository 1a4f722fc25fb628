// Between two owners lies a slice of unowned bytes: whose work is in it? Serves the claims of calls that
// wait while others do, where the whole of their waiting says little. Looks only at the two ends:
//     after a suspension   what the call sends            before a resumption   what comes back to it
//     after a root's exit  what is done with its result   before a root's entry  what led to it
// The last two are nobody's (a server's handling of a request); each root function's are learned from the
// slices that have nothing else in them, and subtracted from those that have.

import { C, K, SENT } from './fit';
import { counts, ledger, UNOWNED, UNSEEN } from './ledger';
import type { Site } from './sites';
import { Awaiting, NEAR, type Span, U0 } from './span';

/** How a slice began. */
const Nothing = 0;
const Exit = 1;
const Suspension = 2;

const GAIN = 0.1;
const TOLERANCE = 16 * 1024;
/** Slots of a site in its table's `around`: bytes of nobody's before it is entered as a root, and after its exit. */
const BEFORE = 0;
const AFTER = 1;

let began = Nothing;
let beganAt = 0;
let unseen = 0;
let suspended: Span | null = null;
let left: Site | null = null;
/** Bytes of nobody's that roots' entries and exits are known to bring with them, summed up. */
let background = 0;

export function backgroundSoFar(): number {
  return background;
}

export function afterExit(site: Site): void {
  background += around(site, AFTER);
  began = Exit;
  left = site;
  beganAt = ledger[UNOWNED];
  unseen = counts[UNSEEN];
}

export function afterSuspension(span: Span, nobodyOwns: boolean): void {
  // A caller that goes on to await this very call adds nothing: what is sent now is still the call's.
  const inner = suspended;
  if (
    inner === null ||
    inner.state !== Awaiting ||
    inner.n[U0] !== ledger[UNOWNED] ||
    !isAncestor(span, inner)
  ) {
    suspended = span;
  }
  if (!nobodyOwns) return;
  began = Suspension;
  beganAt = ledger[UNOWNED];
  unseen = counts[UNSEEN];
}

function isAncestor(span: Span, of: Span): boolean {
  for (let one = of.parent; one !== null; one = one.parent) if (one === span) return true;
  return false;
}

/** The slice ends where a root is entered. */
export function beforeEntry(site: Site): void {
  const bytes = ledger[UNOWNED] - beganAt;
  if (unseen !== counts[UNSEEN]) began = Nothing;
  if (began === Exit) {
    const error = clipped(bytes, around(left as Site, AFTER) + around(site, BEFORE));
    learn(left as Site, AFTER, error / 2);
    learn(site, BEFORE, error / 2);
  } else if (began === Suspension) {
    const span = suspended as Span;
    const fit = fitAt(span);
    const sent = fit === undefined ? bytes / 2 : fit[C] * fit[SENT];
    learn(site, BEFORE, clipped(bytes, around(site, BEFORE) + sent) / 2);
    span.n[NEAR] = Math.max(0, bytes - around(site, BEFORE));
  }
  background += around(site, BEFORE);
  end();
}

/** Whether the slice that ends now began with this span's own suspension: nothing else lies between. */
export function isSingle(span: Span): boolean {
  return began === Suspension && suspended === span && unseen === counts[UNSEEN];
}

/** The slice ends where a span comes back: returns what of it, and of the slice after its suspension, is its own. */
export function beforeResumption(span: Span, fit: Float64Array, size: number): number {
  const bytes = ledger[UNOWNED] - beganAt;
  const back = fit[C] * (1 - fit[SENT]) + fit[K] * size;
  let own = bytes;
  // Calls that are not measured began or ended in it: it says nothing.
  if (unseen !== counts[UNSEEN]) own = Math.min(bytes, back);
  else if (began === Exit) {
    learn(left as Site, AFTER, clipped(bytes, around(left as Site, AFTER) + back) / 2);
    own = Math.max(0, bytes - around(left as Site, AFTER));
  } else if (began === Suspension && suspended !== span) {
    const other = suspended as Span;
    const otherFit = fitAt(other);
    const sent = otherFit === undefined ? bytes / 2 : otherFit[C] * otherFit[SENT];
    const share = sent + back > 0 ? sent / (sent + back) : 0.5;
    // What is far more than both is not of what was sent.
    other.n[NEAR] = Math.min(bytes * share, 2 * sent);
    own = bytes - other.n[NEAR];
  }
  end();
  const sent = span.n[NEAR];
  if (sent > 0 && own > 0)
    fit[SENT] += GAIN * (Math.min(0.95, Math.max(0.05, sent / (sent + own))) - fit[SENT]);
  cameBack = own;
  return sent + own;
}
let cameBack = 0;

/** Of what `beforeResumption` returned last: the part of the slice before the resumption. */
export function backOnly(): number {
  return cameBack;
}

/** The slice ended, or begins, at something that says nothing of it. */
export function interrupted(): void {
  end();
}

// Nothing is kept of a span whose slice is over.
function end(): void {
  began = Nothing;
  suspended = null;
}

function fitAt(span: Span): Float64Array | undefined {
  const { table, n, awaits } = span.site;
  return table.fits?.[n]?.[span.at < 0 ? awaits.length : span.at] as Float64Array | undefined;
}

// A slice may hold a piece of some large result on its way: no more is learned of it than of a usual one.
function clipped(bytes: number, foretold: number): number {
  return Math.min(bytes - foretold, foretold + TOLERANCE);
}

function around({ table, n }: Site, slot: number): number {
  return table.around === null ? 0 : table.around[2 * n + slot];
}

function learn(site: Site, slot: number, error: number): void {
  const { table, n } = site;
  table.around ??= new Float64Array(2 * table.sites.length);
  table.around[2 * n + slot] = Math.max(0, around(site, slot) + GAIN * error);
}

// Between two owners lies a slice of unowned bytes: whose work is in it? Serves the claims of calls that
// wait while others do, where the whole of their waiting says little. Looks only at the two ends:
//     after a suspension   what the call sends            before a resumption   what comes back to it
//     after a root's exit  what is done with its result   before a root's entry  what led to it
// The last two are nobody's (a server's handling of a request); each root function's are learned from the
// slices that have nothing else in them, and subtracted from those that have. A driver calls instrumented functions,
// too (a stream's own `read`): where a call comes back right after one has ended, with a value that cannot have been
// made since, what led to that entry was the value.

import { C, K, SENT, sentBy } from './fit';
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
/**
 * Before the entries of synchronous roots, since anybody was suspended or came back: what is not known to be nobody's or
 * others', who had been suspended before the first of them, the last one of these roots, and what its entries have been
 * taught of it.
 */
let held = 0;
let sender: Span | null = null;
let entered: Site | null = null;
let taught = 0;

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
  drop();
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
  const before = around(site, BEFORE);
  if (began === Exit) {
    const after = around(left as Site, AFTER);
    const error = clipped(bytes, after + before);
    learn(left as Site, AFTER, error / 2);
    learn(site, BEFORE, error / 2);
    hold(site, bytes - after - before, before);
  } else if (began === Suspension) {
    const span = suspended as Span;
    const sent = sentBy(fitAt(span));
    learn(site, BEFORE, clipped(bytes, before + sent) / 2);
    const rest = Math.max(0, bytes - before);
    // What is far more than both is not of what was sent.
    span.n[NEAR] = Math.min(rest, 2 * sent);
    hold(site, rest - span.n[NEAR], before);
    sender = span;
  } else drop();
  background += around(site, BEFORE);
  end();
}

function hold(site: Site, bytes: number, before: number): void {
  if (entered !== site) taught = 0;
  entered = site;
  taught += around(site, BEFORE) - before;
  held += Math.max(0, bytes);
}

/** Takes what is held for a value that was made there: its root's entry has nothing of its own before it. */
function take(back: number): number {
  let bytes = held;
  if (sender !== null) {
    // Until now all that it may have sent was its own.
    bytes += sender.n[NEAR];
    bytes -= sharedWith(sender, bytes, back);
  }
  const site = entered as Site;
  learn(site, BEFORE, -taught / GAIN);
  learn(site, BEFORE, -around(site, BEFORE));
  drop();
  return bytes;
}

/** Of a slice from a suspension to another's resumption: what was sent, by how much either is known to take. */
function sharedWith(other: Span, bytes: number, back: number): number {
  const sent = sentBy(fitAt(other));
  const share = sent + back > 0 ? sent / (sent + back) : 0.5;
  // What is far more than both is not of what was sent.
  other.n[NEAR] = Math.min(bytes * share, 2 * sent);
  return other.n[NEAR];
}

function drop(): void {
  held = 0;
  sender = null;
  entered = null;
  taught = 0;
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
    if (entered !== null && size > bytes) own += take(back);
  } else if (began === Suspension && suspended !== span) {
    own = bytes - sharedWith(suspended as Span, bytes, back);
  }
  end();
  drop();
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
  drop();
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

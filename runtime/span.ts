// One call of an instrumented function: its figures, its state, who called it. Serves the ledger, which
// alone moves them.

import { arena } from './arena';
import {
  AWAITED_1,
  AWAITED_2,
  NOWHERE,
  S_AWAITED,
  S_CALLS,
  S_EXTERNAL,
  S_MAX,
  S_OWNED,
  S_SELF,
  S_TOTAL,
  SAMPLE_WIDTH,
  SELF_1,
  SELF_2,
  type Site,
  slotOf,
  TOTAL_1,
  TOTAL_2,
  UNSEEN_CALLS,
  UNSEEN_CLAIMS,
  WEIGHTS,
} from './sites';

/** Slots of a span's numbers. */
export const SELF = 0; // bytes that it owned
export const CHILDREN = 1; // total of the spans entered while it ran
export const AWAITED = 2; // claimed by it
export const CHILD_AWAITED = 3; // claimed by its children
export const EXTERNAL = 4; // external bytes while it owned
export const STARTED = 5; // ms
export const START_USED = 6; // used heap at its start
export const U0 = 7; // unowned, when it was suspended
export const C0 = 8; // claimed, when it was suspended
export const W0 = 9; // children's bytes, when it was suspended
export const EXPLAINED = 10; // of its cost: told by a warning already
export const ELAPSED = 11; // ms, once it has ended
export const B0 = 12; // bytes of nobody's known by then, when it was suspended
export const NEAR = 13; // of the slice after its suspension: its own
export const WEIGHT = 14; // calls of its function that it stands for, itself among them
export const LENT = 15; // of SELF: bytes of calls that were not measured
export const HEAD = 16; // of SELF: by its first await; -1 until then
/** What a span is and what it does, for whoever sees these numbers alone (recorder/). */
export const SITE = 17; // its function's number
export const STATE = 18; // as `state`
export const RAN = 19; // the reading at which it last came to run
export const ERA = 20; // as `epoch`
export const AWAIT = 21; // index of its current suspension
export const GIVEN = 22; // arguments whose shapes were taken
export const SPAN_WIDTH = 23;
/** While it is recorded the numbers of those shapes follow. */
export const SHAPES = SPAN_WIDTH;
export const MOST_SHAPES = 8;
export const SHARED_WIDTH = SPAN_WIDTH + MOST_SHAPES;

export const Running = 1;
export const Awaiting = 2;
export const Yielded = 3;
/** Ended, but kept while children of it have not. */
export const Closed = 4;

/** The result of a call that has not completed. */
export const NONE = Symbol('memprof.none');

/** One call. Pooled: `epoch` tells emitted code of an ended era from that of this one. */
export class Span {
  site: Site = NOWHERE;
  /** Who owned when it last came to run: the owner again when it stops. */
  caller: Span | null = null;
  /** Who owned when it was entered: its bytes are rolled up there. */
  parent: Span | null = null;
  state = 0;
  epoch = -1;
  /** Who holds it: itself until it has been told of, and each child that has not ended. */
  open = 0;
  /** Index of its current suspension. */
  at = 0;
  /** A generator that was told to stop while it stood at a yield. */
  closing = false;
  /** What the body completed with; a call that ends with `NONE` threw. */
  result: unknown = undefined;
  /** A value on its way through a boundary (emitted.ts). */
  in: unknown = undefined;
  /** The state that was asked for with it; Running: none. */
  stops = Running;
  /** Values of the parameters, once they were asked for. */
  args: unknown[] | null = null;
  /** Its arguments whose shapes were taken as it began, and its function below those that called it (recorder/paths.ts). */
  taken = 0;
  path = 0;
  /** Shapes, for a call that is worth telling (story.ts). */
  story: unknown = null;
  /** Of async contexts (context.ts): what they carry of it, how often it has been used, and its caller's. */
  context: object | null = null;
  life = 0;
  outer: unknown = undefined;
  /** It has just come back, and returns: its exit needs no reading of its own. */
  returning = false;
  /** The next one in the pool. */
  next: Span | null = null;
  /** Of a span that has stood at a yield. */
  card: Card | null = null;
  readonly n = arena.span(SPAN_WIDTH);
  /** Its arguments are handed over as it begins: their shapes are taken (recorder/), or they are looked at (leaks/). */
  takes = false;
  /** The latter: not, for what is known (1), or sampled (2), and then for so many calls. */
  keeps = 0;
  stands = 1;
}

/** What outlives a generator that is dropped at a yield: enough for its record, and no way to the span. */
export interface Card {
  site: Site;
  epoch: number;
  n: Float64Array;
}

/** Bytes that a call owned, its children's among them. */
export function totalOf(n: Float64Array): number {
  return n[SELF] + n[CHILDREN];
}

/** Bytes that a call and its children claimed. */
export function awaitedOf(n: Float64Array): number {
  return n[AWAITED] + n[CHILD_AWAITED];
}

/**
 * Adds a call's bytes, `n`, to the sums of its function. What calls that were not measured allocated was charged to
 * whoever owned instead: the caller, and after their first await nobody. About as much as to this call, as often as
 * calls were left out, is taken from there.
 */
export function addCall(site: Site, n: Float64Array, caller: Span | null): void {
  const { table, n: index } = site;
  const at = slotOf(site);
  const self = n[SELF] - n[LENT];
  const total = totalOf(n);
  const awaited = awaitedOf(n);
  const weight = n[WEIGHT];
  // Of what its caller has lent: within what it owned itself. In a deep recursion errors would multiply else.
  const own = Math.max(self, 0);
  // Calls nothing from here on: a stack that is full finds all of it done, or nothing.
  const { sums, samples } = table;
  sums[at + S_OWNED] += n[SELF];
  sums[at + S_CALLS] += weight;
  sums[at + S_SELF] += weight * self;
  sums[at + S_TOTAL] += weight * total;
  sums[at + S_AWAITED] += weight * awaited;
  sums[at + S_EXTERNAL] += weight * n[EXTERNAL];
  if (total + awaited > sums[at + S_MAX]) sums[at + S_MAX] = total + awaited;
  if (weight === 1 || samples === null) return;
  const from = index * SAMPLE_WIDTH;
  const others = weight * (weight - 1);
  samples[from + UNSEEN_CALLS] += weight - 1;
  samples[from + UNSEEN_CLAIMS] += (weight - 1) * n[AWAITED];
  samples[from + WEIGHTS] += others;
  samples[from + SELF_1] += others * self;
  samples[from + SELF_2] += others * self * self;
  samples[from + TOTAL_1] += others * total;
  samples[from + TOTAL_2] += others * total * total;
  samples[from + AWAITED_1] += others * awaited;
  samples[from + AWAITED_2] += others * awaited * awaited;
  if (caller === null) return;
  const one = n[HEAD] >= 0 && n[HEAD] < own ? n[HEAD] : own;
  const { table: lender, n: lenderIndex } = caller.site;
  const lenderWeight = caller.n[WEIGHT];
  if (caller.state !== Closed) caller.n[LENT] += (weight - 1) * one;
  else lender.sums[slotOf(caller.site) + S_SELF] -= lenderWeight * (weight - 1) * one;
  if (lender.samples !== null)
    lender.samples[lenderIndex * SAMPLE_WIDTH + SELF_2] += others * (lenderWeight * one) ** 2;
}

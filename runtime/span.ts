// One call of an instrumented function: its figures, its state, who called it. Serves the ledger, which
// alone moves them.

import { NOWHERE, S_AWAITED, S_CALLS, S_EXTERNAL, S_MAX, S_SELF, S_TOTAL, type Site } from './sites';

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
const SPAN_WIDTH = 14;

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
  /** Shapes, for a call that is worth telling (story.ts). */
  story: unknown = null;
  /** The next one in the pool. */
  next: Span | null = null;
  /** Of a span that has stood at a yield. */
  card: Card | null = null;
  readonly n = new Float64Array(SPAN_WIDTH);
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

/** Adds a call's bytes, `n`, to the sums of its function. */
export function addCall({ table: { sums }, at }: Site, n: Float64Array): void {
  const total = totalOf(n);
  const awaited = awaitedOf(n);
  sums[at + S_CALLS]++;
  sums[at + S_SELF] += n[SELF];
  sums[at + S_TOTAL] += total;
  sums[at + S_AWAITED] += awaited;
  sums[at + S_EXTERNAL] += n[EXTERNAL];
  if (total + awaited > sums[at + S_MAX]) sums[at + S_MAX] = total + awaited;
}

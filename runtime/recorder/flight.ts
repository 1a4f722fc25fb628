// Which calls are in flight at this moment? Reads the spans that the program's thread is changing. Serves the recorder's
// thread.

import {
  AWAIT,
  AWAITED,
  CHILD_AWAITED,
  CHILDREN,
  ERA,
  EXTERNAL,
  RAN,
  SELF,
  SITE,
  STARTED,
  STATE,
} from '../span';
import { SPANS_USED, type Start } from './layout';

const RUNNING = 1;
const YIELDED = 3;

/** One call in flight, as a line of the recording has it; times as the program's clock tells them. */
export interface InFlight {
  site: number;
  state: number;
  started: number;
  self: number;
  children: number;
  awaited: number;
  external: number;
  at: number;
  /** When it last came to run, as a number that grows. */
  ran: number;
}

export function cost({ self, children, awaited, external }: InFlight): number {
  return self + children + awaited + external;
}

/** All of them, unordered. */
export function inFlight({ head, spans, spanWidth, counts, slots }: Start): InFlight[] {
  const found: InFlight[] = [];
  const used = head[SPANS_USED];
  const era = counts[slots.eras];
  for (let n = 0; n < used; n++) {
    const from = n * spanWidth;
    const state = spans[from + STATE];
    if (!(state >= RUNNING && state <= YIELDED) || spans[from + SITE] === 0 || spans[from + ERA] !== era)
      continue;
    const one: InFlight = {
      site: spans[from + SITE],
      state,
      started: spans[from + STARTED],
      self: spans[from + SELF],
      children: spans[from + CHILDREN],
      awaited: spans[from + AWAITED] + spans[from + CHILD_AWAITED],
      external: spans[from + EXTERNAL],
      at: spans[from + AWAIT],
      ran: spans[from + RAN],
    };
    // It may have become another call's in the meantime.
    if (spans[from + STARTED] === one.started && spans[from + SITE] === one.site) found.push(one);
  }
  return found;
}

/** Which of them runs: of those that do the last one to begin. */
export function running(calls: InFlight[]): InFlight | undefined {
  let last: InFlight | undefined;
  for (const one of calls)
    if (one.state === RUNNING && (last === undefined || one.ran > last.ran)) last = one;
  return last;
}

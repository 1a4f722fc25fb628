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
  Running,
  SELF,
  SITE,
  SPAN_WIDTH,
  STARTED,
  STATE,
  Yielded,
} from '../span';
import { SPANS_USED, type Start } from './layout';

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
export function inFlight(start: Start): InFlight[] {
  const found: InFlight[] = [];
  for (let n = 0; n < start.head[SPANS_USED]; n++) {
    if (!isInFlight(start, n)) continue;
    const one = callAt(start, n);
    // It may have become another call's in the meantime.
    const from = n * SPAN_WIDTH;
    if (start.spans[from + STARTED] === one.started && start.spans[from + SITE] === one.site) found.push(one);
  }
  return found;
}

/** Which of them runs: of those that do the last one to begin. Makes no object of the others, which may be many. */
export function running(start: Start): InFlight | undefined {
  const { head, spans } = start;
  let last = -1;
  let ran = -1;
  for (let n = 0; n < head[SPANS_USED]; n++) {
    const from = n * SPAN_WIDTH;
    if (spans[from + STATE] !== Running || spans[from + RAN] <= ran || !isInFlight(start, n)) continue;
    last = n;
    ran = spans[from + RAN];
  }
  return last < 0 ? undefined : callAt(start, last);
}

function isInFlight({ spans, counts, slots }: Start, n: number): boolean {
  const from = n * SPAN_WIDTH;
  const state = spans[from + STATE];
  return (
    state >= Running && state <= Yielded && spans[from + SITE] > 0 && spans[from + ERA] === counts[slots.eras]
  );
}

function callAt({ spans }: Start, n: number): InFlight {
  const from = n * SPAN_WIDTH;
  return {
    site: spans[from + SITE],
    state: spans[from + STATE],
    started: spans[from + STARTED],
    self: spans[from + SELF],
    children: spans[from + CHILDREN],
    awaited: spans[from + AWAITED] + spans[from + CHILD_AWAITED],
    external: spans[from + EXTERNAL],
    at: spans[from + AWAIT],
    ran: spans[from + RAN],
  };
}

// Which calls are in flight at this moment? Reads the spans that the program's thread is changing. Serves the recorder's
// thread.

import type { InFlight } from '../../contract/recording';
import { shapeOfNumber } from '../given';
import {
  AWAIT,
  AWAITED,
  CHILD_AWAITED,
  CHILDREN,
  ERA,
  EXTERNAL,
  GIVEN,
  RAN,
  Running,
  SELF,
  SHAPES,
  SHARED_WIDTH,
  SITE,
  STARTED,
  STATE,
  Yielded,
} from '../span';
import { SPANS_USED, type Start } from './layout';

/** One call in flight; times as the program's clock tells them. */
export interface Flying extends Omit<InFlight, 'given'> {
  /** Which of the spans it is. */
  n: number;
  /** When it last came to run, as a number that grows. */
  ran: number;
}

/** All of them, unordered. */
export function inFlight(start: Start): Flying[] {
  const found: Flying[] = [];
  for (let n = 0; n < start.head[SPANS_USED]; n++) {
    if (!isInFlight(start, n)) continue;
    const one = callAt(start, n);
    if (isStill(start, one)) found.push(one);
  }
  return found;
}

/** Which of them runs: of those that do the last one to begin. Makes no object of the others, which may be many. */
export function running(start: Start): Flying | undefined {
  const { head, spans } = start;
  let last = -1;
  let ran = -1;
  for (let n = 0; n < head[SPANS_USED]; n++) {
    const from = n * SHARED_WIDTH;
    if (spans[from + STATE] !== Running || spans[from + RAN] <= ran || !isInFlight(start, n)) continue;
    last = n;
    ran = spans[from + RAN];
  }
  return last < 0 ? undefined : callAt(start, last);
}

function isInFlight({ spans, counts, slots }: Start, n: number): boolean {
  const from = n * SHARED_WIDTH;
  const state = spans[from + STATE];
  return (
    state >= Running && state <= Yielded && spans[from + SITE] > 0 && spans[from + ERA] === counts[slots.eras]
  );
}

function callAt({ spans }: Start, n: number): Flying {
  const from = n * SHARED_WIDTH;
  return {
    site: spans[from + SITE],
    state: spans[from + STATE],
    started: spans[from + STARTED],
    self: spans[from + SELF],
    children: spans[from + CHILDREN],
    awaited: spans[from + AWAITED] + spans[from + CHILD_AWAITED],
    external: spans[from + EXTERNAL],
    await: spans[from + AWAIT],
    ran: spans[from + RAN],
    n,
  };
}

/** Shapes of what it was called with. Of those that are shown: calls in flight may be many. */
export function givenOf(start: Start, one: Flying): string[] {
  const from = one.n * SHARED_WIDTH;
  const first = from + SHAPES;
  const given = Array.from(start.spans.subarray(first, first + start.spans[from + GIVEN]), shapeOfNumber);
  return isStill(start, one) ? given : [];
}

// A span may have become another call's in the meantime.
function isStill({ spans }: Start, { n, started, site }: Flying): boolean {
  const from = n * SHARED_WIDTH;
  return spans[from + STARTED] === started && spans[from + SITE] === site;
}

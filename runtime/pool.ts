// Spans that wait to be used again: a call makes no garbage of its own. Serves the ledger. Must never hand out
// a span that somebody still holds, which is the ledger's to know.

import { advanceOwn } from './heap';
import type { Span } from './span';

const REFILL = 32;
const MOST = 4096;

/** How a span is made, and the one of every call that is not measured (emitted.ts). */
export const spans = {
  make: (): Span => {
    throw new Error('no kind of span was set');
  },
  off: null as unknown as Span,
};

let first: Span | null = null;
let count = 0;

export function takeSpan(): Span {
  if (first === null) refill();
  const span = first as unknown as Span;
  first = span.next;
  count--;
  return span;
}

/** Where the pool is full, the span is left to the collector. */
export function giveBack(span: Span): void {
  if (count >= MOST) return;
  span.next = first;
  first = span;
  count++;
}

function refill(): void {
  for (let i = 0; i < REFILL; i++) giveBack(spans.make());
  advanceOwn();
}

/** Lets all of them go: those made from here on lie where the arena says. */
export function emptyPool(): void {
  first = null;
  count = 0;
}

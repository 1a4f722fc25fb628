// Generators that are dropped where they stand, at a yield: nobody ends them, and still they make one
// record. Serves the ledger; must keep nothing alive.

import { hooks, isCurrent, settle, settleOwn } from './ledger';
import { addCall, type Card, type Span } from './span';

// A span is registered once in its life, not once a call: it goes back to the pool, its card with it.
function watch(span: Span): void {
  if (span.card === null) {
    span.card = { site: span.site, epoch: span.epoch, n: span.n };
    dropped.register(span, span.card);
  }
  span.card.site = span.site;
  span.card.epoch = span.epoch;
}

const dropped = new FinalizationRegistry<Card>(({ site, epoch, n }) => {
  if (!isCurrent(epoch)) return;
  settle();
  addCall(site, n, null);
  settleOwn();
});

hooks.watch = watch;

// Generators that are dropped where they stand, at a yield: nobody ends them, and still they make one
// record. Serves the ledger; must keep nothing alive.

import { hooks, isCurrent, settle, settleOwn } from './ledger';
import { S_AWAITED, S_CALLS, S_EXTERNAL, S_MAX, S_SELF, S_TOTAL } from './sites';
import { AWAITED, type Card, CHILD_AWAITED, CHILDREN, EXTERNAL, SELF, type Span } from './span';

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
  const { sums } = site.table;
  const total = n[SELF] + n[CHILDREN];
  const awaited = n[AWAITED] + n[CHILD_AWAITED];
  sums[site.at + S_CALLS]++;
  sums[site.at + S_SELF] += n[SELF];
  sums[site.at + S_TOTAL] += total;
  sums[site.at + S_AWAITED] += awaited;
  sums[site.at + S_EXTERNAL] += n[EXTERNAL];
  if (total + awaited > sums[site.at + S_MAX]) sums[site.at + S_MAX] = total + awaited;
  settleOwn();
});

hooks.watch = watch;

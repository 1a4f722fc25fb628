// How much does each function make of late, on the heap by itself and outside of it? By the account's sums, then and now. Serves the
// suspects: who makes less than what stays cannot be who keeps it all.

import { ledger, UNOWNED } from '../ledger';
import { S_EXTERNAL, S_SELF, SITE_WIDTH, type Site, tables } from '../sites';

/** Bytes a ms, over the time that is looked at; `bytes` of it outside the heap. */
export interface Rate {
  site: Site;
  self: number;
  outside: number;
  bytes: number;
}

const WIDTH = 2;

export class Rates {
  private seen: { at: number; unowned: number; sums: Map<Site, Float64Array> }[] = [];

  /** Takes the sums of this moment; what is older than `span` ms is forgotten, but for one. */
  take(at: number, span: number): void {
    const sums = new Map<Site, Float64Array>();
    for (const { first, sites, sums: of } of tables) {
      if (first < 0) continue;
      sites.forEach((site, n) => {
        const self = of[n * SITE_WIDTH + S_SELF];
        const outside = of[n * SITE_WIDTH + S_EXTERNAL];
        if (self > 0 || outside > 0) sums.set(site, Float64Array.of(self, outside));
      });
    }
    this.seen.push({ at, unowned: ledger[UNOWNED], sums });
    while (this.seen.length > 2 && at - this.seen[1].at > span) this.seen.shift();
  }

  /** Bytes a ms that no function owned. */
  get unowned(): number {
    const [from] = this.seen;
    const to = this.seen[this.seen.length - 1];
    return from === to ? 0 : (to.unowned - from.unowned) / (to.at - from.at);
  }

  /** Of each function that has made something meanwhile. */
  now(): Rate[] {
    const [from] = this.seen;
    const to = this.seen[this.seen.length - 1];
    if (from === to) return [];
    const time = to.at - from.at;
    const none = new Float64Array(WIDTH);
    return [...to.sums].map(([site, [self, outside]]) => {
      const [selfThen, outsideThen] = from.sums.get(site) ?? none;
      const bytes = outside - outsideThen;
      return { site, self: (self - selfThen) / time, outside: bytes / time, bytes };
    });
  }
}

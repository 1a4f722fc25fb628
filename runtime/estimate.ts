// Sums of functions of which not every call was measured: what they are about, and how far that may be off. Serves
// whoever reads the account. Must leave the figures of a function whose every call was measured as they are.

import { skippedOf } from './budget';
import {
  AWAITED_1,
  S_AWAITED,
  S_CALLS,
  S_SELF,
  S_TOTAL,
  SAMPLE_WIDTH,
  SELF_1,
  type Site,
  TOTAL_1,
  UNSEEN_CALLS,
  WEIGHTS,
} from './sites';

/** Of a function: finished calls, how many of them were measured, and the standard errors of its sums, bytes. */
export interface Estimate {
  calls: number;
  measured: number;
  selfError: number;
  totalError: number;
  awaitedError: number;
  /** What a slot of its sums comes to, with the calls since the last measured one, which were like the others. */
  sum(slot: number): number;
}

export function estimateOf(site: Site): Estimate {
  const { sums, samples } = site.table;
  const skipped = skippedOf(site);
  const seen = sums[site.at + S_CALLS];
  const more = seen > 0 ? 1 + skipped / seen : 1;
  const from = site.n * SAMPLE_WIDTH;
  // Of a sum in which one call stands for each `w`: w (w - 1) times the square of what a call differs by.
  const error = (slot: number, first: number) => {
    if (samples === null || seen === 0) return 0;
    const mean = sums[site.at + slot] / seen;
    const squares =
      samples[from + first + 1] - 2 * mean * samples[from + first] + mean ** 2 * samples[from + WEIGHTS];
    return more * Math.sqrt(Math.max(0, squares));
  };
  return {
    calls: seen + skipped,
    measured: seen - (samples === null ? 0 : samples[from + UNSEEN_CALLS]),
    selfError: error(S_SELF, SELF_1),
    totalError: error(S_TOTAL, TOTAL_1),
    awaitedError: error(S_AWAITED, AWAITED_1),
    sum: (slot) => Math.round(Math.max(0, sums[site.at + slot] * more)),
  };
}

/**
 * Takes away what functions are said to have owned beyond what there is, `most` bytes in sum: from each by how far
 * its figure may be off.
 */
export function bound(functions: { self: number; selfError: number }[], most: number): void {
  let excess = -most;
  for (const { self } of functions) excess += self;
  for (let turn = 0; turn < 16 && excess >= 1; turn++) {
    let doubt = 0;
    for (const { self, selfError } of functions) if (self > 0) doubt += selfError ** 2;
    if (doubt === 0) break;
    const share = excess / doubt;
    for (const one of functions) {
      const less = Math.min(one.self, Math.ceil(share * one.selfError ** 2), Math.max(0, Math.ceil(excess)));
      one.self -= less;
      excess -= less;
    }
  }
  // None that is in doubt is left: each gives its part.
  for (const one of functions) {
    if (excess < 1) break;
    const less = Math.min(one.self, Math.ceil(excess));
    one.self -= less;
    excess -= less;
  }
}

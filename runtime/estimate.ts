// Sums of functions of which not every call was measured: what they are about, and how far that may be off. Serves
// whoever reads the account. Must leave the figures of a function whose every call was measured as they are.

import { skippedOf } from './budget';
import { meter, OVERHEAD } from './heap';
import { CLAIMED, LOOKED_FOR_RESTS, ledger, OWNED, RESTS, UNOWNED } from './ledger';
import {
  AWAITED_1,
  S_AWAITED,
  S_CALLS,
  S_OWNED,
  S_SELF,
  S_TOTAL,
  SAMPLE_WIDTH,
  SELF_1,
  type Site,
  slotOf,
  TOTAL_1,
  tables,
  UNSEEN_CALLS,
  UNSEEN_CLAIMS,
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
  const seen = sums[slotOf(site) + S_CALLS];
  const more = seen > 0 ? 1 + skipped / seen : 1;
  const from = site.n * SAMPLE_WIDTH;
  // Of a sum in which one call stands for each `w`: w (w - 1) times the square of what a call differs by.
  const error = (slot: number, first: number) => {
    if (samples === null || seen === 0) return 0;
    const mean = sums[slotOf(site) + slot] / seen;
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
    sum: (slot) => Math.round(Math.max(0, sums[slotOf(site) + slot] * more)),
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

/** Bytes in all, those that nobody owns, and how many of these were claimed. */
export interface Account {
  allocated: number;
  unowned: number;
  claimed: number;
}

/** The sums of `stats()` without its functions: cheap enough to be looked at now and then. */
export function account(): Account {
  let self = 0;
  const { most, measured, claims } = tally((_, estimate) => {
    self += estimate.sum(S_SELF);
  });
  const claimed = Math.floor(claims);
  const unseen = Math.min(self, most) - measured;
  const { allocated, unowned } = withoutRests(ledger[UNOWNED] - unseen, claimed, unseen);
  return { allocated, unowned, claimed: Math.min(claimed, unowned) };
}

/**
 * All bytes, and those that nobody owns, without the rests of pages in these (rests.ts): calls that were not measured, of `unseen`
 * bytes, have left as much as others.
 */
export function withoutRests(
  unowned: number,
  claimed: number,
  unseen: number,
): { allocated: number; unowned: number } {
  const share = ledger[LOOKED_FOR_RESTS] > 0 ? ledger[RESTS] / ledger[LOOKED_FOR_RESTS] : 0;
  const rests = Math.round(Math.max(0, Math.min(share * unseen, unowned - claimed)));
  return {
    allocated: ledger[OWNED] + ledger[UNOWNED] + meter[OVERHEAD] - rests,
    unowned: unowned - rests,
  };
}

/** Goes through the functions: bytes that measured calls owned, the most that all can have, and those that all claimed. */
export function tally(each: (site: Site, estimate: Estimate) => void): {
  measured: number;
  most: number;
  claims: number;
} {
  let measured = 0;
  let claims = ledger[CLAIMED];
  for (const { sites, sums, samples } of tables) {
    for (const site of sites) {
      measured += sums[slotOf(site) + S_OWNED];
      if (samples !== null) claims += samples[site.n * SAMPLE_WIDTH + UNSEEN_CLAIMS];
      each(site, estimateOf(site));
    }
  }
  // Calls that were not measured owned bytes, too: taken from those that nobody owned, if there are so many.
  return { measured, most: measured + ledger[UNOWNED] - ledger[CLAIMED], claims };
}

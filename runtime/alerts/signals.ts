// What is known of a leak, for the rules that ask for it. Filled by whoever finds that out (leaks/); until then there is
// nothing. Loads nothing, so that both sides may be loaded without the other.

import type { Suspect } from '../leaks/suspects';

/** How the live heap grows, bytes a minute, and between which bounds that is certain. */
export interface Growth {
  slope: number;
  low: number;
  high: number;
  /** That it grows at all, 0 to 1 (contract/trend.ts). */
  confidence: number;
}

/** What an alert tells of one. */
export type Suspected = Pick<
  Suspect,
  'name' | 'file' | 'line' | 'bytes' | 'growth' | 'survivors' | 'confidence' | 'keptBy'
>;

/** Asked once a second by the program's thread, so both must have their answer at hand. */
export const signals = {
  growth: (): Growth | undefined => undefined,
  suspects: (): readonly Suspected[] => [],
};

// What is known of a leak, for the rules that ask for it. Filled by whoever finds that out; until then there is nothing.
// Imports nothing, so that both sides may be loaded without the other.

/** How the live heap grows, bytes a minute, and between which bounds that is certain. */
export interface Growth {
  slope: number;
  low: number;
  high: number;
}

/** Where something is made that stays: bytes of it now, growth in bytes a minute, how many of it have lived for long. */
export interface Suspect {
  name: string;
  file: string;
  line: number;
  bytes: number;
  growth: number;
  survivors: number;
}

/** Asked once a second by the program's thread, so both must have their answer at hand. */
export const signals = {
  growth: (): Growth | undefined => undefined,
  suspects: (): readonly Suspect[] => [],
};

// Does what stays on the heap grow, and when is there no room for it any more? Looks at what was in use after each collection of
// the whole heap: what the program still needs, and what it forgot to let go. Serves whoever tells of a recording. Must not take
// the coming and going of one request for a trend.

import type { Recording } from './recording';
import { slopeOf } from './slope';

/** Bytes a ms; `from` and `to` in ms since the recording's start. */
export interface Trend {
  slope: number;
  /** Within which it lies, with 95 % confidence. */
  low: number;
  high: number;
  from: number;
  to: number;
  /** Collections of the whole heap that it is drawn from. */
  points: number;
  /** In use after the last of them. */
  live: number;
  /** ms from there until V8's limit is reached at this slope; `undefined` where it does not grow, or no limit is known. */
  left: number | undefined;
}

const LEAST = 6;
// A program that begins fills its caches: what it does in its first seconds is no trend.
const LEAST_TIME = 10_000;
const MOST = 400;
// 95 %.
const DEVIATIONS = 1.96;

/**
 * A slope that one heavy request moves little (slope.ts). `undefined` where there were too few collections, or too little time.
 */
export function trendOf({ collections, header }: Recording): Trend | undefined {
  const all = collections.filter(({ live, major }, n) => live > 0 && major !== collections[n - 1]?.major);
  const seen = thinned(all);
  const [first, last] = [seen[0], seen.at(-1)];
  if (seen.length < LEAST || !first || !last || last.at - first.at < LEAST_TIME) return undefined;
  const live = seen.map((one) => one.live);
  const { slope, low, high } = slopeOf(live, (n) => seen[n].at, DEVIATIONS);
  const room = header.heapLimit - last.live;
  const left = low > 0 && header.heapLimit > 0 ? Math.max(0, room / slope) : undefined;
  return { slope, low, high, from: first.at, to: last.at, points: all.length, live: last.live, left };
}

// All pairs are looked at: of many points every so many-th, the last one always.
function thinned<T>(all: T[]): T[] {
  const step = Math.ceil(all.length / MOST);
  return all.filter((_, n) => (all.length - 1 - n) % step === 0);
}

// Does what stays in memory grow, and does it still? Judges what was in use after each collection of the whole heap. Serves whoever
// tells of a recording, and the program that watches itself: one judgement for both. Must not take the coming and going of one
// request, or a cache that fills, for a trend.

import { slopeOf } from './slope';

/** In use after a collection of the whole heap: bytes, `at` in ms. */
export interface Point {
  at: number;
  bytes: number;
}

/** Bytes a ms; `from` and `to` in ms, as the points' `at`. */
export interface Trend {
  slope: number;
  /** Within which it lies, with 95 % confidence. */
  low: number;
  high: number;
  /** That the true slope is above 0, from 0 to 1, by Kendall's test (slope.ts); 0.5: nothing can be said of it. */
  confidence: number;
  from: number;
  to: number;
  /** Collections of the whole heap that it is drawn from. */
  points: number;
  /** In use after the last of them. */
  live: number;
  /** ms from there until the limit is reached at this slope; `undefined` where it does not grow, or no limit is known. */
  left: number | undefined;
  /** It grows for certain, and in the last part of that time as well. */
  grows: boolean;
}

const LEAST = 6;
// A program that begins fills its caches: what it does in its first seconds is no trend.
export const LEAST_TIME = 10_000;
const MOST = 400;
// 95 %, and 80 % for a part of the points.
const DEVIATIONS = 1.96;
const DEVIATIONS_OF_PART = 1.28;
// Of the time, at the end: the slope there must be so much of the whole one. A cache that fills ever more slowly ends below.
const PARTS = [1 / 2, 1 / 3];
const STILL = 1 / 2;
const LEAST_OF_PART = 3;
// From each quarter of the time to the next it must have risen, by so much of what the slope says: what grew by leaps may have
// come to its end by the last of them.
const QUARTERS = 4;
const EACH = 1 / 3;
const MINUTE = 60_000;
// A minute: less is no leak that anybody would notice in a day.
const LEAST_GROWTH = 16 * 1024;

/**
 * A slope that one heavy request moves little (slope.ts). `undefined` where there were too few points, or too little time.
 * @param all in the order of time
 * @param limit bytes; 0 where none is known
 */
export function trendOf(all: Point[], limit: number, least = LEAST_TIME): Trend | undefined {
  const seen = thinned(all);
  const [first, last] = [seen[0], seen.at(-1)];
  if (seen.length < LEAST || !first || !last || last.at - first.at < least) return undefined;
  const { slope, low, high, confidence } = over(seen, DEVIATIONS);
  const left = low > 0 && limit > 0 ? Math.max(0, (limit - last.bytes) / slope) : undefined;
  const grows = low > 0 && slope * MINUTE >= LEAST_GROWTH && goesOn(seen, slope) && isEven(seen, slope);
  return {
    slope,
    low,
    high,
    confidence,
    from: first.at,
    to: last.at,
    points: all.length,
    live: last.bytes,
    left,
    grows,
  };
}

function goesOn(seen: Point[], slope: number): boolean {
  const [first, last] = [seen[0], seen[seen.length - 1]];
  return PARTS.every((part) => {
    const since = last.at - part * (last.at - first.at);
    const from = Math.min(
      seen.findIndex(({ at }) => at >= since),
      seen.length - LEAST_OF_PART,
    );
    const of = over(seen.slice(from), DEVIATIONS_OF_PART);
    return of.slope >= STILL * slope && (seen.length - from < LEAST || of.low > 0);
  });
}

function isEven(seen: Point[], slope: number): boolean {
  const [first, last] = [seen[0], seen[seen.length - 1]];
  const quarter = (last.at - first.at) / QUARTERS;
  const parts: Point[][] = Array.from({ length: QUARTERS }, () => []);
  for (const one of seen) parts[Math.min(QUARTERS - 1, Math.floor((one.at - first.at) / quarter))].push(one);
  const middles = parts.filter((part) => part.length > 0).map(middleOf);
  return middles.every(
    (one, n) => n === 0 || one.bytes - middles[n - 1].bytes >= EACH * slope * (one.at - middles[n - 1].at),
  );
}

function middleOf(points: Point[]): Point {
  const middle = points.length >> 1;
  return { at: points[middle].at, bytes: points.map(({ bytes }) => bytes).sort((a, b) => a - b)[middle] };
}

function over(points: Point[], deviations: number) {
  return slopeOf(
    points.map(({ bytes }) => bytes),
    (n) => points[n].at,
    deviations,
  );
}

// All pairs are looked at: of many points every so many-th, the last one always.
function thinned<T>(all: T[]): T[] {
  const step = Math.ceil(all.length / MOST);
  return all.filter((_, n) => (all.length - 1 - n) % step === 0);
}

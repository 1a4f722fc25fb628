// How did the memory of one thread go? Columns for the chart, thinned out so that no peak is lost. Serves the report's page;
// must stay small where a program ran for days.

import type { Track } from '../../profile/profile';
import type { Collections, Memory } from '../../profile/recording';
import { safe, scriptOf } from '../../profile/shown';
import type { TrackData } from './data';
import { figure } from './places';

const POINTS = 20_000; // of all threads
const FEWEST = 200;
const MOST = 2000;
const MARKS = 500;

/** @param among how many threads the page has room for */
export function trackOf(
  { recording, memory, collections }: Track,
  among: number,
  spikes: TrackData['spikes'],
): TrackData {
  const { header } = recording;
  const room = Math.max(FEWEST, Math.min(MOST, Math.floor(POINTS / among)));
  const points = thinned(ordered(memory.map(drawable)), room);
  const counted = ordered(collections.map(drawable));
  const took = points.map(({ at }) => timeAt(counted, at));
  return {
    label: `${scriptOf(header)}, pid ${header.pid}${header.thread > 0 ? `, thread ${header.thread}` : ''}`,
    at: points.map(({ at }) => Math.round(at)),
    // The heap is never empty: by then nobody had asked for it, nor for what lies outside.
    heap: points.map(({ heapUsed }) => heapUsed || null),
    external: points.map(({ heapUsed, external }) => (heapUsed ? external : null)),
    rss: points.map(({ rss }) => rss),
    collecting: points.map(({ at }, n) => {
      const [before, now] = [took[n - 1], took[n]];
      if (before === undefined || now === undefined) return null;
      return Math.round(1000 * Math.min(1, Math.max(0, (now - before) / (at - points[n - 1].at)))) / 1000;
    }),
    heapLimit: figure(header.heapLimit),
    rssLimit: header.rssLimit === null ? null : figure(header.rssLimit),
    rssLimitBy: safe(header.rssLimitBy ?? ''),
    major: majorsOf(counted).slice(-MARKS),
    spikes,
  };
}

function drawable<T extends Memory | Collections>(one: T): T {
  return { ...one, ...Object.fromEntries(Object.entries(one).map(([key, value]) => [key, figure(value)])) };
}

// A chart needs its points in order, each at a time of its own.
function ordered<T extends { at: number }>(points: T[]): T[] {
  return [...points].sort((a, b) => a.at - b.at).filter(({ at }, n, all) => n === 0 || at > all[n - 1].at);
}

// Of each stretch the highest heap and the highest RSS stay.
function thinned(points: Memory[], room: number): Memory[] {
  if (points.length <= room) return points;
  const kept = new Set([points[0], points[points.length - 1]]);
  const stretch = (2 * points.length) / (room - 2);
  for (let from = 0; from < points.length; from += stretch) {
    const some = points.slice(Math.floor(from), Math.floor(from + stretch));
    for (const key of ['heapUsed', 'rss'] as const)
      if (some.length > 0) kept.add(some.reduce((a, b) => (b[key] > a[key] ? b : a)));
  }
  return points.filter((one) => kept.has(one));
}

/** ms that collections had taken by then, evenly between what is told; `undefined` before the first that tells. */
function timeAt(counted: Collections[], at: number): number | undefined {
  const after = counted.findIndex((one) => one.at >= at);
  if (counted.length === 0 || after === 0) return counted[0]?.at === at ? counted[0].time : undefined;
  if (after < 0) return counted[counted.length - 1].time;
  const [a, b] = [counted[after - 1], counted[after]];
  return a.time + ((at - a.at) / (b.at - a.at)) * (b.time - a.time);
}

function majorsOf(counted: Collections[]): [number, number][] {
  return counted
    .map(({ at, major }, n): [number, number] => [at, major - (counted[n - 1]?.major ?? 0)])
    .filter(([, times]) => times > 0);
}

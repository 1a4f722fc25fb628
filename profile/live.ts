// What is to be seen of a process at this moment? Its functions, its memory against the limits, the last spikes: the figures of all
// its threads as one. Serves `memprof top`. Must never print, nor keep what it was asked before.

import type { Follower } from './follow';
import { type Recording, type Site, type Spike, siteOf } from './recording';

/** A function: bytes and calls a second, `total` bytes since the start, in flight now. */
export interface Row {
  name: string;
  file: string;
  line: number;
  bytes: number;
  calls: number;
  total: number;
  inFlight: number;
  /** Claims for what was awaited are in it, or not every call was measured. */
  estimated: boolean;
}

/** Bytes; the heap of the thread that is nearest to its limit, external of all threads. */
export interface Usage {
  heap: number;
  heapLimit: number;
  /** Which thread's heap it is. */
  thread: number;
  rss: number;
  /** Null where there is none. */
  rssLimit: number | null;
  external: number;
  inFlight: number;
}

/** How it goes: `quiet` ms since something was written last. */
export type Fate =
  | { state: 'runs' }
  | { state: 'silent' | 'gone'; quiet: number }
  | { state: 'ended'; why: string; code: number | null };

export interface Live {
  script: string;
  pid: number;
  node: string;
  threads: number;
  /** ms since its start. */
  age: number;
  fate: Fate;
  /** `undefined` before the first is told. */
  usage: Usage | undefined;
  rows: Row[];
  /** The newest first; `at` in ms since its thread's start. */
  spikes: { site: Site; spike: Spike }[];
}

const SPIKES = 5;
// A line of memory comes each second.
const QUIET = 3000;

/**
 * @param now ms since 1970
 * @param isThere whether there is such a process
 */
export function liveOf(threads: Follower[], now: number, isThere: (pid: number) => boolean): Live {
  const [first] = threads;
  const { header } = first.recording;
  return {
    script: header.script,
    pid: header.pid,
    node: header.node,
    threads: threads.length,
    age: first.recording.last,
    fate: fateOf(threads, now, isThere),
    usage: usageOf(threads.map(({ recording }) => recording)),
    rows: rowsOf(threads),
    spikes: threads
      .flatMap(({ recording }) =>
        recording.spikes.map((spike) => ({
          site: siteOf(recording, spike.site),
          spike,
          when: recording.header.start + spike.at,
        })),
      )
      .sort((a, b) => b.when - a.when)
      .slice(0, SPIKES)
      .map(({ site, spike }) => ({ site, spike })),
  };
}

function fateOf(threads: Follower[], now: number, isThere: (pid: number) => boolean): Fate {
  const [{ recording }] = threads;
  if (recording.end) return { state: 'ended', why: recording.end.why, code: recording.end.code };
  const quiet = now - Math.max(...threads.map(({ written }) => written));
  if (quiet < QUIET) return { state: 'runs' };
  return { state: isThere(recording.header.pid) ? 'silent' : 'gone', quiet };
}

function usageOf(recordings: Recording[]): Usage | undefined {
  const running = recordings.filter(({ end }) => end === undefined);
  const told = (running.length > 0 ? running : recordings).flatMap(({ header, memory }) => {
    const last = memory.at(-1);
    return last ? [{ header, last, share: header.heapLimit > 0 ? last.heapUsed / header.heapLimit : 0 }] : [];
  });
  if (told.length === 0) return undefined;
  const nearest = told.reduce((most, one) => (one.share > most.share ? one : most));
  const newest = told.reduce((most, one) =>
    one.header.start + one.last.at > most.header.start + most.last.at ? one : most,
  );
  return {
    heap: nearest.last.heapUsed,
    heapLimit: nearest.header.heapLimit,
    thread: nearest.header.thread,
    rss: newest.last.rss,
    rssLimit: newest.header.rssLimit,
    external: told.reduce((sum, { last }) => sum + last.external, 0),
    inFlight: told.reduce((sum, { last }) => sum + last.inFlight, 0),
  };
}

function rowsOf(threads: Follower[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { recording, now, inFlight } of threads) {
    const row = (site: number): Row => {
      const { name, file, line } = siteOf(recording, site);
      const key = JSON.stringify([name, file, line]);
      let one = rows.get(key);
      if (!one) {
        one = { name, file, line, bytes: 0, calls: 0, total: 0, inFlight: 0, estimated: false };
        rows.set(key, one);
      }
      return one;
    };
    for (const [site, { self, awaited, external }] of recording.sums) {
      const one = row(site);
      one.total += self + awaited + external;
      one.estimated ||= awaited > 0 || recording.sampled.has(site);
    }
    for (const [site, { bytes, calls }] of now) {
      const one = row(site);
      one.bytes += bytes;
      one.calls += calls;
    }
    for (const [site, count] of inFlight) row(site).inFlight += count;
  }
  return [...rows.values()];
}

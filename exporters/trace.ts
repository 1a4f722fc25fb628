// The profile over time, in Chrome's trace event format: Perfetto, chrome://tracing and Chrome DevTools' Performance panel
// open it. Serves `memprof export --format trace`, and programs. Must never put two calls that overlap on one line of time:
// a viewer would show one within the other.

import type { Profile, Track } from '../profile/profile';
import { type Call, type Collections, costOf, type Spike, siteOf } from '../profile/recording';
import { safe, scriptOf, shownShapes } from '../profile/shown';
import type { Exporter } from './exporter';
import { type Line, linesOf } from './lines';

/** `ts` and `dur` in microseconds, from the profile's start on. */
interface Event {
  name: string;
  cat: string;
  ph: 'X' | 'i' | 'C' | 'M';
  ts: number;
  dur?: number;
  pid: number;
  tid: number;
  s?: 't';
  args: Record<string, string | number | boolean>;
}

// Of each thread.
const HEAVIEST = 100;
const CATEGORY = 'memprof';
// Two to the 53rd, in microseconds.
const LONGEST = 9e12;

/** JSON, an object with `traceEvents`: calls, spikes, memory, collections; of estimated bytes the names have a `~`. */
export const trace: Exporter = (profile) => {
  const { start, recordings } = profile;
  return JSON.stringify({
    traceEvents: eventsOf(profile),
    displayTimeUnit: 'ms',
    otherData: {
      exporter: 'memprof',
      start: start > 0 && start < 8.64e15 ? new Date(start).toISOString() : '',
      node: [...new Set(recordings.map(({ header }) => safe(header.node)))].join(', '),
    },
  });
};

function eventsOf({ tracks }: Profile): Event[] {
  const calls = tracks.map(heaviestOf);
  const lines = linesOf(
    tracks.map(({ recording: { header }, shift }, n) => ({
      pid: header.pid,
      thread: header.thread,
      calls: calls[n].map(({ started, time }) => {
        const from = micros(started + shift);
        return { from, to: from + micros(time) };
      }),
    })),
  );
  const events = tracks.flatMap((track, n) => [
    ...calls[n].map((call, m) => callOf(track, call, lines[n].of[m])),
    ...track.recording.spikes.map((spike) => spikeOf(track, spike, lines[n].own)),
    ...memoryOf(track, lines[n].own),
    ...collectionsOf(track.collections, lines[n].own),
  ]);
  const named = tracks.flatMap((track, n) => namesOf(track, lines[n]));
  return [...named, ...events.sort((a, b) => a.ts - b.ts)];
}

function heaviestOf({ recording }: Track): Call[] {
  return [...recording.heaviest]
    .sort((a, b) => costOf(b) - costOf(a))
    .slice(0, HEAVIEST)
    .sort((a, b) => a.started - b.started || b.time - a.time);
}

function namesOf({ recording: { header } }: Track, { own, others }: { own: Line; others: Line[] }): Event[] {
  const thread = header.thread > 0 ? `thread ${header.thread}` : 'main';
  const meta = (name: string, { pid, tid }: Line, value: string): Event => {
    return { name, cat: '__metadata', ph: 'M', ts: 0, pid, tid, args: { name: value } };
  };
  return [
    meta('process_name', own, `${scriptOf(header)} (pid ${header.pid})`),
    meta('thread_name', own, thread),
    ...others.map((line, n) => meta('thread_name', line, `${thread}, calls beside others ${n + 1}`)),
  ];
}

function callOf({ recording, shift }: Track, call: Call, line: Line): Event {
  const { name, file, line: at } = siteOf(recording, call.site);
  return {
    name: safe(name),
    cat: CATEGORY,
    ph: 'X',
    ts: micros(call.started + shift),
    dur: micros(call.time),
    ...line,
    args: {
      place: file === '' ? '' : `${safe(file)}:${at}`,
      self: call.self,
      total: call.total,
      'awaited~': call.awaited,
      external: call.external,
      'stands for calls': call.calls,
      failed: call.failed,
    },
  };
}

function spikeOf({ recording, shift }: Track, spike: Spike, line: Line): Event {
  const { name } = siteOf(recording, spike.site);
  return {
    name: `spike: ${safe(name)}`,
    cat: CATEGORY,
    ph: 'i',
    s: 't',
    ts: micros(spike.at + shift),
    ...line,
    args: {
      total: spike.total,
      'awaited~': spike.awaited,
      external: spike.external,
      arguments: shownShapes(spike.arguments),
      awaited: spike.awaitedValues
        .map(([at, shape, bytes]) => `line ${at}: ${safe(shape)}, ~${bytes}`)
        .join('; '),
      returned: spike.returned === null ? '' : safe(spike.returned),
    },
  };
}

// A viewer sums up the figures of a counter: RSS has the heap in it, so it is one of its own.
function memoryOf({ memory, recording: { header } }: Track, line: Line): Event[] {
  const of = header.thread > 0 ? ` (thread ${header.thread})` : '';
  const counter = (name: string, at: number, args: Event['args']): Event => {
    return { name: `${name}${of}`, cat: CATEGORY, ph: 'C', ts: micros(at), ...line, args };
  };
  return memory.flatMap(({ at, heapUsed, external, rss, owned, unowned, inFlight }) => [
    counter('memory', at, { heapUsed, external }),
    counter('rss', at, { rss }),
    counter('allocated', at, { owned, 'unowned~': unowned }),
    counter('in flight', at, { calls: inFlight }),
  ]);
}

// They are told as sums since counting began.
function collectionsOf(collections: Collections[], line: Line): Event[] {
  return collections.map(({ at, all, major, time, freed }, n) => {
    const before = collections[n - 1] ?? { all: 0, major: 0, time: 0, freed: 0 };
    return {
      name: major > before.major ? 'GC of the whole heap' : 'GC',
      cat: CATEGORY,
      ph: 'i',
      s: 't',
      ts: micros(at),
      ...line,
      args: {
        collections: all - before.all,
        'of the whole heap': major - before.major,
        ms: time - before.time,
        freed: freed - before.freed,
      },
    };
  });
}

function micros(ms: number): number {
  return Math.min(LONGEST, Math.max(0, Math.round(ms * 1000)));
}

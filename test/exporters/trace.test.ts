// The profile over time, as Chrome's trace events: read by the trace engine of Chrome DevTools, and by the format's rules.
// That calls which overlap are told apart, that each process has its own, and names do nothing.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { trace } from '../../exporters/trace';
import { type Profile, profileOf } from '../../profile/profile';
import { HEADER, recordingOf } from '../cli/recordings';
import { ROOT } from '../support/node';
import { HARMFUL, HOSTILE, hostile, inAllOrders, recordings, threeThreads } from './profiles';

interface Event {
  name: string;
  cat: string;
  ph: string;
  ts: number;
  dur?: number;
  pid: number;
  tid: number;
  s?: string;
  args: Record<string, unknown>;
}

interface Seen {
  bounds: { min: number; max: number };
  generic: boolean;
  threads: { pid: number; tid: number; name: string; entries: string[]; within: [string, string][] }[];
}

/** By the format's rules: what every viewer relies on. */
function events(profile: Profile): Event[] {
  const { traceEvents } = JSON.parse(trace(profile) as string) as { traceEvents: Event[] };
  const open = new Map<string, number[]>();
  let last = 0;
  for (const { name, cat, ph, ts, dur, pid, tid, s, args } of traceEvents) {
    assert.equal([typeof name, typeof cat, typeof args], ['string', 'string', 'object']);
    for (const figure of [ts, pid, tid]) assert.ok(Number.isSafeInteger(figure) && figure >= 0, name);
    assert.ok(['X', 'i', 'C', 'M'].includes(ph), ph);
    if (ph !== 'M') {
      assert.ok(ts >= last, 'by time');
      last = ts;
    }
    if (ph === 'i') assert.is(s, 't');
    if (ph === 'C') for (const value of Object.values(args)) assert.ok(Number.isFinite(value), name);
    if (ph === 'M') {
      assert.ok(['process_name', 'thread_name'].includes(name));
      assert.equal([Object.keys(args), typeof args.name], [['name'], 'string']);
    }
    if (ph !== 'X') continue;
    assert.ok(Number.isSafeInteger(dur) && (dur as number) >= 0);
    const ends = open.get(`${pid} ${tid}`) ?? [];
    open.set(`${pid} ${tid}`, ends);
    while (ends.length > 0 && ends[ends.length - 1] <= ts) ends.pop();
    const end = ts + (dur as number);
    assert.ok(
      ends.every((one) => end <= one),
      `${name} overlaps another on its line`,
    );
    ends.push(end);
  }
  return traceEvents;
}

function seen(profile: Profile): Seen {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path.join(ROOT, 'test/exporters/engine.mjs')],
    { input: trace(profile) as string, encoding: 'utf8' },
  );
  assert.is(status, 0, stderr);
  return JSON.parse(stdout);
}

const of = (all: Event[], ph: string) => all.filter((one) => one.ph === ph);

test('calls with their times in microseconds, what they cost, and where they are', () => {
  const all = events(profileOf(threeThreads()));
  const calls = of(all, 'X').map(({ name, ts, dur, pid }) => [name, ts, dur, pid]);
  assert.equal(calls, [
    ['Shop.find', 10_000, 90_000, 4711],
    ['parseAll', 20_000, 30_000, 4711],
    ['Shop.find', 40_000, 100_000, 4711],
    ['loadImages', 140_000, 5500, 4711],
    ['Shop.find', 5_100_000, 900_000, 4712],
  ]);
  const load = all.find(({ name }) => name === 'loadImages');
  assert.equal(load?.args, {
    place: 'src/images.ts:5',
    self: 100,
    total: 100,
    'awaited~': 5000,
    external: 300000,
    'stands for calls': 1,
    failed: false,
  });
  assert.is(of(all, 'X')[2].args.failed, true);
});

test('spikes, memory, collections; each of its own process and thread, which have names', () => {
  const all = events(profileOf(threeThreads()));
  const spike = all.find(({ name }) => name.startsWith('spike'));
  assert.equal([spike?.name, spike?.ph, spike?.ts, spike?.pid], ['spike: loadImages', 'i', 141_000, 4711]);
  assert.equal(spike?.args.arguments, 'count: number');
  assert.equal(spike?.args.awaited, 'line 7: Buffer(300000), ~5000');
  const counters = of(all, 'C').filter(({ name }) => name.startsWith('memory'));
  assert.equal(
    counters.map(({ name, ts, pid, args }) => [name, ts, pid, args.heapUsed]),
    [
      ['memory (thread 1)', 600_000, 4711, 5 * 2 ** 20],
      ['memory', 1_000_000, 4711, 5e7],
      ['memory', 5_900_000, 4712, 3e7],
      ['memory', 6_500_000, 4712, 4e7],
    ],
  );
  const rss = of(all, 'C').filter(({ name }) => name === 'rss');
  assert.equal(
    rss.map(({ args }) => args),
    [{ rss: 9e7 }, { rss: 7e7 }, { rss: 8e7 }],
  );
  const collections = all.filter(({ name }) => name.startsWith('GC'));
  assert.equal(
    collections.map(({ name, ts, tid, args }) => [name, ts, tid, ...Object.values(args)]),
    [
      ['GC of the whole heap', 500_000, 0, 3, 1, 12.5, 40_000],
      ['GC', 500_000, 1, 1, 0, 1, 100],
      ['GC', 1_000_000, 0, 2, 0, 1.5, 1000],
    ],
  );
  const names = of(all, 'M').map(({ name, pid, tid, args }) => [name, pid, tid, args.name]);
  assert.equal(names, [
    ['process_name', 4711, 0, 'app.js (pid 4711)'],
    ['thread_name', 4711, 0, 'main'],
    ['thread_name', 4711, 2 ** 22, 'main, calls beside others 1'],
    ['process_name', 4711, 1, 'app.js (pid 4711)'],
    ['thread_name', 4711, 1, 'thread 1'],
    ['process_name', 4712, 0, 'app.js (pid 4712)'],
    ['thread_name', 4712, 0, 'main'],
  ]);
});

test('the engine of Chrome DevTools sees the same calls, one within another where one called it', () => {
  const { bounds, generic, threads } = seen(profileOf(threeThreads()));
  assert.is(generic, true, 'a trace of no browser');
  assert.equal([bounds.min, bounds.max], [10_000, 6_000_000]);
  assert.equal(
    threads.map(({ pid, tid, name, entries, within }) => [pid, tid, name, entries, within]),
    [
      [4711, 0, 'main', ['Shop.find', 'parseAll', 'loadImages'], [['Shop.find', 'parseAll']]],
      [4711, 2 ** 22, 'main, calls beside others 1', ['Shop.find'], []],
      [4712, 0, 'main', ['Shop.find'], []],
    ],
  );
});

test('calls that overlap in many ways each have a line where they overlap none', () => {
  const lines: unknown[] = [];
  let seed = 7;
  const next = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let n = 0; n < 300; n++)
    lines.push(['call', 1 + (n % 6), next() * 1000, next() * 300, 1, 1 + n, 0, 0, 1, 0, 0, 0]);
  const all = events(profileOf(recordings({ a: recordingOf(lines) })));
  assert.is(of(all, 'X').length, 100, 'the heaviest');
  assert.ok(of(all, 'X').every(({ args }) => (args.total as number) > 200));
});

test('processes that have one number, as in containers, are told apart', () => {
  const one = (start: number) =>
    recordingOf(
      [
        ['call', 1, 10, 90, 1, 1, 0, 0, 1, 0, 0, 0],
        ['memory', 100, start, 1, 1, 1, 1, 1, 0],
      ],
      {
        start: HEADER.start + start,
        pid: 1,
      },
    );
  const all = events(profileOf(recordings({ a: one(1), b: one(2), c: one(3) })));
  assert.equal(
    of(all, 'M')
      .filter(({ name }) => name === 'process_name')
      .map(({ pid, args }) => [pid, args.name]),
    [
      [1, 'app.js (pid 1)'],
      [1 + 2 ** 22, 'app.js (pid 1)'],
      [1 + 2 * 2 ** 22, 'app.js (pid 1)'],
    ],
  );
  assert.is(new Set(of(all, 'X').map(({ pid }) => pid)).size, 3);
});

test('names do nothing, and times and numbers that are none do no harm', () => {
  const text = trace(hostile()) as string;
  assert.equal(text.match(HARMFUL), null);
  const all = events(hostile());
  assert.is(of(all, 'X').length, HOSTILE.length);
  assert.is(all.filter(({ name }) => name.startsWith('spike: ')).length, HOSTILE.length);
  assert.ok(seen(hostile()).threads.some(({ entries }) => entries.includes('__proto__')));
  const wild = recordingOf(
    [
      ['call', 1, 1e300, 1e300, 1, 1, 1, 1, 1, 0],
      ['call', 1, -5, 1e12, 1, 1, 1, 1, 1, 0],
      ['memory', -1e300, 1, 1, 1, 1, 1, 1, 0],
      ['gc', 1e300, 1, 1, 1, 1],
    ],
    { pid: 1e300, thread: -1.5, start: 1e300 },
  );
  assert.ok(events(profileOf(recordings({ a: wild }))).length > 4);
});

test('the same text for the recordings in any order', () => {
  assert.is(new Set([...inAllOrders(threeThreads())].map((profile) => trace(profile))).size, 1);
});

test.run();

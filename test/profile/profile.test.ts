// Several recordings as one: sums by function and by path, the same in whatever order they come, however deep, torn or
// overlapping they are.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Histogram } from '../../profile/histogram';
import { type PathProfile, type Profile, profileOf, TREND } from '../../profile/profile';
import { readRecordings } from '../../profile/read';
import type { Recording } from '../../profile/recording';
import { trendSentence } from '../../profile/story';
import { trendOf } from '../../profile/trend';
import { HEADER, recordingOf, summed } from '../cli/recordings';
import { Folder } from '../cli/support';

const MB = 2 ** 20;

function read(...texts: string[]): Recording[] {
  const files = Object.fromEntries(texts.map((text, n) => [`memprof-${n}-1-0.jsonl`, text]));
  return readRecordings([new Folder(files).path]);
}
const names = (paths: PathProfile[]): unknown[] =>
  paths.map((one) => [one.function.name, one.calls, one.self / MB, names(one.children)]);
const plain = ({ recordings, tracks, ...rest }: Profile) =>
  JSON.parse(JSON.stringify({ ...rest, sizes: rest.functions.map(({ sizes }) => [...sizes]) }));

test('processes of one program: functions by their place, paths by the functions on them', () => {
  const one = recordingOf([
    [
      'paths',
      1,
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    ],
    [
      'sums',
      1000,
      [summed(1, 2, { self: 10, awaited: 4 }), summed(2, 4, { self: 6 }), summed(3, 1, { self: 1 })],
    ],
    [
      'by',
      1000,
      [
        [1, 2, 10 * MB, 4 * MB, 0],
        [2, 4, 6 * MB, 0, 0],
        [3, 1, MB, 0, 0],
      ],
    ],
    ['end', 2000, 'exit', 0],
  ]);
  // The same functions by other numbers, and another way to one of them.
  const other = recordingOf(
    [
      [
        'file',
        10,
        'src/shop.ts',
        [
          ['parseAll', 20, 0, [], ['text']],
          ['Shop.find', 10, 1, [12, 14], ['code']],
        ],
      ],
      [
        'paths',
        1,
        [
          [0, 10],
          [0, 11],
          [2, 10],
        ],
      ],
      ['sums', 500, [summed(10, 3, { self: 30 }), summed(11, 1, { self: 1 })]],
      [
        'by',
        500,
        [
          [1, 1, 20 * MB, 0, 0],
          [3, 2, 10 * MB, 0, 0],
          [2, 1, MB, 0, 0],
        ],
      ],
    ],
    { pid: 5000, start: HEADER.start + 1000 },
  );
  const recordings = read(one, other);
  const profile = profileOf(recordings);
  assert.equal(
    profile.functions.map(({ name, calls, self, awaited }) => [name, calls, self / MB, awaited / MB]),
    [
      ['parseAll', 7, 36, 0],
      ['Shop.find', 3, 11, 4],
      ['remember', 1, 1, 0],
    ],
  );
  assert.equal(names(profile.paths), [
    ['Shop.find', 3, 11, [['parseAll', 6, 16, [['remember', 1, 1, []]]]]],
    ['parseAll', 1, 20, []],
  ]);
  assert.equal([profile.start, profile.end], [HEADER.start, HEADER.start + 2000]);
  assert.equal(plain(profileOf([...recordings].reverse())), plain(profile));
});

test('calls that ended after the last sums count once, by function and by path', () => {
  const call = (site: number, started: number, self: number, path: number) => [
    'call',
    site,
    started,
    5,
    self * MB,
    self * MB,
    0,
    0,
    1,
    0,
    path,
    0,
  ];
  const [recording] = read(
    recordingOf([
      ['paths', 1, [[0, 1]]],
      call(1, 100, 3, 1),
      ['sums', 1000, [summed(1, 1, { self: 3 })]],
      ['by', 1000, [[1, 1, 3 * MB, 0, 0]]],
      call(1, 1100, 4, 1),
    ]),
  );
  const profile = profileOf([recording]);
  assert.equal([profile.functions[0].calls, profile.functions[0].self], [2, 7 * MB]);
  assert.equal(names(profile.paths), [['Shop.find', 2, 7, []]]);
  assert.is(profile.functions[0].sizes.count, 2);
});

test('when a function allocated: parts of the whole time', () => {
  const [recording] = read(
    recordingOf([
      ['sums', 800, [summed(1, 1, { self: 8 })]],
      ['sums', 1600, [summed(1, 2, { self: 24 })]],
      ['end', 3200, 'exit', 0],
    ]),
  );
  const { trend } = profileOf([recording]).functions[0];
  const part = (from: number, to: number) =>
    Math.round(trend.slice((from * TREND) / 3200, (to * TREND) / 3200).reduce((a, b) => a + b, 0) / MB);
  assert.equal([trend.length, part(0, 800), part(800, 1600), part(1600, 3200)], [TREND, 8, 16, 0]);
});

test('a path may be of any depth, and goes round in no circle', () => {
  const deep = 20_000;
  const rows = Array.from({ length: deep }, (_, n) => [n, 1 + (n % 3)]);
  const by = rows.map((_, n) => [n + 1, 1, 1, 0, 0]);
  const profile = profileOf(
    read(
      recordingOf([
        ['paths', 1, rows],
        ['by', 1000, by],
        [
          'paths',
          deep + 1,
          [
            [deep + 2, 1],
            [deep + 2, 2],
          ],
        ],
      ]),
    ),
  );
  let depth = 0;
  for (let one = profile.paths[0]; one; one = one.children[0]) depth++;
  assert.is(depth, deep);
  assert.is(profile.paths.length, 1);
});

test('what stays on the heap: a slope that one request does not move, with its confidence, and when the limit is reached', () => {
  // A small generator of pseudo-random numbers: the same ones each time.
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const of = (live: (minute: number) => number, count = 60) => {
    const lines = Array.from({ length: count }, (_, n) => [
      'gc',
      n * 5000,
      10 * n,
      n + 1,
      n,
      n,
      live(n / 12),
    ]);
    return read(recordingOf(lines))[0];
  };
  const noise = () => (random() - 0.5) * 20 * MB;
  const leak = of((minute) => 100 * MB + 10 * MB * minute + noise());
  const trend = trendOf(leak);
  assert.ok(
    trend && trend.low < (10 * MB) / 60_000 && trend.high > (10 * MB) / 60_000,
    JSON.stringify(trend),
  );
  assert.ok(Math.abs(trend.slope / ((10 * MB) / 60_000) - 1) < 0.2, `${trend.slope}`);
  // 1000 MB less 150 are left, at 10 a minute.
  assert.ok(Math.abs((trend.left as number) / (85 * 60_000) - 1) < 0.25, `${trend.left}`);
  assert.match(
    `${trendSentence(leak)}`,
    /^What stays on the heap grew by .* MB a minute .*, over 60 collections of all of it.*; at that rate V8's limit is \d+ min away\.$/,
  );
  // One heavy request in five minutes.
  const heavy = trendOf(of((minute) => 100 * MB + 10 * MB * minute + (minute === 2 ? 700 * MB : 0)));
  assert.ok(heavy && Math.abs(heavy.slope / ((10 * MB) / 60_000) - 1) < 0.02);
  // A cache that fills and stops, and noise alone, are none; nor is what a few seconds say.
  let rising = 0;
  for (let n = 0; n < 20; n++) {
    const steady = of(() => 100 * MB + noise());
    const { low, high } = trendOf(steady) as { low: number; high: number };
    assert.ok(low <= high);
    if (low > 0) rising++;
  }
  assert.ok(rising <= 2, `${rising} of 20`);
  assert.is(trendSentence(of((minute) => Math.min(100, 200 * minute) * MB)), undefined);
  assert.is(trendOf(of((minute) => 100 * MB * minute, 3)), undefined);
  assert.is(trendOf(read(recordingOf([['gc', 1, 1, 1, 1, 1]]))[0]), undefined);
});

test('sizes of calls: shares within a step, sums in any order', () => {
  const a = new Histogram();
  const b = new Histogram();
  for (let n = 1; n <= 1000; n++) a.add(n * 1000);
  b.add(0, 500);
  const both = [new Histogram(), new Histogram()];
  both[0].addAll(a);
  both[0].addAll(b);
  both[1].addAll(b);
  both[1].addAll(a);
  assert.equal([...both[0]], [...both[1]]);
  for (const share of [0.5, 0.9, 0.99]) {
    const exact = 1_000_000 * share;
    assert.ok(Math.abs(a.quantile(share) / exact - 1) < 0.05, `${share}: ${a.quantile(share)}`);
  }
  assert.equal([both[0].count, both[0].quantile(0.3), new Histogram().quantile(0.5)], [1500, 0, 0]);
});

test.run();

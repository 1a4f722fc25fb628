// `memprof diff`: how often noise is called a change and a change found; which functions are the same where lines moved; what
// is printed for terminals, programs and pull requests, and with which exit status.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differenceOf, FALSE_ALARMS } from '../../profile/diff';
import { Histogram } from '../../profile/histogram';
import { type Profile, profileOf } from '../../profile/profile';
import { Reader } from '../../profile/reader';
import { near } from '../support/near';
import { HEADER, recordingOf } from './recordings';
import { Folder } from './support';

type Random = () => number;

/** Mulberry32: the same figures for the same seed. */
function randomOf(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** How the bytes of a call vary: by a tenth, by half, lopsided by far, one call in a hundred a hundredfold, in two kinds. */
const KINDS: ((random: Random) => number)[] = [
  (random) => 10_000 * (1 + 0.1 * normal(random)),
  (random) => 10_000 * (0.25 + 1.5 * random()),
  (random) => 10_000 * Math.exp(normal(random)),
  (random) => (random() < 0.01 ? 1_000_000 : 10_000),
  (random) => (random() < 0.5 ? 5000 : 15_000),
];
const CALLS = [5, 30, 200, 1000];

interface Made {
  name: string;
  calls: number;
  bytes(random: Random): number;
}

/** A run of functions that were called so often, without a file in between. */
function runOf(functions: Made[], random: Random): Profile {
  const { recording } = new Reader({ ...HEADER });
  functions.forEach(({ name, calls, bytes }, n) => {
    const sizes = new Histogram();
    let total = 0;
    for (let call = 0; call < calls; call++) {
      const size = Math.max(0, Math.round(bytes(random)));
      sizes.add(size);
      total += size;
    }
    recording.sites.set(n + 1, { name, file: 'a.ts', line: n, kind: 0, awaits: [], params: [] });
    recording.sizes.set(n + 1, sizes);
    const rest = { errors: 0, awaited: 0, external: 0, max: 0, time: 0 };
    recording.sums.set(n + 1, { calls, self: total, total, ...rest });
  });
  return profileOf([recording]);
}

function noisy(count: number, shift: () => number = () => 1): Made[] {
  return Array.from({ length: count }, (_, n) => {
    const factor = shift();
    return {
      name: `f${n}`,
      calls: CALLS[Math.floor(n / KINDS.length) % CALLS.length],
      bytes: (random) => factor * KINDS[n % KINDS.length](random),
    };
  });
}
const changed = (before: Profile[], after: Profile[]) =>
  differenceOf(before, after)
    .changes.filter(({ state }) => state === 'changed')
    .map(({ name, share }) => [name, share] as const);

test('200 functions that did not change, 50 times: as many false alarms as stated', () => {
  let alarms = 0;
  for (let seed = 1; seed <= 50; seed++) {
    const random = randomOf(seed);
    const before = noisy(200);
    // Nor is it a change that something is called more or less often.
    const after = noisy(200).map((one, n) => ({
      ...one,
      calls: n % 3 === 0 ? CALLS[Math.floor(random() * CALLS.length)] : one.calls,
    }));
    if (changed([runOf(before, random)], [runOf(after, random)]).length > 0) alarms++;
  }
  // 50 comparisons, each with that chance: more than 3 would be seen once in 600 times.
  assert.is(FALSE_ALARMS, 0.01);
  assert.ok(alarms <= 3, `${alarms} of 50 comparisons`);
});

test('runs that differ of themselves: calls alone would say that, the runs of a side do not', () => {
  const random = randomOf(7);
  const run = () =>
    runOf(
      noisy(40, () => 1 + 0.05 * normal(random)),
      random,
    );
  const sides = () => [run(), run(), run(), run()];
  let alarms = 0;
  for (let times = 0; times < 10; times++) if (changed(sides(), sides()).length > 0) alarms++;
  assert.is(alarms, 0);
  assert.ok(changed([run()], [run()]).length > 0, 'one run of a side cannot know');
});

test('10 % more in one function of 200, with 1000 calls: found, and it alone', () => {
  for (let seed = 101; seed <= 110; seed++) {
    const random = randomOf(seed);
    const grown: Made = { name: 'grown', calls: 1000, bytes: (random) => 10_000 * (0.4 + 1.2 * random()) };
    const more = { ...grown, bytes: (random: Random) => 1.1 * grown.bytes(random) };
    const found = changed([runOf([grown, ...noisy(199)], random)], [runOf([more, ...noisy(199)], random)]);
    assert.equal(
      found.map(([name]) => name),
      ['grown'],
    );
    near(found[0][1], 0.1, 'share', 0.6);
  }
});

test('what ranks do not see is found by the means, and the other way round', () => {
  const random = randomOf(3);
  const compare = (calls: number, before: Made['bytes'], after: Made['bytes']) =>
    changed(
      [runOf([{ name: 'f', calls, bytes: before }], random)],
      [runOf([{ name: 'f', calls, bytes: after }], random)],
    ).length;
  const rare = (share: number) => (random: Random) => (random() < share ? 1_000_000 : 10_000);
  assert.is(compare(20_000, rare(0.005), rare(0.01)), 1, 'a few calls that are huge');
  assert.is(
    compare(
      100,
      () => 10_000,
      () => 10_300,
    ),
    1,
    'within one step of the histogram',
  );
  assert.is(
    compare(40, KINDS[2], (random) => 10 * KINDS[2](random)),
    1,
    'lopsided, but tenfold',
  );
  assert.is(
    compare(
      100_000,
      () => 10_000,
      () => 10_050,
    ),
    0,
    'half a percent, however sure',
  );
  const beside = (bytes: number): Made[] => [
    { name: 'small', calls: 100, bytes: () => bytes },
    { name: 'large', calls: 100, bytes: () => 1e6 },
  ];
  const small = (bytes: number) =>
    changed([runOf(beside(20), random)], [runOf(beside(bytes), random)]).length;
  assert.equal([small(60), small(2000)], [0, 1], 'a few bytes beside millions');
});

test('a histogram has the mean and the variance of its sizes, in parts as in one; weights count as what was measured', () => {
  const sizes = Array.from({ length: 1000 }, (_, n) => 1e9 + (n % 7));
  const mean = sizes.reduce((sum, one) => sum + one) / 1000;
  const variance = sizes.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 999;
  const [whole, first, second] = [new Histogram(), new Histogram(), new Histogram()];
  sizes.forEach((one, n) => {
    whole.add(one);
    (n < 300 ? first : second).add(one);
  });
  first.addAll(second);
  for (const one of [whole, first]) {
    near(one.mean, mean, 'mean', 1e-12);
    near(one.variance, variance, 'variance', 1e-6);
    assert.equal([one.count, one.measured], [1000, 1000]);
  }
  const sampled = new Histogram();
  for (let n = 0; n < 10; n++) sampled.add(100 + n, 8);
  assert.equal([sampled.count, Math.round(sampled.measured)], [80, 10]);
  near(sampled.variance, 9.1667, 'of ten', 1e-4);
  sampled.add(5, Number.NaN);
  assert.is(sampled.count, 80);
  const lopsided = new Histogram();
  for (let n = 0; n < 100; n++) lopsided.add(n === 0 ? 1e6 : 100);
  near(lopsided.skewness, 9.85, 'skewness');
});

const NAME = `memprof-${HEADER.start}-${HEADER.pid}-0.jsonl`;

/** A function's calls, each of so many bytes. */
function calls(site: number, sizes: number[], { awaited = 0, path = 0 } = {}): unknown[] {
  return sizes.map((bytes, n) => ['call', site, 10 + n, 1, bytes, bytes, awaited, 0, 1, 0, path, awaited]);
}
const around = (bytes: number, count = 40) => Array.from({ length: count }, (_, n) => bytes + 10 * (n % 5));
/** Both sides, each run in a folder of its own: before-0 and so on. */
function folderOf(before: string[], after: string[]): Folder {
  const files: Record<string, string> = {};
  for (const [side, runs] of Object.entries({ before, after }))
    runs.forEach((text, n) => {
      files[`${side}-${n}/${NAME}`] = text;
    });
  return new Folder(files);
}

const BEFORE = [
  ...calls(2, around(1_000_000)),
  ...calls(3, around(5000)),
  ...calls(1, around(2000), { awaited: 3000 }),
  ...calls(4, [70]),
  ...calls(5, [100, 200]),
];
const AFTER = [
  ...calls(2, around(1_500_000)),
  ...calls(3, around(5000)),
  ...calls(1, around(2000), { awaited: 9000 }),
  ...calls(5, [900_000]),
  ...calls(6, around(300, 2)),
];

test('what changed, what came and what went; noise and too few calls with --all alone', () => {
  const folder = folderOf([recordingOf(BEFORE)], [recordingOf(AFTER)]);
  const { status, stdout, stderr } = folder.memprof(['diff', 'before-0', 'after-0']);
  assert.equal([status, stderr], [0, '']);
  assert.match(stdout, /^memprof diff: 2 of 4 functions changed, 1 came, 1 went; 1 run before, 1 after\.$/m);
  assert.match(stdout, 'Of 1 too few calls were measured to tell a change from noise; --all shows it.');
  const rows = stdout.split('\n').filter((line) => / -> /.test(line));
  assert.equal(rows.length, 4);
  assert.match(
    rows[0],
    /^ +\+50\.0 % {2}1\.0 MB -> 1\.5 MB {2,}~.* -> ~.* {2}40 -> 40 {2,}parseAll {2}src\/shop\.ts:20$/,
  );
  assert.match(rows[1], /^ +\+120 % {2}~5\.0 kB -> ~11\.0 kB .* Shop\.find {2}src\/shop\.ts:10$/);
  assert.match(
    rows[2],
    /^not called before {2}- -> 305 B {2,}- -> ~.* {2}- -> 2 {2,}main {2}src\/images\.ts:25$/,
  );
  assert.match(rows[3], /^ +no longer called {2}70 B -> - .* loadImages {2}src\/images\.ts:5$/);
  const all = folder.memprof(['diff', 'before-0', 'after-0', '--all']).stdout;
  assert.match(all, /^ +\+\d+ %\? {2}150 B -> 900\.0 kB .* resize {2}/m);
  assert.match(all, /^ +unchanged {2}5\.0 kB -> 5\.0 kB .* remember {2}/m);
});

test('lines that moved are no change; of one name in a file the first is the first; others came or went', () => {
  const side = (rows: unknown[][], lines: unknown[]) =>
    [HEADER, ['file', 1, 'src/a.ts', rows], ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
  const row = (name: string, line: number) => [name, line, 0, [], []];
  const folder = folderOf(
    [
      side(
        [row('a', 1), row('same', 10), row('same', 20), row('old', 30)],
        [...calls(1, around(100)), ...calls(3, around(8000)), ...calls(4, around(100))],
      ),
    ],
    // The later one is told first.
    [
      side(
        [row('a', 7), row('same', 29), row('same', 17), row('young', 40)],
        [...calls(1, around(100)), ...calls(2, around(8000)), ...calls(4, around(100))],
      ),
    ],
  );
  const { changes } = JSON.parse(
    folder.memprof(['diff', 'before-0', 'after-0', '--format', 'json', '--all']).stdout,
  );
  assert.equal(changes.map((one: any) => [one.name, one.state, one.before?.line, one.after?.line]).sort(), [
    ['a', 'same', 1, 7],
    ['old', 'went', 30, undefined],
    ['same', 'same', 20, 29],
    ['young', 'came', undefined, 40],
  ]);
});

test('--fail-on: a share, a size; status 1 and the name of what passed it', () => {
  const folder = folderOf([recordingOf(BEFORE)], [recordingOf(AFTER)]);
  const diff = (limit: string) => folder.memprof(['diff', 'before-0', 'after-0', `--fail-on=${limit}`]);
  const share = diff('+10%');
  assert.is(share.status, 1);
  assert.match(
    share.stderr,
    'a call of parseAll  src/shop.ts:20 costs 1.5 MB, 1.0 MB before (+50.0 %): more than --fail-on +10% allows.',
  );
  assert.match(share.stderr, 'a call of Shop.find  src/shop.ts:10 costs ~11.0 kB');
  assert.match(share.stderr, 'all calls together cost ~');
  assert.equal(share.stderr.trim().split('\n').length, 3);
  const size = diff('+400KB');
  assert.equal([size.status, size.stderr.match(/a call of/g)?.length], [1, 1]);
  assert.equal([diff('+600KB').status, diff('150%').status], [0, 0]);
  assert.is(
    folder.memprof(['diff', 'after-0', 'before-0', '--fail-on', '+1%']).status,
    0,
    'less is no failure',
  );
  for (const bad of ['-5%', 'much', '', '+5 apples', '\u001b[31m%']) {
    const { status, stderr } = diff(bad);
    assert.is(status, 2, bad);
    assert.match(stderr, 'is neither a share, as +10%, nor a size');
    assert.not.match(stderr, '\u001b');
  }
});

test('the whole: calls from outside, weighted as before, where paths are known', () => {
  const paths = [
    'paths',
    1,
    [
      [0, 6],
      [1, 2],
    ],
  ];
  const side = (main: number, parse: number) =>
    recordingOf([paths, ...calls(6, around(main), { path: 1 }), ...calls(2, around(parse), { path: 2 })]);
  const folder = folderOf([side(100_000, 1000)], [side(100_000, 2000), side(120_000, 1000)]);
  const whole = (after: string) =>
    JSON.parse(folder.memprof(['diff', 'before-0', after, '--format', 'json', '--fail-on', '+10%']).stdout);
  assert.equal([whole('after-0').whole.changed, whole('after-0').wholeFailed], [false, false]);
  const { whole: grown, wholeFailed, failed } = whole('after-1');
  near(grown.before, 100_020, 'before', 1e-9);
  near(grown.share, 0.2, 'share', 0.001);
  assert.equal([grown.changed, wholeFailed, failed], [true, true, [{ name: 'main', file: 'src/images.ts' }]]);
});

test('several runs of a side; wrong usage; nothing to read', () => {
  const side = (bytes: number) => recordingOf(calls(2, around(bytes)));
  const folder = folderOf([side(1000), side(1010), side(990)], [side(1500), side(1490), side(1510)]);
  const runs = (side: string, count: number) =>
    Array.from({ length: count }, (_, n) => [`--${side}`, `${side}-${n}`]).flat();
  const { status, stdout } = folder.memprof(['diff', ...runs('before', 3), ...runs('after', 3)]);
  assert.is(status, 0);
  assert.match(stdout, '1 of 1 functions changed, 0 came, 0 went; 3 runs before, 3 after.');
  assert.match(stdout, /120 -> 120|40 -> 40/);
  const mixed = folder.memprof(['diff', 'before-0', 'after-0', '--after', 'after-1']);
  assert.match(mixed.stdout, '1 run before, 2 after');
  for (const args of [
    [],
    ['before-0'],
    ['--before', 'before-0'],
    ['a', 'b', 'c'],
    ['before-0', 'after-0', '--format', 'constructor'],
    ['--what'],
  ])
    assert.is(folder.memprof(['diff', ...args]).status, 2, args.join(' '));
  const none = folder.memprof(['diff', 'before-0', 'gone']);
  assert.equal([none.status, none.stdout], [1, '']);
  assert.match(none.stderr, 'memprof diff: no recording in gone');
  folder.write({ [`silent/${NAME}`]: recordingOf([]) });
  assert.match(
    folder.memprof(['diff', 'silent', 'silent']).stdout,
    'memprof diff: no call was recorded: name what',
  );
  assert.match(folder.memprof(['diff', '--help']).stdout, /^usage: memprof diff /);
});

const HOSTILE = [
  '__proto__',
  '<script>alert(1)</script>',
  '`|`</code><img src=x onerror=alert(1)>|\\|`',
  'a\n| b | c |\n\u001b[31mred\u009b1m\u202e',
  '\ud800 @team #1 https://example.com **b** \\',
];

function hostile(bytes: number): string {
  return [
    { ...HEADER, node: `<b>v1</b>\u001b[2J${bytes}` },
    ['file', 1, '](http://x)<i>|\u2028.ts', HOSTILE.map((name, n) => [name, n, 0, [], []])],
    ...HOSTILE.flatMap((_, n) => calls(n + 1, around(bytes))),
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

test('hostile names have no effect in a terminal, in JSON, in a pull request', async () => {
  const { micromark } = await import('micromark');
  const { gfm, gfmHtml } = await import('micromark-extension-gfm');
  const folder = folderOf([hostile(1000)], [hostile(2000)]);
  const printed = (format: string) => {
    const { status, stdout, stderr } = folder.memprof([
      'diff',
      'before-0',
      'after-0',
      '--format',
      format,
      '--fail-on',
      '+1%',
    ]);
    assert.is(status, 1);
    assert.not.match(stdout + stderr, /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u, format);
    return stdout;
  };
  assert.is(
    printed('text')
      .split('\n')
      .filter((line) => / -> /.test(line)).length,
    HOSTILE.length,
  );
  const { changes } = JSON.parse(printed('json'));
  assert.equal(changes.map(({ name }: any) => name).sort(), [...HOSTILE].sort());
  const html = micromark(printed('markdown'), {
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
    allowDangerousHtml: true,
  });
  const tags = [...html.matchAll(/<\/?(\w+)/g)].map(([, tag]) => tag);
  assert.equal([...new Set(tags)].sort(), ['code', 'h3', 'p', 'table', 'tbody', 'td', 'th', 'thead', 'tr']);
  const cells = [...html.matchAll(/<tr>\s*((?:<td[^>]*>.*<\/td>\s*)+)<\/tr>/g)].map(
    ([, row]) => row.match(/<td/g)?.length,
  );
  assert.equal(
    cells,
    HOSTILE.map(() => 5),
  );
  assert.is(html.match(/<code>/g)?.length, HOSTILE.length);
  assert.match(html, 'v1');
});

test.run();

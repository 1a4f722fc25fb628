// The profile for pprof: read back by pprof's own command where Go is here, and by the decoder of pprof-format. That no byte
// is lost, whose each is, and that names do nothing to whoever reads them.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Profile as Decoded } from 'pprof-format';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pprof } from '../../exporters/pprof';
import { type Profile, profileOf } from '../../profile/profile';
import { HEADER, recordingOf, summed } from '../cli/recordings';
import { Folder } from '../cli/support';
import { HARMFUL, HOSTILE, hostile, inAllOrders, recordings, sumsOf, threeThreads } from './profiles';

const hasGo = spawnSync('go', ['tool', 'pprof', '-h']).error === undefined;
if (!hasGo) console.log('Go is not in PATH: what is exported is read by the decoder of pprof-format alone.');

const TYPES = ['self', 'awaited~', 'external', 'calls', 'unowned~'];

interface Read {
  types: string[];
  /** By the names of the stack, innermost first. */
  samples: [stack: string, ...values: number[]][];
  sums: number[];
  comments: string[];
  times: number[];
  labels: string[];
  strings: string[];
}

function decoded(profile: Profile, options?: Parameters<typeof pprof>[1]): Read {
  const data = Decoded.decode(gunzipSync(pprof(profile, options) as Uint8Array));
  const { strings } = data.stringTable;
  const text = (index: unknown) => strings[Number(index)];
  const functions = new Map(data.function.map((one) => [Number(one.id), text(one.name)]));
  const locations = new Map(data.location.map((one) => [Number(one.id), one]));
  const samples = data.sample.map(({ locationId, value }): [string, ...number[]] => [
    locationId.map((id) => functions.get(Number(locations.get(Number(id))?.line[0].functionId))).join(' < '),
    ...value.map(Number),
  ]);
  return {
    types: data.sampleType.map(({ type, unit }) => `${text(type)}/${text(unit)}`),
    samples,
    sums: data.sampleType.map((_, n) => samples.reduce((sum, [, ...values]) => sum + values[n], 0)),
    comments: data.comment.map(text),
    times: [data.timeNanos, data.durationNanos].map(Number),
    labels: data.sample.flatMap(({ label }) => label.map(({ key, str }) => `${text(key)}: ${text(str)}`)),
    strings,
  };
}

/** What `go tool pprof` prints. */
function go(profile: Profile, ...args: string[]): string {
  const folder = new Folder({});
  writeFileSync(`${folder.path}/memprof.pb.gz`, pprof(profile));
  const { status, stdout, stderr } = spawnSync('go', ['tool', 'pprof', ...args, 'memprof.pb.gz'], {
    cwd: folder.path,
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC', PPROF_TMPDIR: folder.path },
  });
  assert.is(status, 0, stderr);
  return stdout;
}

test('each path is a stack with what it cost itself, innermost first; what nobody owns is one of its own', () => {
  const profile = profileOf(threeThreads());
  const { types, samples, sums } = decoded(profile);
  assert.equal(types, ['self/bytes', 'awaited~/bytes', 'external/bytes', 'calls/count', 'unowned~/bytes']);
  const byStack = Object.fromEntries(samples.map(([stack, ...values]) => [stack, values]));
  assert.equal(byStack, {
    main: [1000, 0, 0, 1, 0],
    'Shop.find < main': [2000 + 70 + 11, 700000 + 14000 + 13, 400 + 70 + 17, 40 + 7 + 1, 0],
    'parseAll < Shop.find < main': [300000 + 50000, 0, 0, 40 + 7, 0],
    'remember < Shop.find < main': [4096, 0, 0, 40, 0],
    'loadImages < main': [300 + 10, 15000 + 4000, 900000 + 300000, 3 + 1, 0],
    loadImages: [20, 8000, 600000, 2, 0],
    resize: [99999, 0, 1, 9, 0],
    parseAll: [7, 0, 0, 1, 0],
    remember: [7, 0, 0, 1, 0],
    '(unowned)': [0, 0, 0, 0, 920000 - 61500],
    'push < decode < onData < (unowned)': [0, 0, 0, 0, 60000],
    'grow < (unowned)': [0, 0, 0, 0, 1500],
  });
  const { self, awaited, external, calls } = sumsOf(profile.paths);
  assert.equal(sums, [self, awaited, external, calls, profile.unowned]);
});

test('pprof itself reads the same', () => {
  if (!hasGo) return;
  const profile = profileOf(threeThreads());
  const sums = sumsOf(profile.paths);
  for (const [type, total] of [
    ['self', sums.self],
    ['awaited~', sums.awaited],
    ['external', sums.external],
    ['unowned~', profile.unowned],
  ] as const) {
    const top = go(profile, '-top', '-unit=B', '-nodefraction=0', `-sample_index=${type}`);
    assert.match(top, `Type: ${type}\n`);
    assert.match(top, `100% of ${total}B total`);
  }
  const top = go(profile, '-top', '-unit=B', '-nodefraction=0');
  assert.match(top, /^File: app\.js$/m);
  assert.match(top, /^Type: self$/m, 'the default');
  assert.match(top, /^Time: Nov 14, 2023 at 10:13pm \(UTC\)$/m);
  assert.match(top, /^Duration: 6\.50s/m);
  assert.match(top, /^\s*350007B .* 350007B .* parseAll$/m);
  assert.match(top, /^\s*2081B .* 356177B .* Shop\.find$/m);
  assert.match(go(profile, '-comments'), 'What was awaited is estimated');
  assert.match(go(profile, '-list=Shop.find', '-source_path=/nowhere').replace(/\s+/g, ' '), 'src/shop.ts');
  const raw = go(profile, '-raw');
  assert.match(raw, 'self/bytes[dflt] awaited~/bytes external/bytes calls/count unowned~/bytes');
  assert.match(raw, /Shop\.find src\/shop\.ts:10 /);
});

test('names do nothing: to a terminal, to the file, to each other', () => {
  const { samples, strings, sums } = decoded(hostile());
  assert.equal(
    strings.filter((text) => HARMFUL.test(text)),
    [],
  );
  assert.is(samples.filter(([, self]) => self === 1000).length, HOSTILE.length);
  assert.equal(sums, [HOSTILE.length * 1000, HOSTILE.length * 100, HOSTILE.length * 10, HOSTILE.length, 200]);
  for (const shown of [
    '__proto__',
    'constructor',
    'two\\u{a}lines\\u{d}',
    'half \\u{d800} a character',
    '(anonymous)',
  ])
    assert.ok(strings.includes(shown), shown);
  if (!hasGo) return;
  for (const args of [['-raw'], ['-top', '-nodefraction=0'], ['-traces'], ['-dot', '-nodefraction=0']]) {
    const text = go(hostile(), ...args);
    assert.equal(text.replace(/\n/g, '').match(HARMFUL), null, args[0]);
    assert.match(text, '__proto__');
  }
});

test('the same bytes for the recordings in any order', () => {
  const read = threeThreads();
  const files = [...inAllOrders(read)].map((profile) => Buffer.from(pprof(profile)).toString('base64'));
  assert.is(files.length, 6);
  assert.is(new Set(files).size, 1);
});

test('figures: fractions are not lost in sum, none is negative, the largest are still read', () => {
  const rows = (figures: number[]) => [
    ['paths', 1, figures.map((_, n) => [0, (n % 6) + 1])],
    ['by', 1, figures.map((figure, n) => [n + 1, 1, figure, figure, figure])],
  ];
  const one = (figures: number[]) => decoded(profileOf(recordings({ a: recordingOf(rows(figures)) })));
  assert.equal(one([0.4, 0.4, 0.4, 0.4, 0.4, 0.5]).sums.slice(0, 3), [3, 3, 3]);
  assert.equal(one([5, -3, 4]).sums[0], 9);
  for (const huge of [2 ** 53 - 1, 2 ** 60, 1e300]) {
    const { samples } = one([huge, 7]);
    assert.is(samples[0][1], Number.MAX_SAFE_INTEGER);
    if (hasGo)
      assert.match(
        go(profileOf(recordings({ a: recordingOf(rows([huge, 7])) })), '-raw'),
        '9007199254740991',
      );
  }
});

test('a start that is no time, and a duration that is none', () => {
  for (const start of [0, -5, 1e300, 0.5]) {
    const profile = profileOf(recordings({ a: recordingOf([['note', 1e300, 'x']], { start }) }));
    const { samples, times } = decoded(profile);
    assert.equal([samples, times], [[], [start === 0.5 ? 500_000 : 0, 0]]);
    if (hasGo) go(profile, '-raw');
  }
});

test('without paths each function stands alone, and that is said; a recording without them beside others, too', () => {
  const flat = recordingOf([['sums', 1000, [summed(2, 5, { self: 3 }), summed(1, 2, { awaited: 1 })]]]);
  const { samples, comments } = decoded(profileOf(recordings({ a: flat })));
  assert.equal(samples, [
    ['parseAll', 3 * 2 ** 20, 0, 0, 5, 0],
    ['Shop.find', 0, 2 ** 20, 0, 2, 0],
  ]);
  assert.ok(comments.some((text) => text.startsWith('Nothing is recorded of who called whom')));
  const mixed = recordings({
    a: flat,
    b: recordingOf(
      [
        ['paths', 1, [[0, 1]]],
        ['by', 1, [[1, 1, 5, 0, 0]]],
        ['sums', 1, [[1, 1, 0, 5, 5, 0, 0, 5, 1]]],
      ],
      {
        pid: HEADER.pid + 1,
      },
    ),
  });
  assert.ok(decoded(profileOf(mixed)).comments.some((text) => text.endsWith('1 of 2 recordings.')));
});

test('functions of which not every call was measured are marked, samples and a comment', () => {
  const lines = [
    [
      'paths',
      1,
      [
        [0, 1],
        [0, 2],
      ],
    ],
    ['call', 1, 10, 5, 100, 100, 0, 0, 64, 0, 1, 0],
    ['call', 2, 10, 5, 100, 100, 0, 0, 1, 0, 2, 0],
  ];
  const { labels, comments, sums } = decoded(profileOf(recordings({ a: recordingOf(lines) })));
  assert.equal([labels, sums[0]], [['measured: in samples'], 6500]);
  assert.ok(comments.some((text) => text.startsWith('Not every call was measured of 1 function')));
});

test('only the bytes that were asked for', () => {
  const { types, sums } = decoded(profileOf(threeThreads()), { bytes: ['external', 'self'] });
  assert.equal(types, ['self/bytes', 'external/bytes', 'calls/count', 'unowned~/bytes']);
  assert.is(sums.length, TYPES.length - 1);
});

test.run();

// The profile for Speedscope: by the schema that its package publishes, and opened by its own page. That no byte is lost,
// exact and estimated ones stay apart, and names do nothing.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { speedscope } from '../../exporters/speedscope';
import { type Profile, profileOf } from '../../profile/profile';
import { recordingOf, summed } from '../cli/recordings';
import { ROOT } from '../support/node';
import { HARMFUL, HOSTILE, hostile, inAllOrders, recordings, sumsOf, threeThreads } from './profiles';
import { titleFor } from './speedscope-page';

interface File {
  name: string;
  shared: { frames: { name: string; file?: string; line?: number }[] };
  profiles: {
    type: string;
    name: string;
    unit: string;
    startValue: number;
    endValue: number;
    samples: number[][];
    weights: number[];
  }[];
}

const schema = JSON.parse(
  readFileSync(path.join(ROOT, 'node_modules/speedscope/dist/release/file-format-schema.json'), 'utf8'),
);
// Not strict: its titles are none of the words that a schema has.
const isValid = new Ajv({ strict: false, allErrors: true }).compile<File>(schema);

function file(profile: Profile, options?: Parameters<typeof speedscope>[1]): File {
  const made = JSON.parse(speedscope(profile, options) as string);
  assert.ok(isValid(made), JSON.stringify(isValid.errors?.slice(0, 3)));
  return made;
}

test('a profile for each kind of bytes, the outermost frame first, with the sums of the paths', () => {
  const profile = profileOf(threeThreads());
  const { name, shared, profiles } = file(profile);
  assert.is(name, 'memprof: app.js');
  assert.equal(
    profiles.map((one) => one.name),
    ['self', 'awaited (~)', 'external', 'unowned (~)'],
  );
  const sums = sumsOf(profile.paths);
  const totals = [sums.self, sums.awaited, sums.external, profile.unowned];
  for (const [n, { type, unit, startValue, endValue, samples, weights }] of profiles.entries()) {
    assert.equal([type, unit, startValue, endValue], ['sampled', 'bytes', 0, totals[n]]);
    assert.is(samples.length, weights.length);
    assert.is(
      weights.reduce((sum, one) => sum + one, 0),
      totals[n],
    );
  }
  const [self] = profiles;
  const byStack = self.samples.map((frames, n) => [
    frames.map((one) => shared.frames[one].name).join(' > '),
    self.weights[n],
  ]);
  assert.equal(Object.fromEntries(byStack), {
    main: 1000,
    'main > Shop.find': 2081,
    'main > Shop.find > parseAll': 350000,
    'main > Shop.find > remember': 4096,
    'main > loadImages': 310,
    loadImages: 20,
    resize: 99999,
    parseAll: 7,
    remember: 7,
  });
  assert.equal(
    shared.frames.find((one) => one.name === 'Shop.find'),
    { name: 'Shop.find', file: 'src/shop.ts', line: 10 },
  );
});

test('its own page opens it', () => {
  const title = titleFor('a.speedscope.json', speedscope(profileOf(threeThreads())));
  if (title === undefined) return;
  assert.is(title, 'memprof: app.js - speedscope');
  assert.is(
    titleFor('a.speedscope.json', '{"profiles":3}'),
    'speedscope',
    'what cannot be opened has no title',
  );
});

test('names do nothing', () => {
  const text = speedscope(hostile()) as string;
  const { shared, profiles } = file(hostile());
  assert.equal(text.match(HARMFUL), null);
  const names = shared.frames.map((one) => one.name);
  for (const shown of ['__proto__', 'constructor', 'two\\u{a}lines\\u{d}', '(anonymous)'])
    assert.ok(names.includes(shown), shown);
  assert.equal(profiles[0].weights, new Array(HOSTILE.length).fill(1000));
  const title = titleFor('a.speedscope.json', text);
  if (title !== undefined) assert.match(title, /^memprof: .*owned.* - speedscope$/);
});

test('the same text for the recordings in any order', () => {
  assert.is(new Set([...inAllOrders(threeThreads())].map((profile) => speedscope(profile))).size, 1);
});

test('what is estimated says so: functions of which not every call was measured, awaits without paths', () => {
  const lines = [
    ['paths', 1, [[0, 1]]],
    ['call', 1, 10, 5, 100, 100, 0, 0, 64, 0, 1, 0],
  ];
  assert.is(file(profileOf(recordings({ a: recordingOf(lines) }))).shared.frames[0].name, 'Shop.find (~)');
  const flat = recordingOf([['sums', 1, [summed(1, 2, { awaited: 1, self: 2 })]]]);
  const { profiles } = file(profileOf(recordings({ a: flat })));
  assert.equal(
    profiles.map(({ name, endValue }) => [name, endValue / 2 ** 20]),
    [
      ['self', 2],
      ['awaited (~, again in those that called)', 1],
      ['external', 0],
    ],
  );
});

test('only the bytes that were asked for; a recording of nothing', () => {
  const { profiles } = file(profileOf(threeThreads()), { bytes: ['external'] });
  assert.equal(
    profiles.map((one) => one.name),
    ['external', 'unowned (~)'],
  );
  assert.equal(file(profileOf(recordings({ a: recordingOf([]) }))).shared.frames, []);
});

test.run();

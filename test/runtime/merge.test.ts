// `memprof.merge`: the accounts of several isolates as one. Plain data in, plain data out, and what is no account is
// refused with a word on where it is wrong. The entry for where there is no Node does the same.

import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Leaks } from '../../runtime/leaks/suspects';
import type { FunctionStats, Stats } from '../../runtime/stats';
import { EMITTED } from '../support/emitted';
import { ROOT, resultOf, runCode } from '../support/node';

const { merge } = require(`${ROOT}/dist/runtime/api.js`) as typeof import('../../runtime/api');
const noop = import(pathToFileURL(`${ROOT}/dist/runtime/noop/api.mjs`).href) as Promise<{
  merge: typeof merge;
}>;

const bytes = fc.nat(2 ** 40);
const functionStats = fc.record({
  name: fc.constantFrom('load', 'save', '__proto__'),
  file: fc.constantFrom('a.ts', 'b.ts'),
  line: fc.constantFrom(1, 2),
  kind: fc.constantFrom('sync', 'async', 'generator', 'async generator'),
  calls: bytes,
  measured: bytes,
  errors: bytes,
  self: bytes,
  total: bytes,
  awaited: bytes,
  external: bytes,
  max: bytes,
  time: fc.double({ min: 0, max: 1e6, noNaN: true }),
  maxTime: fc.double({ min: 0, max: 1e6, noNaN: true }),
  selfError: fc.double({ min: 0, max: 1e9, noNaN: true }),
  totalError: fc.double({ min: 0, max: 1e9, noNaN: true }),
  awaitedError: fc.double({ min: 0, max: 1e9, noNaN: true }),
}) as fc.Arbitrary<FunctionStats>;
const keyOf = ({ file, line, name }: FunctionStats) => JSON.stringify([file, line, name]);
const stack = fc.record({
  name: fc.constantFrom('parse', '__proto__'),
  file: fc.constantFrom('a.js', 'b.js', 'c.js', 'd.js'),
  line: fc.constantFrom(1, 2),
  bytes: fc.nat(1000),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  stack: fc.array(fc.constantFrom('parse a.js:1', 'main a.js:9'), { maxLength: 5 }),
});
const share = fc.double({ min: 0, max: 1, noNaN: true });
const figure = fc.double({ min: 0, max: 1e9, noNaN: true });
const place = fc.record({
  name: fc.constantFrom('load', 'keep', '__proto__'),
  file: fc.constantFrom('a.ts', 'b.ts'),
  line: fc.constantFrom(1, 2),
});
const suspect = fc
  .record({
    place,
    survivors: fc.nat(1000),
    bytes,
    growth: figure,
    off: share,
    confidence: share,
    explains: share,
    by: fc.constantFrom('survivors', 'live heap', 'external', 'arguments'),
    keptBy: fc.option(place.map((one) => ({ ...one, column: -1 }))),
    shape: fc.option(fc.constant('{id}')),
    hint: fc.constantFrom('', 'its results are not let go'),
  })
  .map(({ place, off, ...one }) => ({
    ...place,
    column: -1,
    ...one,
    low: one.growth * (1 - off),
    high: one.growth * (1 + off),
  }));
const trend = fc
  .record({
    slope: fc.integer({ min: -10_000, max: 10_000 }),
    off: figure,
    confidence: share,
    at: bytes,
    live: bytes,
  })
  .map(({ slope, off, confidence, at, live }) => ({
    ...{ slope, low: slope - off, high: slope + off, confidence, from: at, to: at + 9, points: 9, live },
    ...(slope > 0 && { left: live / slope }),
    grows: slope - off > 0,
  }));
// As it is in JSON: without what is not there.
const leaks = fc.record(
  { trend, external: trend, suspects: fc.array(suspect, { maxLength: 4 }) },
  { requiredKeys: ['suspects'] },
) as unknown as fc.Arbitrary<Leaks>;
const account = fc
  .record({
    owned: bytes,
    awaited: bytes,
    unowned: bytes,
    overhead: bytes,
    external: bytes,
    ownTime: fc.double({ min: 0, max: 1e6, noNaN: true }),
    elapsed: fc.double({ min: 0, max: 1e9, noNaN: true }),
    inFlight: fc.nat(100),
    functions: fc.uniqueArray(functionStats, { selector: keyOf, maxLength: 6 }),
    unownedBy: fc.array(stack, { maxLength: 10 }),
  })
  .map((one): Stats => ({ allocated: one.owned + one.unowned + one.overhead, ...one }));

const SUMS = ['calls', 'measured', 'errors', 'self', 'total', 'awaited', 'external', 'time'] as const;
const ERRORS = ['selfError', 'totalError', 'awaitedError'] as const;

test('sums are added, the greatest stay the greatest, errors add up by their squares; the law holds', async () => {
  const { merge: without } = await noop;
  fc.assert(
    fc.property(fc.array(account, { maxLength: 4 }), (accounts) => {
      const before = JSON.stringify(accounts);
      const all = merge(...accounts);
      assert.is(JSON.stringify(accounts), before, 'an argument was changed');
      assert.is(all.allocated, all.owned + all.unowned + all.overhead);
      for (const key of ['allocated', 'owned', 'awaited', 'external', 'inFlight'] as const)
        assert.is(
          all[key],
          accounts.reduce((sum, one) => sum + one[key], 0),
          key,
        );
      assert.is(all.elapsed, Math.max(0, ...accounts.map((one) => one.elapsed)));
      const parts = accounts.flatMap((one) => one.functions);
      assert.is(all.functions.length, new Set(parts.map(keyOf)).size);
      for (const one of all.functions) {
        const of = parts.filter((part) => keyOf(part) === keyOf(one));
        for (const key of SUMS)
          assert.is(
            one[key],
            of.reduce((sum, part) => sum + part[key], 0),
            key,
          );
        for (const key of ['max', 'maxTime'] as const)
          assert.is(one[key], Math.max(...of.map((part) => part[key])));
        for (const key of ERRORS) {
          const truth = Math.sqrt(of.reduce((sum, part) => sum + part[key] ** 2, 0));
          assert.ok(Math.abs(one[key] - truth) <= 1e-9 * truth + 1e-9, `${key}: ${one[key]} of ${truth}`);
        }
      }
      const stacks = accounts.flatMap((one) => one.unownedBy);
      assert.ok(all.unownedBy.length <= 10);
      for (const one of all.unownedBy) {
        const of = stacks.filter((s) => s.name === one.name && s.file === one.file && s.line === one.line);
        assert.is(
          one.bytes,
          of.reduce((sum, { bytes }) => sum + bytes, 0),
        );
        assert.is(one.share, all.unowned > 0 ? one.bytes / all.unowned : 0);
      }
      const costs = all.functions.map((one) => one.total + one.awaited);
      assert.equal(
        costs,
        [...costs].sort((a, b) => b - a),
      );
      // As it comes by a message or as JSON, in one step or in two, with Node or without.
      const plain = JSON.parse(JSON.stringify(all));
      assert.equal(plain, all);
      assert.equal(structuredClone(all), all);
      assert.equal(merge(...accounts.map((one) => JSON.parse(JSON.stringify(one)) as Stats)), all);
      assert.equal(without(...accounts), all);
    }),
  );
});

test('leaks: by function, what grows is added, bounds by the root of their squares, and what is explained is a share', async () => {
  const { merge: without } = await noop;
  const none = merge();
  fc.assert(
    fc.property(fc.array(fc.option(leaks, { nil: undefined }), { maxLength: 4 }), (each) => {
      const accounts = each.map((one) => (one ? { ...none, leaks: one } : none));
      const before = JSON.stringify(accounts);
      const all = merge(...accounts);
      assert.is(JSON.stringify(accounts), before, 'an argument was changed');
      assert.equal(without(...accounts), all);
      assert.equal(JSON.parse(JSON.stringify(all)), all);
      const known = each.filter((one) => one !== undefined);
      assert.is(all.leaks === undefined, known.length === 0);
      if (!all.leaks) return;
      const parts = known.flatMap(({ suspects }) => suspects);
      assert.is(
        all.leaks.suspects.length,
        new Set(parts.map((one) => `${one.file}:${one.line}:${one.name}`)).size,
      );
      for (const one of all.leaks.suspects) {
        const of = parts.filter(
          ({ name, file, line }) => name === one.name && file === one.file && line === one.line,
        );
        for (const key of ['survivors', 'bytes', 'growth'] as const) {
          const truth = of.reduce((sum, part) => sum + part[key], 0);
          assert.ok(Math.abs(one[key] - truth) <= 1e-9 * truth, key);
        }
        const above = Math.hypot(...of.map(({ high, growth }) => high - growth));
        assert.ok(Math.abs(one.high - one.growth - above) <= 1e-6 * (1 + one.high));
        assert.ok(one.low >= 0 && one.low <= one.growth * (1 + 1e-9));
        assert.is(one.confidence, Math.max(...of.map(({ confidence }) => confidence)));
      }
      for (const isOutside of [false, true]) {
        const told = all.leaks.suspects.filter(({ by }) => (by === 'external') === isOutside);
        assert.ok(told.reduce((sum, { explains }) => sum + explains, 0) <= 1 + 1e-9);
      }
      for (const key of ['trend', 'external'] as const) {
        const trends = known.flatMap((one) => one[key] ?? []);
        const slope = trends.reduce((sum, one) => sum + one.slope, 0);
        assert.ok(Math.abs((all.leaks[key]?.slope ?? 0) - slope) <= 1e-6);
        assert.is(
          all.leaks[key]?.grows ?? false,
          trends.some(({ grows }) => grows),
        );
      }
    }),
  );
  for (const wrong of [null, { suspects: 7 }, { suspects: [], trend: { slope: 'a' } }])
    for (const one of [merge, without])
      assert.throws(
        () => one({ ...none, leaks: wrong as unknown as Leaks }),
        /argument 1, leaks.* \[MEMPROF_E_MERGE\]$/,
      );
});

test('an account of its own, merged with nothing, is itself; of nothing, it is empty', () => {
  const { one, same, none } = resultOf(
    runCode(`${EMITTED} fill(1000); fill(1000); nested(10, 2); const one = memprof.stats();
      print({ one, same: memprof.merge(one), none: memprof.merge() });`),
  );
  assert.equal(same, one);
  assert.equal(none, {
    allocated: 0,
    owned: 0,
    awaited: 0,
    unowned: 0,
    overhead: 0,
    external: 0,
    ownTime: 0,
    elapsed: 0,
    inFlight: 0,
    functions: [],
    unownedBy: [],
  });
});

test('what is no account is refused, and the message says which argument and what of it', async () => {
  const { merge: without } = await noop;
  const good = merge();
  const load = { ...fc.sample(functionStats, 1)[0], file: 'a.ts' };
  const wrong: [unknown[], RegExp][] = [
    [[undefined], /argument 1 is undefined\. Allowed: .*stats\(\)/],
    [[good, null], /argument 2 is null/],
    [[[good, good]], /argument 1 is \[.*merge\(\.\.\.list\)/],
    [['{}'], /argument 1 is "\{\}"/],
    [[{ ...good, owned: '5' }], /argument 1, owned is "5"\. Allowed: a finite number/],
    [[good, { ...good, elapsed: Number.NaN }], /argument 2, elapsed is/],
    [[{ ...good, functions: {} }], /argument 1, functions is \{\}\. Allowed: a list/],
    [[{ ...good, functions: [load, 7] }], /argument 1, functions\[1\] is 7/],
    [[{ ...good, functions: [{ ...load, name: 1 }] }], /functions\[0\]\.name is 1\. Allowed: a string/],
    [[{ ...good, functions: [{ ...load, kind: 'odd' }] }], /functions\[0\]\.kind is "odd"\. Allowed: sync/],
    [
      [{ ...good, functions: [{ ...load, self: null }] }],
      /functions\[0\]\.self is null\. Allowed: a finite number/,
    ],
    [[{ ...good, unownedBy: undefined }], /argument 1, unownedBy is undefined\. Allowed: a list/],
    [[{ ...good, unownedBy: [{ ...load, bytes: 1 }] }], /unownedBy\[0\]\.share is undefined/],
    [[{ ...good, unownedBy: [{ ...load, bytes: 1, share: 1 }] }], /unownedBy\[0\]\.stack is undefined/],
  ];
  for (const [args, message] of wrong) {
    for (const call of [merge, without]) {
      try {
        call(...(args as Stats[]));
      } catch (error) {
        assert.match((error as Error).message, message);
        assert.is((error as { code?: string }).code, 'MEMPROF_E_MERGE');
        continue;
      }
      assert.unreachable(`${JSON.stringify(args)} was taken`);
    }
  }
});

test.run();

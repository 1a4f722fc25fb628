// A program that calls its functions far too often to measure each call: what is still true of the figures.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FunctionStats, Stats } from '../../runtime/stats';
import { EMITTED } from '../support/emitted';
import { resultOf, runCode } from '../support/node';

// `caller` makes three small objects by `small`, and once in ten thousand calls an array so large that a page of the
// compiler's, which may be taken for the program's, is little beside all of them.
const HOT = `${EMITTED}
const $h = $mp.file('test/hot.ts', [['small', 1, 0], ['caller', 2, 0, ['i']], ['waits', 3, 1, ['n'], [3]]]);
let kept;
function small() { const $s = $mp.enter($h, 0); try { kept = new Array(400).fill(1); $s.result = void 0; } finally { if ($s.exit()) { $s.explain(); } } }
function caller(i) { const $s = $mp.enter($h, 1); try { small(); small(); small(); if (i % 10000 === 0) fill(200000); $s.result = void 0; } finally { if ($s.exit()) { $s.arg = i; $s.explain(); } } }
async function waits(n) { const $s = $mp.enter($h, 2); try { new Array(100).fill(1); $s.in = null; $s.suspend = 0; await $s.out; $s.resume = 0; $s.out; new Array(200).fill(1); $s.result = void 0; } finally { if ($s.exit()) { $s.arg = n; $s.explain(); } } }
memprof.configure({ log: 'off' });
`;
// An array of 400 slots: 16 bytes, 400 words; and the array object, 32.
const SMALL = 16 + 400 * 8 + 32;

type Answer = { stats: Stats; law: { gap: number; unsummed: number } };
const answer = 'print({ stats: memprof.stats(), law: law() })';

function of(stats: Stats, name: string): FunctionStats {
  return stats.functions.find((f) => f.name === name) as FunctionStats;
}

test('calls are counted to the last one, most are not measured, and the sums are true', () => {
  const { stats, law } = resultOf<Answer>(
    runCode(`${HOT} for (let i = 0; i < 3e5; i++) caller(i); ${answer};`),
  );
  const small = of(stats, 'small');
  const caller = of(stats, 'caller');
  const fill = of(stats, 'fill');
  assert.equal([small.calls, caller.calls, fill.calls], [9e5, 3e5, 30]);
  assert.ok(small.measured < 0.2 * small.calls, `${small.measured} of ${small.calls} measured`);
  for (const [one, truth] of [
    [small, 9e5 * SMALL],
    [fill, 30 * 1_600_048],
  ] as const) {
    const off = Math.abs(one.self - truth);
    assert.ok(off < 0.01 * truth + 5 * one.selfError, `${one.name}: ${one.self} of ${truth}`);
    assert.ok(one.selfError < 0.05 * truth, `${one.name}: ${one.selfError}`);
  }
  // What its calls of `small` made is theirs, also where they were not measured; a collection may fall into one that
  // stands for many.
  const all = 9e5 * SMALL;
  assert.ok(caller.self < 0.01 * all + 5 * caller.selfError, `caller: ${caller.self}`);
  assert.ok(caller.selfError < 0.1 * all, `caller's error: ${caller.selfError}`);
  assert.equal([law.gap, law.unsummed], [0, 0]);
});

test('the costly function among hot ones is found, and measured each time', () => {
  const { stats } = resultOf<Answer>(
    runCode(`${HOT} for (let i = 0; i < 2e7; i++) { empty(); if (i % 1e6 === 0) fill(1e6); } ${answer};`),
  );
  const fill = of(stats, 'fill');
  assert.equal([fill.calls, stats.functions[0].name], [20, 'fill']);
  assert.ok(fill.measured >= 18, `${fill.measured} of 20 measured`);
  assert.ok(Math.abs(fill.self - 20 * 8e6) < 0.01 * 20 * 8e6, `${fill.self}`);
});

test('however little time there is, what is called less than a hundred times a second is measured each time', () => {
  const { stats } = resultOf<Answer>(
    runCode(
      `${HOT} for (let i = 0; i < 8e7; i++) { empty(); if (i % 4e6 === 0) { fill(1e6); caller(1); } } ${answer};`,
      { env: { MEMPROF_BUDGET: '0.001%' } },
    ),
  );
  assert.ok(of(stats, 'empty').measured < 0.01 * 8e7, `${of(stats, 'empty').measured} measured`);
  for (const name of ['fill', 'caller']) assert.is(of(stats, name).measured, 20, name);
});

test('async functions: what they own after an await is taken from what nobody owned', () => {
  const { stats, law } = resultOf<Answer>(
    runCode(`${HOT} (async () => { for (let i = 0; i < 4e5; i++) await waits(i); ${answer}; })();`),
  );
  const waits = of(stats, 'waits');
  assert.is(waits.calls, 4e5);
  assert.ok(waits.measured < 0.5 * waits.calls, `${waits.measured} measured`);
  // Two arrays: 100 and 200 words, 16 bytes and an array object each.
  const truth = 4e5 * (300 * 8 + 2 * 48);
  assert.ok(Math.abs(waits.self - truth) < 0.1 * truth + 5 * waits.selfError, `${waits.self} of ${truth}`);
  assert.equal([law.gap, law.unsummed], [0, 0]);
});

test('a budget of 100 % measures every call, and a small program does so anyway', () => {
  const all = resultOf<Answer>(
    runCode(`${HOT} for (let i = 0; i < 1e5; i++) small(); ${answer};`, { env: { MEMPROF_BUDGET: '100%' } }),
  );
  const few = resultOf<Answer>(runCode(`${HOT} for (let i = 0; i < 1000; i++) small(); ${answer};`));
  for (const [{ stats }, calls] of [
    [all, 1e5],
    [few, 1000],
  ] as const) {
    const small = of(stats, 'small');
    assert.equal([small.calls, small.measured, small.selfError], [calls, calls, 0]);
  }
});

test('calls inside of sampled ones, and deep recursion: each level owns what it made, and no more', () => {
  for (const depth of [3, 20, 200]) {
    const rounds = Math.round(1e6 / (depth + 1));
    const { stats, law } = resultOf<Answer>(
      runCode(`${HOT} const piece = 10;
        // What nobody owns leaves room for a figure that is too high.
        for (let i = 0; i < ${rounds}; i++) { nested(piece, ${depth}); kept = new Array(${32 * (depth + 1)}).fill(1); }
        ${answer};`),
    );
    const nested = of(stats, 'nested');
    assert.is(nested.calls, rounds * (depth + 1));
    assert.ok(nested.measured < 0.1 * nested.calls, `${nested.measured} measured`);
    // Arrays of ten words, 16 bytes and an array object each.
    const truth = nested.calls * (16 + 80 + 32);
    const off = Math.abs(nested.self - truth);
    assert.ok(off < 0.01 * truth + 5 * nested.selfError, `depth ${depth}: ${nested.self} of ${truth}`);
    assert.ok(nested.selfError < 0.1 * truth, `depth ${depth}: ${nested.selfError}`);
    assert.equal([law.gap, law.unsummed], [0, 0]);
  }
});

test('a budget that is set while the program runs holds from the next call on', () => {
  const { before, after } = resultOf<{ before: FunctionStats; after: FunctionStats }>(
    runCode(`${HOT} for (let i = 0; i < 1e6; i++) empty(); const before = of('empty'); memprof.configure({ budget: '100%' });
      for (let i = 0; i < 1000; i++) empty(); print({ before, after: of('empty') });`),
  );
  assert.ok(before.measured < 0.5 * before.calls, `${before.measured} measured`);
  assert.equal([after.calls - before.calls, after.measured - before.measured], [1000, 1000]);
});

test('a function that was hot is measured again soon after', async () => {
  const { before, after } = resultOf<{ before: FunctionStats; after: FunctionStats }>(
    runCode(`${HOT} for (let i = 0; i < 2e6; i++) small();
      const before = of('small'); let left = 200;
      const again = () => { small(); if (--left > 0) setTimeout(again, 5); else print({ before, after: of('small') }); };
      again();`),
  );
  assert.is(after.calls, before.calls + 200);
  assert.ok(after.measured > before.measured + 50, `${after.measured - before.measured} of 200 measured`);
});

test('the log counts what it leaves out, calls that were not measured among them', () => {
  const { stderr } = runCode(`${EMITTED} for (let i = 0; i < 1e6; i++) empty();`, {
    env: { MEMPROF_LOG: 'all' },
  });
  const lines = stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const told = lines.filter((line) => line.function === 'empty').length;
  assert.is(told + lines.reduce((sum, line) => sum + (line.leftOut ?? 0), 0), 1e6);
});

test.run();

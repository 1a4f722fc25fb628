// Does `measure` tell what V8 has allocated, by sizes that are known without it? And does a limit hold, or reject in a way
// that every runner shows?

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMITTED } from '../support/emitted';
import { near } from '../support/near';
import { type RunOptions, resultOf, runCode } from '../support/node';

/** An array of `n` small integers: the array, and its elements with their header. */
const sizeOfArray = (n: number) => 32 + 16 + 8 * n;

function run<T>(code: string, options?: RunOptions): T {
  return resultOf<T>(
    runCode(
      `const { measure, limitMemory, checkLeak } = require('memprof/test'); ${EMITTED}
      const figures = async (...given) => { const { value, ...rest } = await measure(...given); return rest; };
      const refusal = async (promise) => { try { await promise; return null; } catch (e) { const { name, code, message, actual, expected } = e; return { name, code, message, actual, expected, isError: e instanceof Error, isAssertion: e instanceof require('node:assert').AssertionError }; } };
      (async () => { ${code} })();`,
      options,
    ),
  );
}
interface Figures {
  allocated: number;
  retained: number;
  external: number;
  margin: { allocated: number; retained: number; external: number };
  estimated: boolean;
  runs: number;
  functions: { name: string; file: string; line: number; calls: number; bytes: number; estimated: boolean }[];
}
interface Refusal {
  name: string;
  code: string;
  message: string;
  actual: string;
  expected: string;
  isAssertion: boolean;
}

// What docs/testing.md promises.
const NOTHING = 128;
const ALLOCATED = 1024;
const RETAINED = 2048;

function within(value: number, truth: number, off: number, what: string): void {
  assert.ok(Math.abs(value - truth) <= off, `${what}: ${value} is not within ${off} of ${truth}`);
}

test('the accuracy that is promised: nothing, arrays of 80 KB, 110 KB and 1 MB; sync, async and dropped', () => {
  const sizes = [10_000, 13_750, 127_500];
  const told = run<{ nothing: Figures[]; arrays: Record<'sync' | 'async' | 'dropped', Figures>[] }>(`
    const arrays = [];
    for (const n of ${JSON.stringify(sizes)}) {
      arrays.push({
        sync: await figures(() => new Array(n).fill(1)),
        async: await figures(async () => { await null; return new Array(n).fill(1); }),
        dropped: await figures(() => { new Array(n).fill(1); }),
      });
    }
    print({ nothing: [await figures(() => {}), await figures(() => {}), await figures(async () => {})], arrays });`);
  const [first, second, async] = told.nothing;
  for (const one of [first, second]) {
    within(one.allocated, 0, NOTHING, 'nothing');
    within(one.retained, 0, RETAINED, 'nothing, retained');
    assert.equal(one.functions, []);
  }
  // Its promise, and what V8 needs to go on after it.
  within(async.allocated, 200, 200, 'nothing, async');
  assert.is(told.arrays.length, sizes.length);
  told.arrays.forEach(({ sync, async, dropped }, n) => {
    const truth = sizeOfArray(sizes[n]);
    within(sync.allocated, truth, ALLOCATED, 'sync');
    within(async.allocated, truth, ALLOCATED, 'async');
    within(dropped.allocated, truth, ALLOCATED, 'dropped');
    within(sync.retained, truth, RETAINED, 'sync, retained');
    within(async.retained, truth, RETAINED, 'async, retained');
    within(dropped.retained, 0, RETAINED, 'dropped, retained');
    for (const { allocated, margin, estimated, runs } of [sync, async, dropped]) {
      assert.ok(allocated - margin.allocated <= truth && allocated + margin.allocated >= truth - 16);
      assert.is(estimated, false);
      assert.is(runs, 9);
    }
  });
});

test("wherever on V8's pages a run begins, its figure is the same, forty times", () => {
  // Two of the larger ones fit on a page, three of the smaller: what is left of it counts as used.
  for (const n of [13_750, 10_000]) {
    const found = run<number[]>(`
      const found = [];
      for (let n = 0; n < 40; n++) {
        try { await limitMemory(0, () => new Array(${n}).fill(1)); } catch (e) { found.push(e.measured.allocated); }
      }
      print(found);`);
    assert.is(found.length, 40);
    for (const bytes of found) within(bytes, sizeOfArray(n), ALLOCATED, `an array of ${n}`);
  }
});

test('one run: estimated, and the truth lies within the margin, also while the compiler works', () => {
  const all = run<Figures[]>(`
    const all = [];
    for (let n = 0; n < 40; n++) {
      // New code each time, hot at once.
      const made = new Function('let l; for (let i = 0; i < 3000; i++) { l = new Array(10); l.fill(i); } return l;');
      all.push(await figures(made, { runs: 1 }));
    }
    print(all);`);
  // An array of ten and its elements; before the compiler has worked on it, 16 bytes more that say where it was made.
  const truth = 3000 * (sizeOfArray(10) + 8);
  for (const { allocated, margin, estimated, runs } of all) {
    assert.is(estimated, true);
    assert.is(runs, 1);
    assert.ok(margin.allocated >= 128 && margin.allocated < 600_000, `a margin of ${margin.allocated}`);
    within(allocated, truth, margin.allocated + 3000 * 8, 'one run');
  }
});

test('what was collected meanwhile is allocated all the same, and not retained', () => {
  const told = run<Figures[]>(`print([
    await figures(() => { let last; for (let i = 0; i < 50; i++) last = new Array(1e6).fill(i); }, { runs: 5 }),
    await figures(() => { for (let i = 0; i < 50; i++) new Array(1e6).fill(i); }, { runs: 5 }),
  ]);`);
  for (const { allocated, retained } of told) {
    near(allocated, 50 * sizeOfArray(1e6), 'allocated', 0.001);
    // V8 is at work on its code still.
    within(retained, 0, 8192, 'retained');
  }
});

test('buffers: external to the byte while they are kept, whatever their pools', () => {
  const told = run<Figures[]>(`const kept = []; print([
    await figures(() => Buffer.alloc(5e6)),
    await figures(async () => { kept.push(new ArrayBuffer(3e6), Buffer.allocUnsafe(1e6)); }),
    await figures(() => { Buffer.alloc(5e6); }),
    await figures(() => void kept.splice(0, 2)),
  ]);`);
  assert.equal(
    told.map((one) => one.external),
    [5e6, 4e6, 0, -4e6],
  );
  for (const { retained } of told) within(retained, 0, RETAINED, 'on the heap');
});

test('closures in a list are retained, each with its scope', () => {
  const told = run<Figures>(
    `const kept = []; print(await figures(() => { for (let i = 0; i < 10000; i++) kept.push(() => i); }))`,
  );
  // A function has 7 to 9 fields, its scope 2 to 5, of 8 bytes each; the list is up to 1.5 times and 17 too long.
  assert.ok(
    told.retained > 10_000 * 9 * 8 && told.retained < 10_000 * (14 + 2) * 8,
    `retained ${told.retained}`,
  );
});

test('functions: those that ran meanwhile, the costliest first, by what they allocated themselves', () => {
  const told = run<Figures>(`
    fill(5000); empty(); await wait(null);
    print(await figures(() => { nested(100, 2); fill(1e5); fill(1e5); return wait(null); }));`);
  const [first, second] = told.functions;
  assert.equal(
    told.functions.map((one) => [one.name, one.file, one.line, one.calls, one.estimated]),
    [
      ['fill', 'test/program.ts', 2, 2, false],
      ['nested', 'test/program.ts', 8, 3, false],
      ['wait', 'test/program.ts', 3, 1, false],
    ],
  );
  near(first.bytes, 2 * sizeOfArray(1e5), 'fill', 0.05);
  near(second.bytes, 3 * sizeOfArray(100), 'nested', 0.2);
  assert.ok(told.functions.reduce((sum, one) => sum + one.bytes, 0) <= told.allocated);
});

test('a function too hot for the budget is measured in each call, and the budget is as it was afterwards', () => {
  const told = run<{ figures: Figures; before: number; after: number }>(`
    const settings = require('./dist/runtime/config').settings;
    for (let i = 0; i < 3e5; i++) tight(3);
    const before = settings.budget;
    const one = await figures(() => { for (let i = 0; i < 20000; i++) tight(100); });
    print({ figures: one, before, after: settings.budget });`);
  assert.is(told.after, told.before);
  const [tight] = told.figures.functions;
  assert.is(tight.calls, 20000);
  assert.is(tight.estimated, false);
  near(tight.bytes, 20000 * sizeOfArray(100), 'tight', 0.05);
});

test('runs: the middle, the last value, as many calls as it says and no more', () => {
  const told = run<{ middle: Figures; value: number; counts: number[] }>(`
    let calls = 0;
    const fn = () => { calls++; fill(calls === 3 ? 1e6 : 1000); return calls; };
    const { value, ...middle } = await measure(fn, { runs: 5, warmUp: 1 });
    const counts = [calls];
    for (const call of [
      (fn) => measure(fn), (fn) => measure(fn, { runs: 1 }), (fn) => measure(fn, { runs: 4 }),
      (fn) => limitMemory('1 GB', fn), (fn) => limitMemory('1 GB', fn, { of: 'retained' }), (fn) => limitMemory('1 GB', fn, { runs: 1 }),
    ]) { calls = 0; await call(() => void calls++); counts.push(calls); }
    print({ middle, value, counts });`);
  assert.equal(told.counts, [6, 11, 1, 6, 11, 5, 1]);
  assert.is(told.value, 6);
  within(told.middle.allocated, sizeOfArray(1000), ALLOCATED, 'the middle');
  assert.is(told.middle.functions[0].calls, 1);
});

test('a limit fails only where the whole margin is above it', () => {
  const told = run<(Refusal | null)[]>(`
    let turn = 0;
    // Half of the runs take twice as much: nobody knows which it is.
    const varies = () => { new Array(turn++ % 2 === 0 ? 1e5 : 2e5).fill(1); };
    const steady = () => { new Array(1e5).fill(1); };
    print([
      await refusal(limitMemory('1.2 MB', varies)), await refusal(limitMemory('700 KB', varies)),
      await refusal(limitMemory(${sizeOfArray(1e5)} + 1024, steady)), await refusal(limitMemory(${sizeOfArray(1e5)} - 1024, steady)),
      await refusal(limitMemory('1 KB', () => { new Array(3e5).fill(1); }, { runs: 1 })),
    ]);`);
  assert.equal(
    told.map((one) => one === null),
    [true, false, true, false, false],
  );
  assert.match(
    told[1]?.message ?? '',
    /by a run \(the middle of 9\), at least 799\.\d kB \(\d+ bytes\); the limit/,
  );
  assert.match(
    told[4]?.message ?? '',
    /^~2\.\d MB \(\d+ bytes\) was allocated by the only run, at least 2\.\d MB/,
  );
});

test('a limit that holds gives the value; one that does not rejects with both, and the five that made it', () => {
  const told = run<{ value: number; over: Refusal; retained: Refusal; external: Refusal; fine: unknown }>(`
    const t = $mp.file('test/many.ts', Array.from({ length: 7 }, (_, n) => ['f' + n, n + 1, 0, ['n']]));
    const many = (n, size) => { const $s = $mp.enter(t, n); try { return $s.result = new Array(size).fill(1); } finally { if ($s.exit()) { $s.arg = size; $s.explain(); } } };
    print({
      value: await limitMemory('1 MB', async () => { fill(1000); return 7; }),
      over: await refusal(limitMemory('1 MB', () => { for (let n = 0; n < 7; n++) many(n, 1e5 * (n + 1)); })),
      retained: await refusal(limitMemory('1 MB', () => new Array(2e5).fill(1), { of: 'retained' })),
      external: await refusal(limitMemory(1e6, () => buffers(2e6), { of: 'external' })),
      fine: await refusal(limitMemory('1 MB', () => { new Array(2e5).fill(1); }, { of: 'retained' })),
    });`);
  assert.is(told.value, 7);
  assert.is(told.fine, null);
  const { over } = told;
  assert.ok(over.isAssertion);
  assert.is(over.code, 'ERR_ASSERTION');
  assert.match(
    over.message,
    /^22\.\d MB \(22\d{6} bytes\) was allocated by a run \(the middle of 9\), at least 22\.\d MB \(22\d{6} bytes\); the limit is 1\.0 MB \(1000000 bytes\)\.\nAllocated by:\n/,
  );
  const lines = over.message.split('\n').slice(2);
  assert.equal(
    lines.map((line) => /(f\d {2}test\/many\.ts:\d)/.exec(line)?.[1] ?? line),
    [
      'f6  test/many.ts:7',
      'f5  test/many.ts:6',
      'f4  test/many.ts:5',
      'f3  test/many.ts:4',
      'f2  test/many.ts:3',
      '  and 2 more',
    ],
  );
  assert.match(lines[0], /^ {2}5\.\d MB {2}f6 .*\(1 call\)$/);
  assert.match(over.actual, /^22\.\d MB .* allocated$/);
  assert.is(over.expected, 'at most 1.0 MB (1000000 bytes) allocated');
  assert.match(
    told.retained.message,
    /^1\.6 MB \(\d+ bytes\) is retained on the heap by a run \(the middle of 3\), at least 1\.6 MB \(\d+ bytes\); the limit is 1\.0 MB/,
  );
  assert.match(told.retained.message, /No instrumented function ran: tag functions/);
  assert.match(
    told.external.message,
    /^2\.0 MB \(2000000 bytes\) is retained in buffers.*\n.*\n.*and 2\.0 MB of buffers {2}buffers/,
  );
});

test('names from sources do nothing to a terminal', () => {
  const { message } = run<Refusal>(`
    const t = $mp.file('a\\u001b]0;b\\u0007.ts', [['\\u001b[31mx\\nnot ok\\u202e\\ud800', 1, 0]]);
    const bad = () => { const $s = $mp.enter(t, 0); try { return $s.result = new Array(1000).fill(1); } finally { if ($s.exit()) { $s.explain(); } } };
    print(await refusal(limitMemory(10, bad)));`);
  assert.is(message.split('\n').length, 3);
  assert.not.match(message.replace(/\n/g, ''), /[\p{Cc}\p{Cf}\p{Cs}]/u);
});

test('what the function throws comes through, and the next one is measured', () => {
  const told = run<{ thrown: string; rejected: string; next: Figures }>(`
    const own = async (fn) => { try { await measure(fn); } catch (e) { return e; } };
    print({
      thrown: await own(() => { throw 'a text'; }),
      rejected: (await own(async () => { throw new TypeError('mine'); })).message,
      next: await figures(() => fill(1e5)),
    });`);
  assert.is(told.thrown, 'a text');
  assert.is(told.rejected, 'mine');
  within(told.next.allocated, sizeOfArray(1e5), ALLOCATED, 'the next');
});

test('where nothing can be measured, no limit holds: an error says why', () => {
  const code = `print(await refusal(limitMemory('1 GB', () => {})))`;
  const off = run<Refusal>(code, { env: { MEMPROF: 'off' } });
  assert.is(off.code, 'MEMPROF_E_TEST_OFF');
  assert.match(off.message, /MEMPROF=off: nothing can be measured/);
  const old = { ENABLE_MEMORY_PROFILING_DECORATOR: 'false' };
  assert.match(run<Refusal>(code, { env: old }).message, /DECORATOR=false: nothing can be measured/);
  const enabled = run<null>(`memprof.enable(); ${code}`, { env: { MEMPROF: 'off' } });
  assert.is(enabled, null);
  // As where a policy forbids new contexts, or V8's flags are frozen.
  const bare = `require('node:vm').runInNewContext = () => { throw new Error('forbidden'); }; ${code}`;
  const gc = run<Refusal>(bare);
  assert.is(gc.code, 'MEMPROF_E_TEST_GC');
  assert.match(gc.message, /node --expose-gc/);
  assert.is(run<null>(bare, { flags: ['--expose-gc'] }), null);
});

test('one measurement within another, and words that mean nothing, are errors', () => {
  const told = run<(Refusal | null)[]>(`print([
    await refusal(measure(() => measure(() => 1))),
    await refusal(Promise.allSettled([measure(async () => 1), checkLeak(() => 1)]).then((all) => { throw all[1].reason; })),
    await refusal(measure(7)),
    await refusal(limitMemory('ten MB', () => 1)),
    await refusal(limitMemory('1 MB')),
    await refusal(limitMemory('1 MB', () => 1, { of: 'retainde' })),
    await refusal(measure(() => 1, { run: 5 })),
    await refusal(measure(() => 1, { runs: 0 })),
    await refusal(measure(() => 1, { warmUp: -1 })),
    await refusal(checkLeak(() => 1, { runs: 3 })),
    await refusal(checkLeak(() => 1, { tolerance: 'much' })),
    await refusal(measure(() => 1)),
  ]);`);
  assert.equal(
    told.map((one) => one?.code ?? null),
    [...Array(2).fill('MEMPROF_E_TEST_OVERLAP'), ...Array(9).fill('MEMPROF_E_TEST'), null],
  );
  assert.match(told[3]?.message ?? '', /"ten MB".*500KB/);
  assert.match(told[6]?.message ?? '', /the option is "run"\. Allowed: runs, warmUp/);
});

test.run();

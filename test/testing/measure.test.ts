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

test('arrays: allocated to some bytes, retained while the value is kept', () => {
  const told = run<{ sync: Figures; async: Figures; dropped: Figures; nothing: Figures[] }>(`
    // The first run allocates for its code, and the compiler takes its part now and then.
    const FIVE = { runs: 5 };
    print({
      sync: await figures(() => new Array(1e5).fill(1), FIVE),
      async: await figures(async () => { await null; return new Array(1e5).fill(1); }, FIVE),
      dropped: await figures(() => { new Array(1e5).fill(1); }, FIVE),
      nothing: [await figures(() => {}, FIVE), await figures(async () => {}, FIVE)],
    });`);
  const truth = sizeOfArray(1e5);
  for (const one of [told.sync, told.async, told.dropped]) {
    assert.ok(Math.abs(one.allocated - truth) < 1500, `allocated ${one.allocated} of ${truth}`);
  }
  near(told.sync.retained, truth, 'retained', 0.01);
  near(told.async.retained, truth, 'retained', 0.01);
  assert.ok(Math.abs(told.dropped.retained) < 8000, `retained ${told.dropped.retained} of what was dropped`);
  for (const { allocated, functions } of told.nothing) {
    assert.ok(allocated < 400, `nothing allocates ${allocated}`);
    assert.equal(functions, []);
  }
});

test('what was collected meanwhile is allocated all the same, and not retained', () => {
  const told = run<Figures>(
    `print(await figures(() => { let last; for (let i = 0; i < 50; i++) last = new Array(1e6).fill(i); }))`,
  );
  near(told.allocated, 50 * sizeOfArray(1e6), 'allocated', 0.001);
  assert.ok(Math.abs(told.retained) < 20_000, `retained ${told.retained}`);
});

test('buffers: external to the byte while they are kept, whatever their pools', () => {
  const told = run<Figures[]>(`const kept = []; print([
    await figures(() => Buffer.alloc(5e6)),
    await figures(async () => { kept.push(new ArrayBuffer(3e6), Buffer.allocUnsafe(1e6)); }),
    await figures(() => { Buffer.alloc(5e6); }),
    await figures(() => void kept.splice(0)),
  ]);`);
  assert.equal(
    told.map((one) => one.external),
    [5e6, 4e6, 0, -4e6],
  );
  for (const { retained } of told) assert.ok(Math.abs(retained) < 20_000, `on the heap ${retained}`);
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
  // One run: the compiler may take its part.
  near(first.bytes, 2 * sizeOfArray(1e5), 'fill', 0.2);
  near(second.bytes, 3 * sizeOfArray(100), 'nested', 0.5);
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

test('runs: medians, the last value, as many calls as asked for and no more', () => {
  const told = run<{ medians: Figures; value: number; calls: number; once: number }>(`
    let calls = 0;
    const fn = () => { calls++; fill(calls === 3 ? 1e6 : 1000); return calls; };
    const { value, ...medians } = await measure(fn, { runs: 5, warmUp: 2 });
    let once = 0; await measure(() => once++);
    print({ medians, value, calls, once });`);
  assert.is(told.calls, 7);
  assert.is(told.once, 1);
  assert.is(told.value, 7);
  near(told.medians.allocated, sizeOfArray(1000), 'the median', 0.1);
  assert.is(told.medians.functions[0].calls, 1);
});

test('a limit that holds gives the value; one that does not rejects with both, and the five that made it', () => {
  const told = run<{ value: number; over: Refusal; retained: Refusal; external: Refusal; fine: unknown }>(`
    const t = $mp.file('test/many.ts', Array.from({ length: 7 }, (_, n) => ['f' + n, n + 1, 0, ['n']]));
    const many = (n, size) => { const $s = $mp.enter(t, n); try { return $s.result = new Array(size).fill(1); } finally { if ($s.exit()) { $s.arg = size; $s.explain(); } } };
    print({
      value: await limitMemory('1 MB', async () => { fill(1000); return 7; }),
      over: await refusal(limitMemory('1 MB', () => { for (let n = 0; n < 7; n++) many(n, 1e5 * (n + 1)); })),
      retained: await refusal(limitMemory('1 MB', () => new Array(2e5).fill(1), { of: 'retained', runs: 3 })),
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
    /^22\.\d MB \(22\d{6} bytes\) was allocated, the limit is 1\.0 MB \(1000000 bytes\)\.\nAllocated by:\n/,
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
    /^1\.6 MB \(\d+ bytes\) is retained on the heap \(median of 3 runs\), the limit is 1\.0 MB/,
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
      next: await figures(() => fill(1e5), { runs: 5 }),
    });`);
  assert.is(told.thrown, 'a text');
  assert.is(told.rejected, 'mine');
  near(told.next.allocated, sizeOfArray(1e5), 'the next', 0.01);
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

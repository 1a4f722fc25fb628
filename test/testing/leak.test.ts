// Does `checkLeak` find what stays after each run, and nothing else, time and again? LONG=1 asks a thousand times instead of
// eight times, with two other processes beside it that keep the cores busy.

import { type ChildProcess, spawn } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMITTED } from '../support/emitted';
import { resultOf, runCode } from '../support/node';

const LONG = process.env.LONG === '1';
const TIMES = LONG ? 1000 : 8;

function run<T>(code: string): T {
  const program = `const { checkLeak } = require('memprof/test'); ${EMITTED}
    const verdict = async (fn, options) => { try { await checkLeak(fn, options); return null; } catch (e) { return { code: e.code, message: e.message, actual: e.actual, expected: e.expected, bytes: e.bytesPerRun }; } };
    (async () => { ${code} })();`;
  return resultOf<T>(runCode(program, { timeout: LONG ? 3_600_000 : 120_000 }));
}
type Verdict = { code: string; message: string; actual: string; expected: string; bytes: number } | null;

function withNoise<T>(work: () => T): T {
  const busy: ChildProcess[] = [];
  for (let n = 0; LONG && n < 2; n++)
    busy.push(
      spawn(process.execPath, [
        '-e',
        'for (;;) JSON.parse(JSON.stringify(Array.from({ length: 1e4 }, () => ({}))))',
      ]),
    );
  try {
    return work();
  } finally {
    for (const one of busy) one.kill();
  }
}

/** What stays is 1 KB a run: 122 elements of 8 bytes, a header of 16 to them, one of 32, and the list's 8. */
const LEAKS = `let kept = []; const leaking = () => { kept.push(new Array(121).fill(1)); new Array(1000).fill(2); };`;

test(`a leak of 1 KB a run is found, ${TIMES} times of ${TIMES}`, () => {
  const found = withNoise(() =>
    run<number[]>(`${LEAKS}
      const found = [];
      for (let n = 0; n < ${TIMES}; n++) { kept = []; found.push((await verdict(leaking))?.bytes ?? 0); }
      print(found);`),
  );
  assert.is(found.length, TIMES);
  const off = found.filter((bytes) => bytes < 1000 || bytes > 1100);
  assert.equal(off, [], 'bytes a run, where they are wrong');
});

test(`what leaves nothing passes, ${TIMES} times of ${TIMES}: garbage, promises and timers, text, buffers`, () => {
  const failed = withNoise(() =>
    run<Verdict[]>(`
      const clean = [
        () => JSON.parse(JSON.stringify(Array.from({ length: 100 }, (_, a) => ({ a })))),
        async () => { await new Promise((done) => setTimeout(done, 0)); await Promise.all([1, 2, 3].map(async (n) => [n])); },
        () => Buffer.alloc(100000).toString('base64').split('A', 100),
        () => { const map = new Map(); for (let i = 0; i < 100; i++) map.set('key' + i, { i }); },
        () => fill(1000),
      ];
      const failed = [];
      for (let n = 0; n < ${TIMES}; n++) { const one = await verdict(clean[n % clean.length]); if (one) failed.push(one); }
      print(failed);`),
  );
  assert.equal(failed, []);
});

test('what fills and stops passes: caches, pools, lazy singletons', () => {
  const told = run<Verdict[]>(`
    const size = () => new Array(1000).fill(1);
    let n = 0; let lazy; const small = new Map(), large = new Map(), last = new Map(), late = new Map(), pool = [];
    print([
      await verdict(() => { small.set(n++ % 10, size()); }),
      await verdict(() => { large.set(n++ % 100, size()); }),
      await verdict(() => { late.set(n++ % 200, size()); }),
      await verdict(() => { last.set(n++, size()); if (last.size > 80) last.delete(last.keys().next().value); }),
      await verdict(() => { lazy ??= Array.from({ length: 100 }, size); }),
      await verdict(() => { const taken = pool.splice(0, 3); while (taken.length < 3) taken.push(size()); if (pool.length < 20) pool.push(...taken, size()); else pool.push(...taken); }),
      await verdict(() => { large.set(n++ % 500, size()); }, { warmUp: 500 }),
    ]);`);
  assert.equal(told, Array(7).fill(null));
});

test('a run that leaves less than the tolerance behind is not accused; buffers count as the heap does', () => {
  const told = run<Verdict[]>(`
    const holds = [];
    print([
      await verdict(() => { holds.push(new Array(10).fill(1)); }),
      await verdict(() => { holds.push(new Array(60).fill(1)); }),
      await verdict(() => { holds.push(Buffer.alloc(4000)); }, { tolerance: '6 KB' }),
    ]);`);
  assert.is(told[0], null);
  assert.match(told[1]?.message ?? '', /^A run leaves ~5\d\d B behind/);
  assert.is(told[2], null);
});

test('the error names bytes a run, what is allowed, and the functions; leaks off the heap are found too', () => {
  const told = run<Record<string, Verdict>>(`${LEAKS}
    const holds = [];
    print({
      named: await verdict(() => { holds.push(fill(500)); nested(10, 2); }),
      buffers: await verdict(() => { holds.push(Buffer.alloc(10000)); }, { tolerance: '5 KB' }),
      async: await verdict(async () => { await null; holds.push(new Array(1000).fill(1)); }),
      tolerated: await verdict(leaking, { tolerance: '2 KB' }),
      short: await verdict(leaking, { runs: 12, warmUp: 2 }),
    });`);
  const { named, buffers, async, tolerated, short } = told;
  assert.is(named?.code, 'ERR_ASSERTION');
  assert.match(
    named?.message ?? '',
    /^A run leaves ~4\.\d kB behind \(between 4\.\d kB and 4\.\d kB, after 420 runs still\), 256 B are allowed\.\nA run allocates, whether it is kept or not:\n {2}4\.\d kB {2}fill {2}test\/program\.ts:2 {2}\(1 call\)\n {2}\d+ B {2}nested {2}test\/program\.ts:8 {2}\(3 calls\)$/,
  );
  assert.match(named?.actual ?? '', /^~4\.\d kB left behind by a run$/);
  assert.is(named?.expected, 'at most 256 B left behind by a run');
  assert.match(buffers?.message ?? '', /^A run leaves ~10\.\d kB behind.* 5\.0 kB are allowed/);
  assert.match(async?.message ?? '', /^A run leaves ~8\.\d kB behind/);
  assert.is(tolerated, null);
  assert.match(short?.message ?? '', /^A run leaves ~1\.\d kB .*after 84 runs still/);
});

test.run();

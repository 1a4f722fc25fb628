// A profiler of V8's that was asked goes on listening until it is itself collected, and what survives two collections
// is, by a major one alone: none may be left behind in numbers, and none be left unasked while the heap churns.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ACCOUNT } from '../support/emitted';
import { near } from '../support/near';
import { resultOf, runCode } from '../support/node';

const PROGRAM = `
const v8 = require('node:v8');
// How many collections each asking has told.
const told = [];
const { stop } = v8.GCProfiler.prototype;
v8.GCProfiler.prototype.stop = function () {
  const answer = stop.call(this);
  if (answer) told.push(answer.statistics.length);
  return answer;
};
const $mp = require('memprof/runtime'); const memprof = require('memprof');
${ACCOUNT}
const table = $mp.file('test/a.ts', [['heavy', 1, 0], ['once', 2, 0]]);
let kept;
const churn = (rounds) => { for (let i = 0; i < rounds; i++) kept = new Array(1000).fill(i); };
function heavy(rounds) { const $s = $mp.enter(table, 0); try { churn(rounds); } finally { if ($s.exit()) { $s.explain(); } } }
function once() { const $s = $mp.enter(table, 1); try {} finally { if ($s.exit()) { $s.explain(); } } }
const handles = () => v8.getHeapStatistics().used_global_handles_size;
`;
const FLAGS = ['--max-semi-space-size=1'];

test('a call in which the heap is collected several times leaves no listener behind', () => {
  const result = resultOf(
    runCode(
      `${PROGRAM}
      heavy(10); heavy(10);
      const before = handles();
      let most = 0;
      for (let i = 0; i < 300; i++) { heavy(2000); most = Math.max(most, handles() - before); }
      const many = told.filter((n) => n > 1).length;
      print({ most, many, ...law() });`,
      { flags: FLAGS, env: { MEMPROF_BUDGET: '100%' } },
    ),
  ) as { most: number; many: number; gap: number };
  assert.ok(result.many > 200, `only ${result.many} askings told of several collections`);
  // A handle is 32 bytes; the canaries, whatever else the program drops, and some tens of listeners are among them.
  assert.ok(result.most < 64 * 32, `${result.most} bytes of handles`);
  assert.is(result.gap, 0);
});

test('what is collected while no instrumented function runs is asked for in time', () => {
  const result = resultOf(
    runCode(
      `${PROGRAM}
      once();
      told.length = 0;
      let turns = 0;
      const turn = () => { churn(300); if (++turns < 500) setImmediate(turn); else end(); };
      const end = () => { once(); print({ most: Math.max(...told), all: told.reduce((a, b) => a + b, 0), ...law() }); };
      turn();`,
      { flags: FLAGS },
    ),
  ) as { most: number; all: number; gap: number };
  assert.ok(result.all > 200, `only ${result.all} collections`);
  assert.ok(result.most < 20, `${result.most} collections told at once`);
  assert.is(result.gap, 0);
});

test('of many collections in a call none is taken for one that fell into the asking, also where one comes right after the list of them', () => {
  const { self, collections, gap } = resultOf(
    runCode(
      `const $mp = require('memprof/runtime'); const memprof = require('memprof');
      const { meter, COLLECTIONS } = require('./dist/runtime/heap');
      ${ACCOUNT}
      const table = $mp.file('test/a.ts', [['make', 1, 0]]);
      // Each array is dropped before the next one, whose place it has; the last one goes while V8 writes the list.
      function make() { const $s = $mp.enter(table, 0); try { for (let i = 0; i < 50; i++) new Array(1e6).fill(i); } finally { if ($s.exit()) { $s.explain(); } } }
      make(); memprof.reset();
      for (let i = 0; i < 10; i++) make();
      print({ self: of('make').self, collections: meter[COLLECTIONS], ...law() });`,
    ),
  );
  near(self, 10 * 50 * 8_000_048, 'self', 0.002);
  assert.ok(collections > 480, `only ${collections} collections`);
  assert.is(gap, 0);
});

test('a collection between the next listener and the last one is told once', () => {
  const { self, external, gap } = resultOf(
    runCode(
      `const v8 = require('node:v8');
      // Both listen from here on: two of V8's profilers never take a collection for equally long.
      const { start } = v8.GCProfiler.prototype;
      let between = 0;
      v8.GCProfiler.prototype.start = function () { start.call(this); if (between-- > 0) gc(); };
      const $mp = require('memprof/runtime'); const memprof = require('memprof');
      ${ACCOUNT}
      const table = $mp.file('test/a.ts', [['make', 1, 0]]);
      function make() { const $s = $mp.enter(table, 0); try { new Array(1e6).fill(1); Buffer.alloc(5e6); between = 1; } finally { if ($s.exit()) { $s.explain(); } } }
      for (let i = 0; i < 20; i++) make();
      between = 0;
      const { self, external } = of('make');
      print({ self, external, ...law() });`,
      { flags: ['--expose-gc', '--no-concurrent-array-buffer-sweeping'], env: { MEMPROF_BUDGET: '100%' } },
    ),
  ) as { self: number; external: number; gap: number };
  near(self, 20 * 8_000_032, 'self');
  near(external, 20 * 5e6, 'external');
  assert.is(gap, 0);
});

test('native objects that a program makes between its calls are no reason to ask, while not every call is measured', () => {
  const { asked, of, measured, gap } = resultOf(
    runCode(
      `${PROGRAM}
      for (let i = 0; i < 1e6; i++) once();
      told.length = 0;
      const made = [];
      for (let i = 0; i < 3e6; i++) { made[i % 50_000] = new v8.Serializer(); once(); }
      const asked = told.length; const one = of('once');
      print({ asked, of: told.reduce((a, b) => a + b, 0), measured: one.measured, ...law() });`,
      { env: { MEMPROF_BUDGET: '0.1%' } },
    ),
  ) as { asked: number; of: number; measured: number; gap: number };
  assert.ok(measured > 500, `${measured} calls measured`);
  assert.ok(asked < 10 + 2 * of, `asked ${asked} times, of ${of} collections`);
  assert.is(gap, 0);
});

test.run();

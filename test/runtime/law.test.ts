// The law of the account under random schedules: whatever calls interleave, whatever the collector does,
//     owned by spans + unowned + memprof's own = allocated,
// each call owns what was allocated while it ran (arrays of a known size tell), and nobody else's.

import fc from 'fast-check';
import * as memprof from 'memprof';
import * as runtime from 'memprof/runtime';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMITTED } from '../support/emitted';
import { resultOf, runCode } from '../support/node';

memprof.configure({ log: 'off', spike: '100 GB' });

const SITES = 6;
const table = runtime.file(
  'test/law.ts',
  Array.from({ length: SITES }, (_, n) => [`f${n}`, n + 1, (n % 4) as 0 | 1 | 2 | 3, [], [n + 1]]),
);

interface Call {
  span: ReturnType<typeof runtime.enter>;
  site: number;
  state: 'running' | 'awaiting' | 'yielded' | 'over';
}

type Action = {
  do: 'enter' | 'exit' | 'throw' | 'await' | 'settle' | 'yield' | 'next' | 'allocate' | 'drop' | 'turn';
  n: number;
};

const action: fc.Arbitrary<Action> = fc.record({
  do: fc.constantFrom(
    'enter',
    'exit',
    'throw',
    'await',
    'settle',
    'yield',
    'next',
    'allocate',
    'drop',
    'turn',
  ),
  n: fc.nat(1000),
}) as fc.Arbitrary<Action>;

// What is allocated is let go at the next allocation, so that collections have something to do.
const hold: unknown[] = [];
const array = (n: number) => 8 * n + 48;

function follow(actions: Action[]): { truth: number[]; calls: number[] } {
  const truth = new Array(SITES).fill(0);
  const calls = new Array(SITES).fill(0);
  const all: Call[] = [];
  // Who runs, innermost last: what the machine's stack would be.
  const stack: Call[] = [];
  const pick = (state: Call['state'], n: number) => {
    const some = all.filter((call) => call.state === state);
    return some.length > 0 ? some[n % some.length] : undefined;
  };
  const end = (call: Call, completes: boolean) => {
    if (completes) call.span.result = undefined;
    if (call.span.exit()) call.span.explain();
    call.state = 'over';
    calls[call.site]++;
  };
  for (const { do: what, n } of actions) {
    const top = stack[stack.length - 1];
    if (what === 'enter' && all.length < 40) {
      const call: Call = { span: runtime.enter(table, n % SITES), site: n % SITES, state: 'running' };
      all.push(call);
      stack.push(call);
    } else if ((what === 'exit' || what === 'throw') && top) {
      stack.pop();
      end(top, what === 'exit');
    } else if (what === 'await' && top) {
      stack.pop();
      top.span.suspend = 0;
      void top.span.out;
      top.state = 'awaiting';
    } else if (what === 'settle' && stack.length === 0) {
      const call = pick('awaiting', n);
      if (!call) continue;
      if (n % 5 === 0) end(call, false);
      else {
        call.span.in = n % 2 ? new Array(n).fill(n) : n;
        call.span.resume = 0;
        call.state = 'running';
        stack.push(call);
      }
    } else if (what === 'yield' && top) {
      stack.pop();
      top.span.yields = 0;
      void top.span.out;
      top.state = 'yielded';
    } else if (what === 'next') {
      const call = pick('yielded', n);
      if (!call) continue;
      call.span.resume = 0;
      call.state = 'running';
      stack.push(call);
    } else if (what === 'drop') {
      const call = pick('yielded', n);
      if (call) end(call, false);
    } else if (what === 'allocate') {
      // Small enough for V8's pages: where a large object does not fit into what is left of one, the rest
      // counts as used at once, and the small objects that fill it later count nothing.
      const size = n;
      hold[0] = new Array(size).fill(n);
      if (top) truth[top.site] += array(size);
    } else if (what === 'turn') {
      while (stack.length > 0) {
        const call = stack.pop() as Call;
        call.span.suspend = 0;
        void call.span.out;
        call.state = 'awaiting';
      }
    }
    const s = memprof.stats();
    assert.is(s.allocated, s.owned + s.unowned + s.overhead);
    assert.ok(s.awaited <= s.unowned, `claimed ${s.awaited} of ${s.unowned}`);
  }
  while (stack.length > 0) end(stack.pop() as Call, true);
  for (const call of all) if (call.state !== 'over') end(call, false);
  return { truth, calls };
}

test('closes to the byte under random interleavings, and each function owns its own', () => {
  memprof.enable();
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  console.log(`law: seed ${seed}`);
  follow(fc.sample(action, { numRuns: 400, seed }));
  fc.assert(
    fc.property(fc.array(action, { minLength: 20, maxLength: 300 }), (actions) => {
      memprof.reset();
      const { truth, calls } = follow(actions);
      const s = memprof.stats();
      assert.is(s.inFlight, 0);
      assert.is(s.allocated, s.owned + s.unowned + s.overhead);
      assert.is(
        s.functions.reduce((sum, f) => sum + f.self, 0),
        s.owned,
      );
      for (let n = 0; n < SITES; n++) {
        const one = s.functions.find((f) => f.name === `f${n}`);
        assert.is(one?.calls ?? 0, calls[n]);
        const self = one?.self ?? 0;
        // What the schedule's own bookkeeping allocates while a call runs is in it too, pages' ends,
        // and what the compiler allocates when it comes to it.
        const slack = truth[n] * 0.04 + actions.length * 150 + 64 * 1024;
        assert.ok(self >= truth[n] * 0.96 - 16_384, `f${n}: ${self}, truth ${truth[n]}`);
        assert.ok(self <= truth[n] + 16_384 + slack, `f${n}: ${self}, truth ${truth[n]}`);
      }
    }),
    { numRuns: Number(process.env.RUNS ?? 150), seed, includeErrorInReport: true },
  );
});

test('holds over a thousand collections', () => {
  memprof.reset();

  const v8 = require('node:v8') as any;
  const profiler = new v8.GCProfiler();
  profiler.start();
  let truth = 0;
  let collections = 0;
  const churn = (n: number) => {
    const span = runtime.enter(table, 0);
    for (let i = 0; i < 200; i++) hold[0] = new Array(n).fill(i);
    span.result = undefined;
    if (span.exit()) span.explain();
    truth += 200 * array(n);
  };
  for (let i = 0; i < 50_000 && collections <= 1000; i++) {
    churn(100 + ((i * 7919) % 5000));
    if (i % 200 === 0) {
      collections += profiler.stop().statistics.length;
      profiler.start();
    }
  }
  profiler.stop();
  assert.ok(collections > 1000, `only ${collections} collections`);
  const s = memprof.stats();
  assert.is(s.allocated, s.owned + s.unowned + s.overhead);
  const self = s.functions.find((f) => f.name === 'f0')?.self ?? 0;
  assert.ok(Math.abs(self - truth) < truth * 0.05, `self ${self}, truth ${truth}`);
});

test("memprof's own probes claim nothing, whatever falls between their boundaries", () => {
  const result = resultOf(
    runCode(`${EMITTED}
      empty(); const { hooks } = require('./dist/runtime/ledger.js');
      let claims = 0; hooks.claim = () => { claims++; return 5000; };
      for (let i = 0; i < 20_000; i++) empty();
      print({ claims, awaited: memprof.stats().awaited });`),
  );
  assert.ok(result.claims > 2, `${result.claims} probes`);
  assert.is(result.awaited, 0);
});

test('a call that outlives its caller, whose own caller is over too, knows none of the calls made since', () => {
  const result = resultOf(
    runCode(`${EMITTED}
      const told = []; memprof.on('call', (r) => told.push([r.name, r.others])); memprof.configure({ log: 'off' });
      const begin = (n) => $mp.enter($t, n); const end = (s) => { s.result = void 0; if (s.exit()) { s.explain(); } };
      const first = begin(7); const second = begin(0); const outlives = begin(2); outlives.suspend = 0; outlives.out;
      end(second); end(first); outlives.resume = 0;
      const pool = Array.from({ length: 40 }, () => begin(0)); for (const span of pool.reverse()) end(span);
      end(outlives); print({ told: told.length, last: told.at(-1), ...law() });`),
  );
  assert.equal(result, { told: 43, last: ['wait', 0], gap: 0, unsummed: 0, inFlight: 0, claimed: true });
});

test('a stack that is full in the midst of a probe leaves the owner and the account as they were', () => {
  const result = resultOf(
    runCode(`${EMITTED}
      empty(); const { hooks } = require('./dist/runtime/ledger.js'); const { claim } = hooks;
      memprof.configure({ budget: '100%' }); const root = $mp.enter($t, 5); let failed = 0;
      hooks.claim = () => { failed++; throw new RangeError('full'); };
      for (let i = 0; i < 20_000; i++) try { empty(); } catch {}
      hooks.claim = claim; const own = new Array(100_000).fill(1);
      root.result = own; root.exit();
      print({ failed: failed > 0, owned: of('hand').self > 8 * own.length, ...law() });`),
  );
  assert.equal(result, { failed: true, owned: true, gap: 0, unsummed: 0, inFlight: 0, claimed: true });
});

test('a listener may end a child of the very call that it is told of', () => {
  const result = resultOf(
    runCode(`${EMITTED}
      memprof.configure({ log: 'off' }); let it; memprof.on('call', (r) => { if (r.name === 'nested') it.return(); });
      const begin = (n) => $mp.enter($t, n); const end = (s) => { s.result = void 0; if (s.exit()) { s.explain(); } };
      const root = begin(5); const parent = begin(7); const own = new Array(1000).fill(1); it = count(3); it.next(); end(parent); end(root);
      const open = Array.from({ length: 40 }, () => begin(0)); const distinct = new Set(open).size; for (const span of open.reverse()) end(span);
      const above = of('hand').total - of('hand').self; const self = of('nested').self;
      print({ distinct, calls: of('count').calls, up: self > 8 * own.length && above >= self, ...law() });`),
  );
  assert.equal(result, { distinct: 40, calls: 1, up: true, gap: 0, unsummed: 0, inFlight: 0, claimed: true });
});

test('a table is read as it stands: not what a program put on Array.prototype', () => {
  const result = resultOf(
    runCode(`const memprof = require('memprof'); const $mp = require('memprof/runtime');
      let read = 0; for (const n of [3, 4, 5]) Object.defineProperty(Array.prototype, n, { get() { read++; return 7; }, set() { read++; }, configurable: true });
      const table = $mp.file('a.ts', [['f', 1, 0]]);
      for (const n of [3, 4, 5]) delete Array.prototype[n];
      const s = $mp.enter(table, 0); s.result = void 0; s.exit();
      console.log(JSON.stringify({ read, calls: memprof.stats().functions[0].calls }));`),
  );
  assert.equal(result, { read: 0, calls: 1 });
});

test('a table may be made inside a function that stands for a method of Array', () => {
  const result = resultOf(
    runCode(`const memprof = require('memprof'); const $mp = require('memprof/runtime');
      let $file; const $sites = () => $file || ($file = $mp.file('a.ts', [['f', 1, 0, ['a'], [1], 5]]));
      const was = {}; const names = ['push', 'map', 'concat', 'slice']; let depth = 0;
      for (const name of names) { was[name] = Array.prototype[name];
        Array.prototype[name] = function (...args) { if (++depth > 50) throw new Error('without end'); const s = $mp.enter($sites(), 0); try { return s.result = Reflect.apply(was[name], this, args); } finally { depth--; s.exit(); } }; }
      [1].push(2); const s = memprof.stats().functions[0];
      for (const name of names) Array.prototype[name] = was[name];
      console.log(JSON.stringify({ calls: s.calls > 0, name: s.name }));`),
  );
  assert.equal(result, { calls: true, name: 'f' });
});

test.run();

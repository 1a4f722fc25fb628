// The switches: words of the environment, what "off" still costs and loads, the live switch, and bad input.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMITTED } from '../support/emitted';
import { resultOf, runCode } from '../support/node';

const PROGRAM = `${EMITTED} empty(); print({ calls: memprof.stats().functions.length, listeners: process.listenerCount('exit') + process.listenerCount('beforeExit'), loaded: Object.keys(require.cache).filter((k) => /node_modules/.test(k)).length, on: memprof.stats().allocated > 0 });`;

test('MEMPROF: the words for on and off, and the old switch where it is not set', () => {
  const words: [Record<string, string | undefined>, boolean][] = [
    [{}, true],
    ...['', '0', 'false', 'FALSE', ' off ', 'no', 'Off'].map(
      (word) => [{ MEMPROF: word }, false] as [any, boolean],
    ),
    ...['1', 'true', 'on', 'yes', ' ON '].map((word) => [{ MEMPROF: word }, true] as [any, boolean]),
    [{ ENABLE_MEMORY_PROFILING_DECORATOR: 'false' }, false],
    [{ ENABLE_MEMORY_PROFILING_DECORATOR: 'true' }, true],
    [{ ENABLE_MEMORY_PROFILING_DECORATOR: 'false', MEMPROF: 'on' }, true],
    [{ ENABLE_MEMORY_PROFILING_DECORATOR: 'true', MEMPROF: 'off' }, false],
  ];
  for (const [env, on] of words) {
    const run = runCode(PROGRAM, { env });
    const result = resultOf(run);
    assert.is(result.calls, on ? 1 : 0, JSON.stringify(env));
    assert.is(run.stderr, '', JSON.stringify(env));
    if (!on) assert.equal(result, { calls: 0, listeners: 0, loaded: 0, on: false }, JSON.stringify(env));
  }
});

test('MEMPROF=banana: on, with one warning that lists the words', () => {
  const run = runCode(PROGRAM, { env: { MEMPROF: 'banana' } });
  assert.is(resultOf(run).calls, 1);
  assert.is(run.stderr.match(/MEMPROF_W_SWITCH/g)?.length, 1);
  assert.match(run.stderr, /MEMPROF="banana" is neither on nor off.*on, 1, true, yes; off, 0, false, no/);
});

test('a bad size or level in the environment is named, and the default holds', () => {
  const run = runCode(PROGRAM, { env: { MEMPROF_SPIKE: '10 XB', MEMPROF_LOG: 'loud' } });
  assert.is(run.status, 0);
  assert.match(run.stderr, /MEMPROF_SPIKE="10 XB" is ignored\. Allowed: a number of bytes/);
  assert.match(run.stderr, /MEMPROF_LOG="loud" is ignored\. Allowed: all, spikes, off/);
});

test('disable and enable switch a live process; a call that was in flight is forgotten', () => {
  const result = resultOf(
    runCode(`${EMITTED}
      (async () => {
        empty(); let go; const hanging = wait(new Promise((ok) => { go = ok; }));
        memprof.disable(); for (let i = 0; i < 5; i++) empty();
        const off = of('empty').calls;
        memprof.enable(); go(7); const value = await hanging; empty();
        print({ off, on: of('empty').calls, wait: of('wait')?.calls ?? 0, value, ...law() });
      })();`),
  );
  assert.equal([result.off, result.on, result.wait, result.value, result.inFlight], [1, 2, 0, 7, 0]);
  assert.is(result.gap, 0);
});

test('enable turns on a process that was started off', () => {
  const run = runCode(`${EMITTED} empty(); memprof.enable(); empty(); print(of('empty').calls);`, {
    env: { MEMPROF: 'off' },
  });
  assert.is(resultOf(run), 1);
});

test('configure refuses what it does not know, names key, value and what is allowed, and changes nothing', () => {
  const bad: [string, RegExp][] = [
    ['{ spike: "10 XB" }', /"spike" is "10 XB"\. Allowed: a number of bytes/],
    ['{ spike: -1 }', /"spike" is -1/],
    ['{ log: "loud" }', /"log" is "loud"\. Allowed: all, spikes, off/],
    [
      '{ colour: 1 }',
      /"colour" is 1\. Allowed: the keys log, spike, budget, record, context, stacks, alerts, leaks, logger/,
    ],
    ['{ logger: {} }', /"logger" is \{\}\. Allowed: an object with the functions info and warn/],
    ['{ budget: "lots" }', /"budget" is "lots"/],
    ['{ record: 5 }', /"record" is 5\. Allowed: a folder, or off/],
    ['{ spike: 7, log: "loud" }', /"log"/],
    ['null', /"options" is null/],
    ['{ __proto__: null, toString: 1 }', /"toString" is 1/],
  ];
  for (const [options, message] of bad) {
    const result = resultOf(
      runCode(`${EMITTED} let error; try { memprof.configure(${options}); } catch (e) { error = e; } 
        let spikes = 0; memprof.on('spike', () => spikes++); fill(10);
        print({ name: error?.name, code: error?.code, message: error?.message, spikes });`),
    );
    assert.is(result.name, 'MemprofError', options);
    assert.is(result.code, 'MEMPROF_E_CONFIGURE', options);
    assert.match(result.message, message);
    assert.is(result.spikes, 0, options);
  }
  runCode(
    `${EMITTED} memprof.configure({ budget: '100%', log: 'off', spike: '1.5 GiB', record: 'off', context: 'off', logger: null }); print(1)`,
  );
});

test('events: call and spike, by listener and by diagnostics_channel, and no others', () => {
  const result = resultOf(
    runCode(`${EMITTED}
      const dc = require('node:diagnostics_channel'); const got = [];
      dc.subscribe('memprof:call', (r) => got.push('channel ' + r.name)); dc.subscribe('memprof:spike', (r) => got.push('spike channel ' + r.name));
      const off = memprof.on('call', (r) => got.push('call ' + r.name + ' ' + r.error)); memprof.on('spike', (r) => got.push('spike ' + r.name + ' ' + r.arguments[0].shape));
      empty(); try { fail(); } catch {} tight(1e4); off(); empty();
      let error; try { memprof.on('leak', () => {}); } catch (e) { error = e.message; }
      print({ got, error });`),
  );
  assert.equal(result.got, [
    'call empty false',
    'channel empty',
    'call fail true',
    'channel fail',
    'call tight false',
    'channel tight',
    'spike tight number',
    'spike channel tight',
    'channel empty',
  ]);
  assert.match(result.error, /there is no event "leak"\. Allowed: call, spike, alert/);
});

test('a listener may call instrumented functions: they are counted and do not call it again', () => {
  const result = resultOf(
    runCode(
      `${EMITTED} let n = 0; memprof.on('call', () => { n++; empty(); }); fill(10); print({ n, empty: of('empty').calls, ...law() });`,
    ),
  );
  assert.equal([result.n, result.empty, result.inFlight, result.gap], [1, 1, 0, 0]);
});

test('track: what it wraps is the same function to its callers', () => {
  const result = resultOf(
    runCode(`${EMITTED}
      class K { constructor(a) { this.a = a; this.t = new.target === undefined ? 0 : 1; } }
      function add(a, b = 1) { return this.base + a + b; }
      const t = memprof.track('add', add); const TK = memprof.track('K', K);
      const slow = memprof.track('slow', async (n) => { await null; if (n < 0) throw new Error('neg'); return n * 2; });
      (async () => {
        const k = new TK(5); let rejected; await slow(-1).catch((e) => { rejected = e.message; });
        const errors = []; for (const bad of [['', add], ['g', function* () {}], ['x', 1]]) try { memprof.track(...bad); } catch (e) { errors.push(e.code); }
        print({ sum: t.call({ base: 10 }, 1), name: t.name, length: t.length, k: k.a + ':' + (k instanceof K) + ':' + k.t, slow: await slow(4), rejected, calls: of('slow').calls, failed: of('slow').errors, errors });
      })();`),
  );
  assert.equal(result, {
    sum: 12,
    name: 'add',
    length: 1,
    k: '5:true:1',
    slow: 8,
    rejected: 'neg',
    calls: 2,
    failed: 1,
    errors: ['MEMPROF_E_TRACK', 'MEMPROF_E_TRACK', 'MEMPROF_E_TRACK'],
  });
});

test('two copies of the package keep one account', () => {
  const result = resultOf(
    runCode(`${EMITTED}
      const path = require.resolve('memprof/runtime'); const first = memprof;
      for (const k of Object.keys(require.cache)) if (/dist.(runtime|contract)/.test(k)) delete require.cache[k];
      const second = require('memprof'); const again = require('memprof/runtime');
      const s = again.enter(again.file('b.ts', [['other', 1, 0]]), 0); s.result = void 0; s.exit(); empty();
      print({ distinct: first !== second, names: first.stats().functions.map((f) => f.name).sort(), same: JSON.stringify(first.stats().functions) === JSON.stringify(second.stats().functions) });`),
  );
  assert.equal(result, { distinct: true, names: ['empty', 'other'], same: true });
});

test('shapes run no code of the user', () => {
  const result = resultOf(
    runCode(`${EMITTED}
      let ran = 0; const trap = new Proxy({}, { get() { ran++; }, ownKeys() { ran++; return []; }, getOwnPropertyDescriptor() { ran++; }, getPrototypeOf() { ran++; return null; } });
      const { proxy, revoke } = Proxy.revocable({}, {}); revoke();
      const hostile = { get a() { ran++; return 1; }, toJSON() { ran++; }, then: undefined, get [Symbol.toStringTag]() { ran++; return 'x'; } };
      const thenable = { get then() { ran++; return undefined; } };
      class Odd { static get name() { ran++; return 'Odd'; } get length() { ran++; return 1; } }
      memprof.configure({ spike: 0 }); const shapes = [];
      memprof.on('spike', (r) => shapes.push(...r.arguments.map((a) => a.shape)));
      (async () => {
        for (const v of [trap, proxy, hostile, new Odd(), [trap], new Map([[trap, 1]]), new Set([hostile]), new Date(), Buffer.alloc(3), new Error('x'), null, undefined, 1n, Symbol('s'), () => 1, 'abc', [{ a: 1 }], Object.create(null), { 'a@b.c': 1 }]) fill2(v);
        await wait(Promise.resolve([hostile, trap])); 
        print({ ran, shapes });
      })();
      function fill2(v) { const $s = $mp.enter($t, 1); try { return $s.result = v; } finally { if ($s.exit()) { $s.arg = v; $s.explain(); } } }`),
  );
  assert.is(result.ran, 0);
  assert.equal(result.shapes, [
    'Proxy',
    'Proxy',
    '{a, toJSON, then}',
    '{}',
    'Array(1) of Proxy',
    'Map(1)',
    'Set(1)',
    'Date',
    'Buffer(3)',
    'Error',
    'null',
    'undefined',
    'bigint',
    'symbol',
    'function',
    'string(3)',
    'Array(1) of {a}',
    '{}',
    '{1 keys}',
  ]);
});

test.run();

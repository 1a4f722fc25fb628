// Code outside every measured function: charged to the call in whose async context it runs, where that is asked for.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMITTED } from '../support/emitted';
import { resultOf, runCode } from '../support/node';

// Helpers that nobody measures, which allocate 800 KB a time after an await, in a timer and in a microtask.
const HELPERS = `${EMITTED}
memprof.configure({ log: 'off', budget: '100%' });
const tick = (ms) => new Promise((ok) => setTimeout(ok, ms));
const piece = () => new Array(100_000).fill(1);
const helper = async (times) => { for (let i = 0; i < times; i++) { await tick(1); globalThis.kept = piece(); } };
const timers = (times) => new Promise((ok) => { const next = () => { globalThis.kept = piece(); --times > 0 ? setTimeout(next, 1) : ok(); }; setTimeout(next, 1); });
const chained = async (times) => { for (let i = 0; i < times; i++) { await null; globalThis.kept = piece(); } };
const PIECE = 800_016;
`;
const BODIES = `(async () => {
  for (let i = 0; i < 3; i++) { await wait(helper(1)); await load(1, 2, () => timers(1)); await hand(chained(1)); }
  memprof.reset();
  await Promise.all([...Array.from({ length: 8 }, () => wait(helper(10))), ...Array.from({ length: 4 }, () => load(1, 2, () => timers(5))), helper(20)]);
  const s = memprof.stats();
  print({ wait: of('wait').self, load: of('load').self, unowned: s.unowned, ...law() });
})();`;

type Answer = {
  wait: number;
  load: number;
  unowned: number;
  gap: number;
  unsummed: number;
  inFlight: number;
};
const PIECE = 800_016;

test('on: an unmeasured helper, also in timers, is charged to the call that started it', () => {
  // `wait` is handed a promise that its caller made: what runs for it is the caller's, which is nobody's.
  const answer = resultOf<Answer>(runCode(`${HELPERS}${BODIES}`, { env: { MEMPROF_CONTEXT: 'on' } }));
  assert.ok(Math.abs(answer.load - 4 * 5 * PIECE) < 0.02 * 4 * 5 * PIECE, `load: ${answer.load}`);
  assert.ok(answer.wait < 0.05 * 80 * PIECE, `wait: ${answer.wait}`);
  assert.ok(Math.abs(answer.unowned - 100 * PIECE) < 0.05 * 100 * PIECE, `unowned: ${answer.unowned}`);
  assert.equal([answer.gap, answer.unsummed, answer.inFlight], [0, 0, 0]);
});

test('off, which is the default, nobody owns it', () => {
  const answer = resultOf<Answer>(runCode(`${HELPERS}${BODIES}`));
  assert.ok(answer.load + answer.wait < PIECE, `${answer.load} ${answer.wait}`);
  assert.equal([answer.gap, answer.unsummed, answer.inFlight], [0, 0, 0]);
});

test('the program keeps its own contexts, call by call', () => {
  const told = resultOf<number[]>(
    runCode(
      `${HELPERS} const { AsyncLocalStorage } = require('node:async_hooks'); const own = new AsyncLocalStorage();
      const seen = []; (async () => {
        await Promise.all([1, 2, 3].map((n) => own.run(n, async () => { await load(1, 2, () => timers(2)); seen.push(own.getStore()); await wait(tick(1)); seen.push(own.getStore()); })));
        print(seen.sort()); })();`,
      { env: { MEMPROF_CONTEXT: 'on' } },
    ),
  );
  assert.equal(told, [1, 1, 2, 2, 3, 3]);
});

test("what goes on after the call has ended is nobody's, and it can be switched at run time", () => {
  const { self, later, afterwards } = resultOf<{ self: number; later: number; afterwards: number }>(
    runCode(`${HELPERS} memprof.configure({ context: 'on' }); (async () => {
      let left; await load(1, 2, () => { left = helper(10); return tick(5); });
      const self = of('load').self; await left; const later = of('load').self;
      memprof.configure({ context: 'off' }); await load(1, 2, () => timers(5));
      print({ self, later, afterwards: of('load').self }); })();`),
  );
  assert.ok(self > 0.9 * PIECE, `${self}`);
  assert.is(later, self);
  assert.ok(afterwards - later < 0.5 * PIECE, `${afterwards}`);
});

test.run();

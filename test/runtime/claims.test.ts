// Calls that wait at once for a driver that allocates in its own callbacks: who is billed, and how much.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EMITTED } from '../support/emitted';
import { ROOT, type Run, resultOf, runCode } from '../support/node';

// A driver that answers all that wait in one callback, with `n` strings of 160 bytes that it made there. `hand` awaits
// what it is given; `wait` and `load` do, too: three functions, each with its own fit.
const DRIVER = `${EMITTED}
memprof.configure({ log: 'off', budget: '100%' });
let queue = [];
const ask = (n) => new Promise((ok) => { queue.push([n, ok]); if (queue.length === 1) setTimeout(answer, 1); });
const answer = () => { const now = queue; queue = []; for (const [n, ok] of now) ok(strings(n)); };
const strings = (n) => Array.from({ length: n }, () => Buffer.from('k'.repeat(160)).toString());
const run = async (calls, flight, one) => { let next = 0; await Promise.all(Array.from({ length: flight }, async () => { while (next < calls) await one(next++); })); };
`;

// The middle of some processes: which call V8 gives a page to is a matter of chance. On Node 24 and 26 one process in
// seven is off by a tenth and more, so that the middle of three is no middle.
const middle = (processes: number, run: () => Run) =>
  Array.from({ length: processes }, () => resultOf<number>(run())).sort((a, b) => a - b)[processes >> 1];
const thrice = (run: () => Run) => middle(3, run);

test('calls whose results came in one callback share what was allocated in it', () => {
  for (const flight of [1, 8, 64, 500]) {
    // Nothing else runs: what nobody owned is the driver's, all of it for these calls.
    const share = middle(7, () =>
      runCode(`${DRIVER} (async () => { await run(${Math.max(1000, 12 * flight)}, ${flight}, () => wait(ask(100)));
          print(of('wait').awaited / memprof.stats().unowned); })();`),
    );
    assert.ok(share > 0.95 && share <= 1, `${flight} in flight: ${share} of what there was`);
  }
});

test('a fit that batch after batch of one size has taught stays a number, and right', () => {
  const { beginBatch, endBatch, joinBatch } = require(`${ROOT}/dist/runtime/batch.js`);
  const { foretell, newFit } = require(`${ROOT}/dist/runtime/fit.js`);
  const prior = {
    start: [8192, 3],
    doubt: [65536, 1.5],
    least: [0, 0],
    most: [Number.POSITIVE_INFINITY, 16],
    drift: 0.05,
  };
  for (let round = 0; round < 400; round++) {
    const fit = newFit(prior);
    const size = 1000 + 97 * round;
    const each = 4 * size;
    for (let batch = 0; batch < 12; batch++) {
      const members = 2 + ((round * 7 + batch * 31) % 600);
      beginBatch(fit, size, members * each, foretell(fit, size), each);
      for (let i = 1; i < members; i++) joinBatch(fit, size, 0);
      endBatch(prior, () => {});
    }
    const off = foretell(fit, size) / each - 1;
    assert.ok(Math.abs(off) < 0.1, `size ${size}: ${foretell(fit, size)} for ${each}`);
  }
});

test('a batch of which nothing was foretold teaches what was seen', () => {
  const { beginBatch, endBatch, joinBatch } = require(`${ROOT}/dist/runtime/batch.js`);
  const { C, foretell, newFit } = require(`${ROOT}/dist/runtime/fit.js`);
  const prior = { start: [0, 0], doubt: [65536, 1.5], least: [0, 0], most: [1e9, 16], drift: 0.05 };
  const fit = newFit(prior);
  beginBatch(fit, 0, 20_000, 0, 0);
  joinBatch(fit, 0, 0);
  endBatch(prior, () => {});
  assert.ok(fit[C] > 8000 && fit[C] < 12_000, `${foretell(fit, 0)} of 10000`);
});

test('calls of one batch are billed alike, however many', () => {
  const most = thrice(() =>
    runCode(`${DRIVER} (async () => { await run(6000, 500, () => wait(ask(100)));
        const before = of('wait'); let most = 0; memprof.on('call', (r) => (most = Math.max(most, r.awaited))); await run(1000, 500, () => wait(ask(100)));
        print(most / ((of('wait').awaited - before.awaited) / 1000)); })();`),
  );
  assert.ok(most < 1.3, `the costliest is billed ${most} times the middle`);
});

test('a value that was claimed is not claimed again, by whoever awaits it next', () => {
  const { first, others, unowned } = resultOf<{ first: number; others: number; unowned: number }>(
    runCode(`${DRIVER} (async () => {
      for (let i = 0; i < 20; i++) { const shared = ask(2000); await Promise.all([wait(shared), hand(shared).then(), load(1, 2, () => shared)]); }
      print({ first: of('wait').awaited, others: of('load').awaited, unowned: memprof.stats().unowned }); })();`),
  );
  assert.ok(first > 0.8 * unowned, `${first} of ${unowned}`);
  assert.ok(others < 0.1 * unowned, `${others} of ${unowned}`);
});

test('a bystander of large results is billed less than 64 KB', () => {
  const most = thrice(() =>
    runCode(`${DRIVER} const pause = () => new Promise((ok) => setTimeout(ok, 1)); (async () => {
      await run(300, 16, (i) => (i % 3 === 0 ? load(1, 2, () => ask(4000)) : wait(pause())));
      print(of('wait').max); })();`),
  );
  assert.ok(most < 64_000, `${most}`);
});

test('`for await` claims chunk by chunk, also of streams that are read at once', () => {
  // As the transformer writes it: `for await (const chunk of stream) seen += chunk.length`.
  const READ = `const $r = $mp.file('test/read.ts', [['read', 1, 1, ['stream'], [2, 2]]]);
    async function read(stream) { const $s = $mp.enter($r, 0); try { let seen = 0; try { for await (const chunk of ($s.in = stream, $s.suspend = 0, $s.out)) { $s.in = chunk; $s.reenter(); try { seen += chunk.length; } finally { $s.leave(1); } } } finally { $s.reenter(); } return $s.result = seen; } finally { if ($s.exit()) { $s.explain(); } } }
    const { Readable } = require('node:stream');
    const stream = (chunks) => { let left = chunks; return new Readable({ objectMode: true, highWaterMark: 1, read() { setTimeout(() => this.push(left-- > 0 ? strings(500) : null), 1); } }); };`;
  for (const flight of [1, 8]) {
    const { awaited, unowned } = resultOf<{ awaited: number; unowned: number }>(
      runCode(`${DRIVER}${READ} (async () => { await run(40, ${flight}, () => read(stream(20)));
        print({ awaited: of('read').awaited, unowned: memprof.stats().unowned }); })();`),
    );
    assert.ok(awaited > 0.85 * unowned && awaited <= unowned, `${flight} at once: ${awaited} of ${unowned}`);
  }
});

test.run();

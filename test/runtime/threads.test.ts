// Isolates: worker threads and the processes of a cluster that allocate at the same time. Each has an account of its
// own, which is true and is charged with nothing of the others; merged, they are the account of all.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { FunctionStats, Stats } from '../../runtime/stats';
import { EMITTED } from '../support/emitted';
import { near } from '../support/near';
import { resultOf, runCode } from '../support/node';

// `work` makes large arrays by `fill`, small ones by `tight` and some that are nobody's, in turn. `holds` is a call that
// goes on while its thread stands still.
const WORK = `${EMITTED}
const $w = $mp.file('test/work.ts', [['holds', 1, 0]]);
function holds(until) { const $s = $mp.enter($w, 0); try { until(); $s.result = void 0; } finally { if ($s.exit()) { $s.explain(); } } }
let kept;
const work = (rounds, each) => {
  for (let i = 0; i < rounds; i++) {
    fill(1e5);
    for (let k = 0; k < each; k++) tight(100);
    kept = new Array(2e4).fill(i);
  }
};
`;
const array = (n: number) => 16 + 8 * n + 32;
const env = { MEMPROF_BUDGET: '100%' };

const of = ({ functions }: Stats, name: string) =>
  functions.find((one) => one.name === name) as FunctionStats;

function lawHolds(account: Stats, what: string): void {
  assert.is(account.allocated, account.owned + account.unowned + account.overhead, `${what}: gap`);
  const sum = account.functions.reduce((bytes, one) => bytes + one.self, 0);
  assert.is(account.owned, sum, `${what}: unsummed`);
  assert.ok(account.awaited <= account.unowned, `${what}: claimed ${account.awaited} of ${account.unowned}`);
}

/** That an isolate that did `work(rounds, each)` says so, and nothing else. */
function didWork(account: Stats, rounds: number, each: number, what: string): void {
  lawHolds(account, what);
  const [fill, tight] = [of(account, 'fill'), of(account, 'tight')];
  assert.equal([fill.calls, tight.calls, account.inFlight], [rounds, rounds * each, 0], what);
  near(fill.self, rounds * array(1e5), `${what}, fill`);
  near(tight.self, rounds * each * array(100), `${what}, tight`);
  const truth = rounds * (array(1e5) + each * array(100) + array(2e4));
  near(account.owned + account.unowned, truth, `${what}, all of it`);
}

/** That the sum of the accounts is what `merge` makes of them. */
function sumsUp(all: Stats, accounts: Stats[]): void {
  lawHolds(all, 'merged');
  for (const key of ['allocated', 'owned', 'unowned', 'overhead', 'external', 'inFlight'] as const)
    assert.is(
      all[key],
      accounts.reduce((sum, one) => sum + one[key], 0),
      key,
    );
  for (const one of all.functions) {
    const parts = accounts.map((account) => of(account, one.name)).filter(Boolean);
    for (const key of ['calls', 'self', 'total', 'awaited'] as const)
      assert.is(
        one[key],
        parts.reduce((sum, part) => sum + part[key], 0),
        `${one.name}.${key}`,
      );
    assert.is(one.max, Math.max(...parts.map((part) => part.max)), `${one.name}.max`);
  }
}

test('worker threads that allocate at once: each account is true, the sum is theirs', () => {
  const { accounts, all } = resultOf<{ accounts: Stats[]; all: Stats }>(
    runCode(
      `const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
      ${WORK}
      // Slots of what the threads share: how many have come, how many have worked.
      const [COME, DONE] = [0, 1];
      const until = (shared, slot, count) => { for (let n; (n = Atomics.load(shared, slot)) < count; ) Atomics.wait(shared, slot, n); };
      const tell = (shared, slot) => { Atomics.add(shared, slot, 1); Atomics.notify(shared, slot); };
      if (isMainThread) {
        const shared = new Int32Array(new SharedArrayBuffer(8));
        (async () => {
          // A call of the main thread's waits for all of them.
          const accounts = await wait(Promise.all([0, 1, 2, 3].map((index) => new Promise((ok, no) =>
            new Worker(__filename, { workerData: { shared, index } }).on('message', ok).on('error', no)))));
          accounts.push(memprof.stats());
          print({ accounts, all: memprof.merge(...accounts) });
        })();
      } else {
        const { shared, index } = workerData;
        tell(shared, COME);
        until(shared, COME, 4);
        if (index === 3) holds(() => until(shared, DONE, 3));
        else { work(100 * (index + 2), 800); tell(shared, DONE); }
        parentPort.postMessage(memprof.stats());
      }`,
      { env },
    ),
  );
  const [holder, main] = accounts.slice(3);
  for (let i = 0; i < 3; i++) didWork(accounts[i], 100 * (i + 2), 800, `thread ${i}`);
  // While the others made a gigabyte.
  for (const [one, what] of [
    [holder, 'the thread that stood still'],
    [main, 'the main thread'],
  ] as const) {
    lawHolds(one, what);
    assert.ok(one.allocated < 4e6, `${what}: ${one.allocated}`);
    assert.is(of(one, 'fill'), undefined);
  }
  assert.ok(of(holder, 'holds').total < 64e3, `holds: ${of(holder, 'holds').total}`);
  sumsUp(all, accounts);
  assert.equal([of(all, 'fill').calls, of(all, 'tight').calls], [900, 720_000]);
  near(of(all, 'fill').self, 900 * array(1e5), 'merged, fill');
});

test('a worker that is terminated in the midst of a call leaves the others whole', () => {
  const { accounts, all, code } = resultOf<{ accounts: Stats[]; all: Stats; code: number }>(
    runCode(
      `const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
      ${WORK}
      const [RUNS, ENDED] = [0, 1];
      const until = (shared, slot) => { while (Atomics.load(shared, slot) === 0) Atomics.wait(shared, slot, 0); };
      const tell = (shared, slot) => { Atomics.store(shared, slot, 1); Atomics.notify(shared, slot); };
      if (isMainThread) {
        const shared = new Int32Array(new SharedArrayBuffer(8));
        const start = (index) => new Worker(__filename, { workerData: { shared, index } });
        (async () => {
          const endless = start(2);
          const others = [0, 1].map(start);
          const next = (worker) => new Promise((ok, no) => { worker.once('message', ok); worker.once('error', no); });
          await Promise.all(others.map(next));
          const code = await endless.terminate();
          const last = others.map(next);
          tell(shared, ENDED);
          work(200, 600);
          const accounts = [...(await Promise.all(last)), memprof.stats()];
          print({ accounts, all: memprof.merge(...accounts), code });
        })();
      } else {
        const { shared, index } = workerData;
        if (index === 2) holds(() => { for (;;) { work(2, 400); tell(shared, RUNS); } });
        // Half of it while that one works, half of it after its end.
        until(shared, RUNS);
        work(100, 600);
        parentPort.postMessage('half');
        until(shared, ENDED);
        work(100, 600);
        parentPort.postMessage(memprof.stats());
      }`,
      { env },
    ),
  );
  assert.is(code, 1);
  for (let i = 0; i < 2; i++) didWork(accounts[i], 200, 600, `thread ${i}`);
  lawHolds(accounts[2], 'the main thread');
  near(of(accounts[2], 'fill').self, 200 * array(1e5), 'the main thread, fill');
  near(of(accounts[2], 'tight').self, 120_000 * array(100), 'the main thread, tight');
  sumsUp(all, accounts);
});

test('the processes of a cluster send their accounts as JSON, and the primary merges them', () => {
  const { accounts, all } = resultOf<{ accounts: Stats[]; all: Stats }>(
    runCode(
      `const cluster = require('node:cluster');
      ${WORK}
      if (cluster.isPrimary) {
        const accounts = []; let ready = 0;
        for (const worker of [cluster.fork(), cluster.fork()]) worker.on('message', (message) => {
          if (message === 'ready' && ++ready === 2) for (const one of Object.values(cluster.workers)) one.send(one.id);
          if (message === 'ready') return;
          accounts[worker.id - 1] = message;
          worker.disconnect();
          if (accounts[0] && accounts[1]) { accounts.push(memprof.stats()); print({ accounts, all: memprof.merge(...accounts) }); }
        });
        fill(1000);
      } else {
        process.once('message', (id) => { work(100 * (id + 1), 800); process.send(memprof.stats()); });
        process.send('ready');
      }`,
      { env },
    ),
  );
  for (let i = 0; i < 2; i++) didWork(accounts[i], 100 * (i + 2), 800, `process ${i}`);
  lawHolds(accounts[2], 'the primary');
  assert.is(of(accounts[2], 'fill').calls, 1);
  assert.ok(accounts[2].allocated < 4e6, `the primary: ${accounts[2].allocated}`);
  sumsUp(all, accounts);
  near(of(all, 'fill').self, 500 * array(1e5), 'merged, fill');
});

test.run();

// Which stacks made what nobody owns: named with their place and in the right share, only where it is worth it, beside
// any profile that somebody else takes, and never at the cost of the account.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Stats, UnownedStack } from '../../runtime/api';
import { EMITTED } from '../support/emitted';
import { type RunOptions, resultOf, runCode } from '../support/node';

// The compiler never inlines a generator: each is a frame of its own. They make arrays of 16 + 8 n bytes, at least.
const HELPERS = `${EMITTED}
let kept;
function* makes(n) { kept = new Array(n).fill(1); }
function* alsoMakes(n) { kept = new Array(n).fill(1); }
function* inside(n) { kept = new Array(n).fill(1); }
const helper = (n) => makes(n).next();
const second = (n) => alsoMakes(n).next();
const $o = $mp.file('test/program.ts', [['owner', 1, 0, ['n']]]);
// Of another file, and never called.
$mp.file('test/other.ts', [['makes', 1, 0], ['helper', 2, 0]]);
function owner(key, n) { const $s = $mp.enter($o, 0); try { inside(n).next(); $s.result = void 0; } finally { if ($s.exit()) { $s.arg = n; $s.explain(); } } }
// JSON.parse calls it: a function that the compiler puts into its caller is on no stack.
const owns = (n) => JSON.parse(String(n), owner);
const inspects = () => process.moduleLoadList.includes('NativeModule inspector');
const sampled = () => { const { Session } = require('node:inspector'); const s = new Session(); s.connect(); let found; s.post('HeapProfiler.getSamplingProfile', (error) => { found = !error; }); return found; };
`;
const LINE = 1 + HELPERS.split('\n').findIndex((line) => line.startsWith('function* makes')) + 1;
// 480 MB by one, 160 MB by the other, 160 MB owned.
const UNCOVERED = `for (let i = 0; i < 2000; i++) { helper(30_000); second(10_000); owns(10_000); }`;

type Answer = { stats: Stats; law: { gap: number; unsummed: number } };
const ANSWER = 'print({ stats: memprof.stats(), law: law() });';
const run = (code: string, options: RunOptions = {}) => resultOf<Answer>(runCode(HELPERS + code, options));
const named = (stats: Stats, name: string) =>
  stats.unownedBy.find((one) => one.name === name) ??
  ({ share: 0, bytes: 0, stack: [], file: '', line: 0 } as Partial<UnownedStack> as UnownedStack);
const middle = (numbers: number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

test('what nobody owns is told by function, file and line, in its share; what is owned is not', () => {
  const answers = [1, 2, 3].map(() => run(`${UNCOVERED} ${ANSWER}`));
  for (const { stats, law } of answers) {
    const makes = named(stats, 'makes');
    assert.match(makes.file, /memprof-test-.*program\.cjs$/);
    assert.is(makes.line, LINE);
    assert.match(makes.stack[0], new RegExp(`^makes .*program\\.cjs:${LINE}$`));
    assert.match(makes.stack[1], /^helper /);
    assert.is(stats.unownedBy[0].name, 'makes');
    assert.ok(stats.unownedBy.length <= 10);
    // Neither the function that owns it nor what it calls.
    assert.equal([named(stats, 'owner').share, named(stats, 'inside').share], [0, 0]);
    const sum = stats.unownedBy.reduce((all, one) => all + one.bytes, 0);
    assert.ok(sum <= stats.unowned, `${sum} of ${stats.unowned}`);
    assert.equal([law.gap, law.unsummed], [0, 0]);
  }
  for (const [name, bytes] of [
    ['makes', 480e6],
    ['alsoMakes', 160e6],
  ] as const) {
    const off = middle(answers.map(({ stats }) => named(stats, name).share / (bytes / stats.unowned)));
    // The smaller one rests on a quarter of the samples.
    assert.ok(Math.abs(off - 1) < (bytes > 400e6 ? 0.15 : 0.3), `${name}: ${off} of its share`);
  }
});

test('the heap is collected for it where it is read, not by stats()', () => {
  const [asked, read, again, shown] = resultOf<[number, number, number, string]>(
    runCode(`${HELPERS} const v8 = require('node:v8');
      const majors = (work) => { const p = new v8.GCProfiler(); p.start(); work(); return p.stop().statistics.filter(({ gcType }) => gcType === 'MarkSweepCompact').length; };
      ${UNCOVERED} let stats;
      print([majors(() => { stats = memprof.stats(); }), majors(() => stats.unownedBy), majors(() => stats.unownedBy), require('node:util').inspect(stats)]);`),
  );
  assert.equal([asked, read > 0, again], [0, true, 0]);
  assert.match(shown, /unownedBy: \[\n +\{\n +name: 'makes'/);
});

test("each window is coarse enough to be cheap, and fine enough to tell before nobody's has doubled", () => {
  const windows = resultOf<[interval: number, unowned: number][]>(
    runCode(`${HELPERS} const { Session } = require('node:inspector'); const { post } = Session.prototype; const windows = [];
      let unowned = 0;
      Session.prototype.post = function (method, params, ...rest) {
        if (method === 'HeapProfiler.startSampling') windows.push([params.samplingInterval, unowned]);
        return post.call(this, method, params, ...rest);
      };
      while (windows.length < 4) { for (let i = 0; i < 500; i++) { helper(30_000); owns(1); } const stats = memprof.stats(); unowned = stats.unowned; stats.unownedBy; }
      print(windows);`),
  );
  assert.is(windows[0][0], 512 * 1024);
  // As it stood when last asked, up to 120 MB before.
  for (const [interval, unowned] of windows)
    assert.ok(interval <= Math.max(512 * 1024, (unowned + 120e6) / 256), `${interval} at ${unowned}`);
  assert.ok(windows[3][0] > windows[0][0], `${windows[3][0]}`);
});

test('a program that is covered, or short, loads no inspector', () => {
  const loaded = (code: string) =>
    resultOf<[boolean, number]>(
      runCode(`${HELPERS} ${code} print([inspects(), memprof.stats().unownedBy.length]);`),
    );
  assert.equal(loaded('for (let i = 0; i < 5000; i++) { owns(10_000); helper(2_000); }'), [false, 0]);
  assert.equal(loaded('for (let i = 0; i < 50; i++) { owns(1_000); helper(100_000); }'), [false, 0]);
  // What is sampled is covered, too: the account says so by estimates.
  assert.equal(loaded('for (let i = 0; i < 2e6; i++) { fill(100); }'), [false, 0]);
});

test('disable ends it, and keeps what is known; reset forgets it; enable begins anew', () => {
  const { off, again, forgotten, anew, gap } = resultOf(
    runCode(`${HELPERS} for (let i = 0; i < 600; i++) { helper(30_000); owns(10_000); }
      const on = sampled(); memprof.disable(); const { unownedBy } = memprof.stats();
      const off = [on, sampled(), unownedBy[0].name]; for (let i = 0; i < 2000; i++) { helper(10_000); owns(1); }
      memprof.stats(); off.push(sampled());
      memprof.enable(); for (let i = 0; i < 300; i++) { helper(30_000); owns(1); }
      const again = memprof.stats().unownedBy[0].name;
      memprof.reset(); const forgotten = [sampled(), memprof.stats().unownedBy.length];
      // Profiles are read at most so often: it allocates until there is one.
      do for (let i = 0; i < 500; i++) { second(30_000); owns(1); } while (memprof.stats().unownedBy.length === 0);
      print({ off, again, forgotten, anew: memprof.stats().unownedBy[0].name, ...law() });`),
  );
  assert.equal(off, [true, false, 'makes', false]);
  assert.equal([again, forgotten, anew, gap], ['makes', [false, 0], 'alsoMakes', 0]);
});

test("somebody else's profile stays theirs, and a debugger's port is left alone", () => {
  const { theirs, stats } = resultOf<{ theirs: number; stats: Stats }>(
    runCode(`${HELPERS} const { Session } = require('node:inspector'); const s = new Session(); s.connect();
      s.post('HeapProfiler.startSampling', { samplingInterval: 65536, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true });
      ${UNCOVERED} memprof.stats(); memprof.disable(); let theirs; s.post('HeapProfiler.stopSampling', (error, { profile }) => { theirs = profile.samples.length; });
      print({ theirs, stats: memprof.stats() });`),
  );
  // An array is one sample at most: 240 KB is one by 0.98, 80 KB by 0.7, so 2000 of the one and 4000 of the other are 4760.
  assert.ok(theirs > 4400, `${theirs} samples`);
  assert.equal(stats.unownedBy, []);
  const debugged = run(`${UNCOVERED} ${ANSWER}`, { flags: ['--inspect=127.0.0.1:0'] });
  assert.equal(debugged.stats.unownedBy, []);
});

test('where there is no inspector nothing is told and nothing fails', () => {
  const without = `process.getBuiltinModule = () => undefined;`;
  const { stats, law } = run(`${without} ${UNCOVERED} ${ANSWER}`);
  assert.equal([stats.unownedBy, law.gap], [[], 0]);
});

test('a method is known in its built file and in a bundle; another function of that name is not it', () => {
  const service = (path: string) => `
    const $f = $mp.file('${path}', [['FlightService.load', 2, 0, ['n']], ['FlightService.constructor', 3, 0]]);
    class FlightService { load(n) { const $s = $mp.enter($f, 0); try { if (n < 0) return this.load(n + 1); return $s.result = FlightService.rows(); } finally { if ($s.exit()) { $s.arg = n; $s.explain(); } } }
      static rows() { return Array.from({ length: 2000 }, (_, i) => ({ i })); } }
    const service = new FlightService();
    for (let i = 0; i < 3000; i++) { service.load(1); helper(30_000); }`;
  const built = run(`${service('src/flights/program.ts')} ${ANSWER}`);
  assert.equal(
    built.stats.unownedBy.slice(0, 1).map((one) => one.name),
    ['makes'],
  );
  assert.is(named(built.stats, 'rows').bytes, 0);
  // No table has this file's name. A function that is called as an instrumented one is taken for it then.
  const bundled = runCode(
    `${HELPERS.replaceAll("'test/program.ts'", "'test/elsewhere.ts'")} ${service('src/flights/flight.service.ts')} ${ANSWER}`,
  );
  const names = resultOf<Answer>(bundled).stats.unownedBy.map((one) => one.name);
  assert.not.ok(names.includes('rows') || names.includes('makes'), names.join());
});

test('in a worker, and however that ends', () => {
  const { names, code } = resultOf(
    runCode(`${HELPERS} const { Worker, isMainThread, parentPort } = require('node:worker_threads');
      if (isMainThread) { const w = new Worker(__filename); let names; w.once('message', (m) => { names = m; w.terminate().then((code) => print({ names, code })); }); }
      else { ${UNCOVERED} const names = memprof.stats().unownedBy.map((one) => one.name); for (let i = 0; i < 2000; i++) { helper(30_000); owns(1); } parentPort.postMessage(names); setInterval(() => {}, 1e4); }`),
  );
  assert.is(names[0], 'makes');
  assert.is(code, 1);
});

test('the log says it once, and not again before it is many times as much; off, it says nothing', () => {
  const lines = (log: string, code = UNCOVERED) =>
    runCode(`${HELPERS} ${code}`, { env: { MEMPROF_LOG: log, MEMPROF_SPIKE: '1GB' } })
      .stderr.split('\n')
      .filter((line) => line.includes('unownedBy'))
      .map((line) => JSON.parse(line));
  const told = lines('spikes');
  assert.is(told.length, 1);
  assert.is(told[0].level, 30);
  assert.ok(told[0].unowned >= 256e6);
  const [first, second] = told[0].msg.split('\n');
  assert.match(
    first,
    /^[78]\d % of what was allocated is nobody's: \d+\.\d MB that no instrumented function owned\. Select these functions, or set MEMPROF_CONTEXT=on$/,
  );
  assert.match(second, new RegExp(`^ +\\d+ % {2}~\\d+\\.\\d MB {2}makes {2}.*program\\.cjs:${LINE}$`));
  assert.ok(told[0].unownedBy.length <= 3);
  assert.equal(lines('off'), []);
  assert.equal(lines('spikes', 'for (let i = 0; i < 2000; i++) { helper(20_000); owns(30_000); }'), []);
});

test('switched off, or by default where a collection would take long, it loads nothing', () => {
  const large = 'const live = []; for (let i = 0; i < 40; i++) live.push(new Array(500_000).fill(i));';
  const tell =
    'const { unownedBy } = memprof.stats(); print({ told: unownedBy.length > 0, loaded: inspects() });';
  const ran = (code: string, stacks?: string) =>
    resultOf(runCode(HELPERS + code + tell, { env: { MEMPROF_STACKS: stacks } }));
  assert.equal(ran(UNCOVERED, 'off'), { told: false, loaded: false });
  assert.equal(ran(large + UNCOVERED), { told: false, loaded: false });
  assert.equal(ran(large + UNCOVERED, 'on'), { told: true, loaded: true });
});

test.run();

// Alerts of real programs: each rule by what it is about, who is told, what the process exits with, and that nothing is there
// where nobody asked.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from '../../cli/explain';
import { readRecordings } from '../../profile/read';
import { EMITTED } from '../support/emitted';
import { ROOT, type RunOptions, resultOf, runCode } from '../support/node';

const SIGNALS = `const { signals } = require(${JSON.stringify(join(ROOT, 'dist/runtime/alerts/signals.js'))});
const suspect = { name: 'keep', file: 'src/keep.ts', line: 8, bytes: 5e6, growth: 1e6, survivors: 40, confidence: 0.98, keptBy: null };`;

/** A program that goes on until an alert is told, at most for as long as no test waits, and prints what was. */
const UNTIL = `const got = []; let over; const until = new Promise((ok) => { over = ok; });
const stays = setTimeout(() => { over(); }, 60_000);
const isOver = (alert) => alert.state === 'raised';
let last = isOver;
memprof.on('alert', (alert) => { got.push(alert); if (last(alert)) { clearTimeout(stays); over(); } });`;

function program(code: string, { env, ...options }: RunOptions = {}) {
  return runCode(`${EMITTED} ${UNTIL} ${code}`, { ...options, env: { MEMPROF_ALERT_HOLD: '0', ...env } });
}

test('off: nothing is loaded, no timer, no listener; so too where nobody says anything', () => {
  for (const env of [
    {},
    { MEMPROF_ALERTS: 'off', MEMPROF_WEBHOOK: 'http://127.0.0.1:9/' },
    { MEMPROF_ALERTS: 'on', MEMPROF: 'off' },
    { MEMPROF_WEBHOOK: 'off', MEMPROF_ALERT_EXIT: '0' },
  ]) {
    const run = runCode(
      `${EMITTED} empty(); memprof.configure({ alerts: false });
      print({ loaded: Object.keys(require.cache).filter((file) => /runtime.alerts.(alerts|watch|webhook)|runtime.recorder/.test(file)),
        timers: process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout'), listeners: process.listenerCount('exit') });`,
      { env },
    );
    assert.equal(resultOf(run), { loaded: [], timers: [], listeners: 0 }, JSON.stringify(env));
    assert.is(run.stderr, '');
  }
  const nothing = runCode(
    `${EMITTED} empty(); print(Object.keys(require.cache).filter((file) => /runtime.alerts/.test(file)))`,
  );
  assert.equal(resultOf(nothing), []);
});

test('heap: real pressure under a limit, told to the log, listeners and the channel, and told when it is over', () => {
  const run = program(
    `const channel = []; require('node:diagnostics_channel').subscribe('memprof:alert', (alert) => channel.push(alert));
    last = (alert) => { kept.length = 0; gc(); return alert.state === 'recovered'; };
    const kept = []; while (process.memoryUsage().heapUsed < 75e6) kept.push(new Array(100_000).fill({}));
    until.then(() => print({ got, channel, ...law() }));`,
    {
      flags: ['--max-old-space-size=100', '--expose-gc'],
      env: { MEMPROF_ALERTS: 'heap>60%', MEMPROF_LOG: 'spikes' },
    },
  );
  const { got, channel, gap, unsummed } = resultOf(run);
  assert.equal(
    got.map(({ rule, state, unit, threshold }: any) => [rule, state, unit, threshold]),
    [
      ['heap', 'raised', 'share', 0.6],
      ['heap', 'recovered', 'share', 0.6],
    ],
  );
  assert.ok(got[0].value > 0.6 && got[0].value < 1.2 && got[1].value < 0.54);
  assert.equal(channel, got);
  assert.equal([gap, unsummed], [0, 0]);
  const lines = run.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(
    lines.map(({ level, alert, state, msg }) => [level, alert, state, msg]),
    [
      [40, 'heap', 'raised', `alert ${got[0].message}`],
      [30, 'heap', 'recovered', `alert ${got[1].message}`],
    ],
  );
});

test('rss: held against the limit that MEMPROF_RSS_LIMIT gives, or a size', () => {
  const fill =
    'globalThis.kept = []; for (let n = 0; n < 12; n++) kept.push(Buffer.alloc(10e6, 1)); until.then(() => print(got));';
  const [share] = resultOf(program(fill, { env: { MEMPROF_ALERTS: 'rss>50%', MEMPROF_RSS_LIMIT: '240MB' } }));
  assert.equal([share.rule, share.unit], ['rss', 'share']);
  assert.ok(share.value > 0.5 && share.value < 2);
  assert.match(share.message, /of the limit by MEMPROF_RSS_LIMIT \(240\.0 MB\), over 50%$/);
  const [size] = resultOf(program(fill, { env: { MEMPROF_ALERTS: 'rss>120MB' } }));
  assert.ok(size.unit === 'bytes' && size.value > 120e6);
});

test('spike: a real one, once for each function within the hold-off', () => {
  const run = program(
    'for (let n = 0; n < 3; n++) fill(1e6); tight(1e6); print(got.map((one) => [one.rule, one.function, one.threshold])); over(); clearTimeout(stays);',
    {
      env: { MEMPROF_ALERTS: 'spike', MEMPROF_SPIKE: '1MB' },
    },
  );
  assert.equal(resultOf(run), [
    ['spike', { name: 'fill', file: 'test/program.ts', line: 2 }, 1e6],
    ['spike', { name: 'tight', file: 'test/program.ts', line: 10 }, 1000],
  ]);
});

test('slope and leak: what was found out is asked for, and asking is on no function, nor nobody', () => {
  const run = program(
    `${SIGNALS} fill(1000); const before = memprof.stats();
    signals.growth = () => ({ slope: 3e6, low: 2e6, high: 4e6, confidence: 0.99 });
    signals.suspects = () => { for (let n = 0; n < 10; n++) globalThis.junk = new Array(1e6).fill(n); return [suspect]; };
    last = () => got.length === 2;
    until.then(() => { const { owned, unowned, overhead } = memprof.stats(); print({ got, owned: owned - before.owned, unowned: unowned - before.unowned, overhead: overhead - before.overhead, ...law() }); });`,
    { env: { MEMPROF_ALERTS: 'slope>1MB/min, leak' } },
  );
  const { got, owned, unowned, overhead, gap } = resultOf(run);
  assert.equal(
    got.map(({ rule, value, unit }: any) => [rule, value, unit]),
    [
      ['slope', 3e6, 'bytes/min'],
      ['leak', 5e6, 'bytes'],
    ],
  );
  assert.equal(got[1].function, { name: 'keep', file: 'src/keep.ts', line: 8 });
  assert.is(owned, 0);
  assert.ok(overhead > 79e6, `memprof's own: ${overhead}`);
  assert.ok(unowned < 1e6, `nobody's: ${unowned}`);
  assert.is(gap, 0);
});

test("unowned: what nobody's code allocates", () => {
  const run = program(
    `fill(10); const work = setInterval(() => { globalThis.junk = new Array(1e6).fill(1); }, 50);
    until.then(() => { clearInterval(work); print({ got, ...law() }); });`,
    { env: { MEMPROF_ALERTS: 'unowned>50%' } },
  );
  const { got, gap } = resultOf(run);
  assert.equal([got[0].rule, got[0].unit, gap], ['unowned', 'share', 0]);
  assert.ok(got[0].value > 0.9 && got[0].value <= 1, `${got[0].value}`);
});

test('a rule that can never be raised here is told, the others are watched; the default ones are silent', () => {
  const code = `const fs = require('node:fs'); const read = fs.readFileSync; fs.readFileSync = (file, ...rest) => { if (String(file).startsWith('/proc/self/cgroup')) throw new Error('none'); return read(file, ...rest); };
    const memprof = require('memprof'); memprof.configure({ alerts: ALERTS });`;
  const named = runCode(code.replace('ALERTS', '"rss>90%, spike"'));
  assert.match(
    named.stderr,
    /MEMPROF_W_ALERT\] memprof: the alert rule rss is never raised here: no limit of the resident size is known/,
  );
  assert.is(runCode(code.replace('ALERTS', '"on"')).stderr, '');
});

test('configure: a bad rule changes nothing and is named; a new set takes the place of the old one; off ends it', () => {
  const result = resultOf(
    program(`clearTimeout(stays); let error; memprof.configure({ spike: '1MB', alerts: 'spike' });
      try { memprof.configure({ spike: '2MB', alerts: 'spike, heep>5%' }); } catch (e) { error = [e.code, e.message]; }
      let hook; try { memprof.configure({ alerts: { webhook: 'ftp://a.example/SECRET' } }); } catch (e) { hook = e.message; }
      fill(1e6); const first = got.length; memprof.configure({ alerts: { rules: 'heap>99%' } }); tight(1e6); const second = got.length;
      memprof.configure({ alerts: { rules: ['spike'] } }); fill(1e6); const third = got.length;
      memprof.configure({ alerts: 'off' }); tight(1e6);
      print({ error, hook, first, second, third, last: got.length, timers: process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout') });`),
  );
  assert.is(result.error[0], 'MEMPROF_E_CONFIGURE');
  assert.match(result.error[1], /"alerts" is "heep>5%"\. Allowed: on, off, or a list of heap>85%/);
  assert.match(result.hook, /"alerts\.webhook" is "string"\. Allowed: a URL that begins with https/);
  assert.not.match(result.hook, /SECRET/);
  assert.equal([result.first, result.second, result.third, result.last, result.timers], [1, 1, 2, 2, []]);
});

test('a listener or a logger that throws reaches nobody', () => {
  const run = program(
    `memprof.on('alert', () => { throw new Error('mine'); }); memprof.configure({ logger: { info() {}, warn() { throw new Error('log'); } } });
    fill(1e6); clearTimeout(stays); print(got.length);`,
    { env: { MEMPROF_ALERTS: 'spike', MEMPROF_SPIKE: '1MB', MEMPROF_LOG: 'spikes' } },
  );
  assert.equal([resultOf(run), run.status], [1, 0]);
  assert.match(run.stderr, /a listener of memprof\.on\("alert"\) threw: "mine"/);
});

const ENDS: [name: string, code: string, status: number][] = [
  ['nothing is left to do', '', 3],
  ['process.exit()', 'process.exit()', 3],
  ['process.exit(0)', 'process.exit(0)', 3],
  ['process.exitCode = 0', 'process.exitCode = 0', 3],
  ['its own exit code', 'process.exitCode = 7', 7],
  ['process.exit(5)', 'process.exit(5)', 5],
  ['an exception', 'throw new Error("mine")', 1],
  ['a rejection', 'Promise.reject(new Error("mine"))', 1],
  [
    'a signal that it listens for',
    'process.on("SIGTERM", () => process.exit(0)); setTimeout(() => {}, 60_000); process.kill(process.pid, "SIGTERM")',
    3,
  ],
];

test('exit code: where an alert was raised, 0 becomes it, on each way out; another status stays', () => {
  for (const [name, code, status] of ENDS) {
    const env = { MEMPROF_ALERTS: 'spike', MEMPROF_SPIKE: '1MB', MEMPROF_ALERT_EXIT: '3' };
    const run = runCode(`${EMITTED} fill(1e6); ${code}`, { env });
    assert.equal([run.status, run.signal], [status, null], `${name}: ${run.stderr}`);
  }
});

test('exit code: none where none was raised or asked for; a suspect of the last moment counts', () => {
  const status = (code: string, env: Record<string, string>) =>
    runCode(`${EMITTED} ${code}`, { env: { MEMPROF_SPIKE: '1MB', ...env } }).status;
  assert.is(status('empty();', { MEMPROF_ALERTS: 'spike', MEMPROF_ALERT_EXIT: '3' }), 0);
  assert.is(status('fill(1e6);', { MEMPROF_ALERTS: 'spike' }), 0);
  assert.is(status('fill(1e6);', { MEMPROF_ALERT_EXIT: '3' }), 3);
  assert.is(status('memprof.configure({ alerts: { rules: "spike", exitCode: 4 } }); fill(1e6);', {}), 4);
  assert.is(
    status('fill(1e6); memprof.configure({ alerts: { exitCode: false } });', { MEMPROF_ALERT_EXIT: '3' }),
    0,
  );
  assert.is(
    status(`${SIGNALS} signals.suspects = () => [suspect];`, {
      MEMPROF_ALERTS: 'leak',
      MEMPROF_ALERT_EXIT: '3',
    }),
    3,
  );
  assert.is(
    status('process.kill(process.pid, "SIGKILL");', { MEMPROF_ALERTS: 'spike', MEMPROF_ALERT_EXIT: '3' }),
    null,
  );
});

test('a recording has a line for each, and explain tells the last ones; the exit code is the one that it was', () => {
  const folder = mkdtempSync(join(tmpdir(), 'memprof-alerts-'));
  try {
    const run = program(
      `${SIGNALS} signals.suspects = () => [suspect]; last = ({ rule }) => rule === 'leak'; fill(1e6); until.then(() => print(got));`,
      {
        env: {
          MEMPROF_ALERTS: 'spike, leak',
          MEMPROF_SPIKE: '1MB',
          MEMPROF_RECORD: folder,
          MEMPROF_ALERT_EXIT: '3',
        },
      },
    );
    const got = resultOf(run);
    assert.is(run.status, 3);
    const [recording] = readRecordings([folder]);
    assert.equal(
      recording.alerts.map(({ at, ...one }) => one),
      // How certain it is stands in the line of the suspects.
      got.map(({ function: { name, file, line }, at, confidence: _, ...one }: any) => ({
        ...one,
        place: [name, file, line],
      })),
    );
    assert.is(recording.end?.code, 3);
    assert.match(
      explain([recording]),
      /alerts, the last one first:\n {2}leak: keep is a suspect: .* src\/keep\.ts:8 {2}at .*\n {2}spike: a call of fill allocated 8\.0 MB, over 1\.0 MB {2}test\/program\.ts:2 {2}at /,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a worker thread watches its own heap, and leaves the process its resident size and its exit code', () => {
  const run = runCode(
    `${EMITTED} const { Worker } = require('node:worker_threads');
    const worker = new Worker(\`const { parentPort } = require('node:worker_threads'); const memprof = require(\${JSON.stringify(require.resolve('memprof'))});
      const stays = setTimeout(() => {}, 60_000); memprof.on('alert', ({ rule }) => { clearTimeout(stays); parentPort.postMessage(rule); });\`, { eval: true });
    worker.on('message', (rule) => console.log(rule)); worker.on('exit', (code) => console.log(code));`,
    {
      env: {
        MEMPROF_ALERTS: 'rss>1MB for 0s, heap>1MB for 500ms',
        MEMPROF_ALERT_EXIT: '3',
        MEMPROF_LOG: 'off',
      },
    },
  );
  assert.equal(run.stdout.trim().split('\n'), ['heap', '0']);
});

test.run();

// What a user reads: the classical line with the true figures beside it, the rate limit and its count,
// the spike that tells its whole story, on stderr, in every way a process can end.

import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatSize } from '../../contract/size';
import { EMITTED } from '../support/emitted';
import { resultOf, runCode } from '../support/node';

const records = (stderr: string) =>
  stderr
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const ROWS = `const rows = (n) => Array.from({ length: n }, (_, i) => ({ id: i, providerId: 'p' + i, bookingCode: 'SECRET' + i, price: i + 0.5, from: 'a' + i, to: 'b' + i }));
const later = (make) => new Promise((ok) => setImmediate(() => ok(make())));`;

test('a finished call is an info line in the classical form, the true figure beside it, on stderr', () => {
  const { stdout, stderr } = runCode(`${EMITTED} fill(1e6);`, { env: { MEMPROF_LOG: 'all' } });
  assert.is(stdout, '');
  const [line] = records(stderr);
  assert.is(line.level, 30);
  assert.is(line.name, 'memprof');
  assert.is(line.kind, 'sync');
  assert.is(line.function, 'fill');
  assert.ok(line.self > 7_950_000 && line.self < 8_080_000, `self ${line.self}`);
  assert.is(line.allocated, line.total + line.awaited);
  for (const key of ['startMemory', 'endMemory', 'memoryConsumed', 'executionTime'])
    assert.type(line[key], 'number');
  assert.is(line.memoryConsumed, line.endMemory - line.startMemory);
  // The very figure beside it, as a person reads it.
  assert.is(/^fill allocated (.+) in .* ms, heapUsed /.exec(line.msg)?.[1], formatSize(line.allocated));
});

test('a hot function cannot flood the log, and what was left out is counted to the last line', () => {
  const { stderr } = runCode(`${EMITTED} for (let i = 0; i < 10_000; i++) empty();`, {
    env: { MEMPROF_LOG: 'all' },
  });
  const lines = records(stderr);
  const told = lines.filter((line) => line.function === 'empty').length;
  const leftOut = lines.reduce((sum, line) => sum + (line.leftOut ?? 0), 0);
  assert.ok(told < 20, `${told} lines`);
  assert.is(told + leftOut, 10_000);
});

test('a spike tells its story: function, place, arguments, what it awaited, what it returned', () => {
  const { stderr } = runCode(
    `${EMITTED} ${ROWS} (async () => { const r = await load('PROVIDER-1234', undefined, () => later(() => rows(60_000))); globalThis.keep = r; })();`,
    { env: { MEMPROF_LOG: 'spikes', MEMPROF_SPIKE: '5MB' } },
  );
  const [line, ...rest] = records(stderr);
  assert.is(rest.length, 0);
  assert.is(line.level, 40);
  assert.is(line.function, 'load');
  const text = line.msg.split('\n');
  assert.match(
    text[0],
    /^load allocated ~\d+\.\d MB in .* \(no other call in flight\) {2}test\/program\.ts:5$/,
  );
  assert.is(text[1], '     arguments  id: string(13), code: undefined');
  assert.match(
    text[2],
    /^ {5}awaited {4}line 51: Array\(60000\) of \{id, providerId, bookingCode, price, \.\.\. 6 keys\}, ~\d+\.\d MB$/,
  );
  assert.is(text[3], '     returned   the same Array(60000)');
  assert.not.match(stderr, /SECRET|PROVIDER-1234/);
  assert.equal(line.arguments, [
    { name: 'id', shape: 'string(13)' },
    { name: 'code', shape: 'undefined' },
  ]);
});

test('an async function that hands its promise on is told when that settles', () => {
  const { stderr, stdout } = runCode(
    `${EMITTED} ${ROWS} (async () => { const p = later(() => rows(60_000)); const r = await hand(p); print({ n: r.length, ...of('hand') }); })();`,
    { env: { MEMPROF_LOG: 'spikes', MEMPROF_SPIKE: '5MB' } },
  );
  const [line] = records(stderr);
  assert.is(line.function, 'hand');
  assert.match(line.msg, /awaited {4}line 6: Array\(60000\)/);
  assert.match(line.msg, /arguments {2}p: Promise/);
  const one = JSON.parse(stdout);
  assert.equal([one.n, one.calls, one.errors], [60_000, 1, 0]);
  assert.ok(one.awaited > 5e6);
});

test('a tag has its own threshold, and a spike that was told is none of its caller', () => {
  const { stderr } = runCode(
    `${EMITTED} 
     const outer = memprof.track('outer', () => { tight(10_000); });
     outer(); tight(1); fill(1e6);`,
    { env: { MEMPROF_LOG: 'spikes', MEMPROF_SPIKE: '1MB' } },
  );
  assert.equal(
    records(stderr).map((line) => line.function),
    ['tight', 'fill'],
  );
});

test('many children below the threshold make a spike of their caller', () => {
  const { stderr } = runCode(
    `${EMITTED} memprof.track('outer', () => { for (let i = 0; i < 30; i++) fill(5000); })();`,
    { env: { MEMPROF_LOG: 'spikes', MEMPROF_SPIKE: '1MB' } },
  );
  assert.equal(
    records(stderr).map((line) => line.function),
    ['outer'],
  );
});

test("a user's own logger gets the records, and one that throws does not reach the call", () => {
  const own = runCode(`${EMITTED}
    const got = []; memprof.configure({ log: 'all', spike: '1MB', logger: { info: (o, m) => got.push(['info', o.function, m]), warn: (o, m) => got.push(['warn', o.function, m]) } });
    empty(); fill(1e6); print({ got, pino: Object.keys(require.cache).some((k) => /node_modules.pino/.test(k)) });`);
  const { got, pino } = resultOf(own);
  assert.equal(
    got.map(([level, name]: string[]) => `${level} ${name}`),
    ['info empty', 'warn fill'],
  );
  assert.is(pino, false);
  const bad = runCode(`${EMITTED}
    memprof.configure({ log: 'all', logger: { info() { throw new Error('disk full'); }, warn() { throw 1; } } });
    memprof.on('call', () => { throw new Error('listener'); });
    for (let i = 0; i < 3; i++) fill(10); print({ calls: of('fill').calls });`);
  assert.is(resultOf(bad).calls, 3);
  assert.is(bad.status, 0);
  assert.is(bad.stderr.match(/MEMPROF_W_LISTENER/g)?.length, 1);
  assert.is(bad.stderr.match(/MEMPROF_W_LOGGER/g)?.length, 1);
});

test('the last line is there however the process ends, and nothing else changes', () => {
  const ends: [string, string, number | null, string | null][] = [
    ['normal', '', 0, null],
    ['exit', 'process.exit(3);', 3, null],
    ['throw', "throw new Error('top');", 1, null],
    ['reject', "Promise.reject(new Error('top'));", 1, null],
    ['sigterm', "process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 1e4);", null, 'SIGTERM'],
    ['abort', 'process.abort();', null, 'SIGABRT'],
  ];
  for (const [name, code, status, signal] of ends) {
    const run = runCode(`${EMITTED} fill(1000); console.log('out'); ${code}`, {
      env: { MEMPROF_LOG: 'all' },
    });
    assert.equal([run.status, run.signal], [status, signal], name);
    assert.is(run.stdout, 'out\n', name);
    const lines = run.stderr.split('\n').filter((line) => line.startsWith('{'));
    assert.is(lines.filter((line) => JSON.parse(line).function === 'fill').length, 1, name);
    assert.not.match(run.stderr, /sonic|MEMPROF_W/, name);
  }
});

test('levels: off writes nothing and loads nothing, spikes only spikes', () => {
  const loaded = `print(Object.keys(require.cache).filter((k) => /node_modules.(pino|sonic|thread)/.test(k)).length)`;
  const off = runCode(`${EMITTED} fill(1e7); ${loaded}`, { env: { MEMPROF_LOG: 'off' } });
  assert.equal([off.stderr, resultOf(off)], ['', 0]);
  const spikes = runCode(`${EMITTED} fill(10); ${loaded}`, { env: { MEMPROF_LOG: 'spikes' } });
  assert.equal([spikes.stderr, resultOf(spikes)], ['', 0]);
});

test('on a terminal the line is a coloured sentence', () => {
  const folder = mkdtempSync(join(tmpdir(), 'memprof-tty-'));
  const out = join(folder, 'typescript');
  // `script` gives the program a terminal of its own.
  const run = runCode(
    `const { spawnSync } = require('node:child_process'); const fs = require('node:fs');
     fs.writeFileSync(${JSON.stringify(join(folder, 'p.cjs'))}, ${JSON.stringify(`const { createRequire } = require('node:module'); require = createRequire(${JSON.stringify(join(__dirname, '..', '..', 'package.json'))});\n${EMITTED} fill(1e7);`)});
     const r = spawnSync('script', ['-qec', process.execPath + ' ' + ${JSON.stringify(join(folder, 'p.cjs'))}, ${JSON.stringify(out)}], { encoding: 'utf8', env: { ...process.env, TERM: 'xterm' } });
     console.log(JSON.stringify({ status: r.status, error: String(r.error ?? '') }));`,
    { env: { MEMPROF_LOG: 'all' } },
  );
  assert.equal(resultOf(run), { status: 0, error: '' });
  const text = readFileSync(out, 'utf8');
  assert.match(text, new RegExp(`${String.fromCharCode(27)}\\[\\d+mWARN`));
  const told = Number(/fill allocated (\d+\.\d) MB in /.exec(text)?.[1]);
  assert.ok(told > 79.2 && told < 80.8, text);
  assert.match(text, /arguments {2}n: number/);
  assert.not.match(text, /"function"/);
});

test.run();

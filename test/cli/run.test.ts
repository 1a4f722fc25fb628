// `memprof run`: it changes nothing of a program but that it is recorded, ends as the program does, and says why it died
// where it did. The recordings are written by the programs of these tests.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../support/node';
import { flying, memory, recordingOf, summed } from './recordings';
import { Folder } from './support';

// Programs here write their recordings themselves, and hear nothing of what is not instrumented.
const OFF = { MEMPROF: 'off', MEMPROF_STRIP: '1' };
const MAIN = path.join(ROOT, 'dist/cli/main.js');
const STORY = recordingOf([
  ['sums', 1000, [summed(3, 1000, { self: 5000 })]],
  memory(1000, 200, 1, 300),
  ['flight', 1900, 'heap 95%', [flying(2, 1, 1000, { self: 700 })], 0],
  memory(1900, 950, 1, 1000),
]);
// A program that leaves the story as its own, with what is changed in the first line, and then does what its arguments say.
const PROGRAM = `
const fs = require('node:fs');
const path = require('node:path');
function leave(changes) {
  const [first, ...lines] = fs.readFileSync(path.join(__dirname, 'story.jsonl'), 'utf8').split('\\n');
  const header = { ...JSON.parse(first), start: Date.now(), pid: process.pid, parent: process.ppid, ...changes };
  const folder = process.env.MEMPROF_RECORD;
  fs.mkdirSync(folder, { recursive: true });
  const file = path.join(folder, ['memprof', header.start, header.pid, header.thread].join('-') + '.jsonl');
  fs.writeFileSync(file, [JSON.stringify(header), ...lines].join('\\n'));
}
const [how, what] = process.argv.slice(2);
if (how === 'say') process.stdout.write(JSON.stringify([process.argv.slice(2), process.execArgv, process.env.MEMPROF_RECORD, process.env.MEMPROF_INSTRUMENT ?? null]));
if (how === 'copy') process.stdin.pipe(process.stdout);
if (how === 'exit') process.exitCode = Number(what);
if (how === 'die') {
  leave({});
  leave({ pid: 1e9, parent: process.pid, start: 1000, script: '/app/long-ago.js' });
  leave({ pid: 1e9 + 1, parent: 1, script: '/app/another.js' });
  leave({ pid: 1e9 + 2, parent: process.pid, script: '/app/child.js', heapLimit: 1e12 });
  leave({ pid: 1e9 + 3, parent: 1e9 + 2, script: '/app/grandchild.js', heapLimit: 1e12 });
}
if (how === 'die' || how === 'kill') process.kill(process.pid, what);
if (how === 'wait') {
  process.on(what, () => {
    console.log('got it');
    process.exitCode = 7;
    clearInterval(timer);
  });
  const timer = setInterval(() => {}, 1000);
  console.log('ready');
}
if (how === 'idle') {
  setInterval(() => {}, 1000);
  console.log('ready');
}
`;
const program = (more: Record<string, string> = {}) =>
  new Folder({ 'app.js': PROGRAM, 'story.jsonl': STORY, ...more });

interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** Runs a command; `child` is called once its first line is there. */
function started(
  folder: Folder,
  args: string[],
  {
    env = OFF,
    input,
    ready,
    group,
  }: { env?: NodeJS.ProcessEnv; input?: Buffer; ready?: (pid: number) => void; group?: string } = {},
): Promise<Ended> {
  const {
    MEMPROF: _,
    MEMPROF_RECORD: __,
    MEMPROF_INSTRUMENT: ___,
    NODE_OPTIONS: ____,
    ...rest
  } = process.env;
  const command = [process.execPath, MAIN, 'run', ...args];
  const [file, ...words] = group ? ['sh', '-c', 'echo $$ > "$0"; exec "$@"', group, ...command] : command;
  const child: ChildProcessWithoutNullStreams = spawn(file, words, {
    cwd: folder.path,
    env: { ...rest, ...env },
    // A group of its own, and no terminal: as a supervisor starts it.
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('latin1').on('data', (text) => {
    if (stdout === '') ready?.(child.pid as number);
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  child.stdin.end(input);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

test("exit codes are the program's, and nothing is printed", async () => {
  const folder = program();
  for (const code of [0, 3, 255]) {
    const ran = await started(folder, ['app.js', 'exit', String(code)]);
    assert.equal(ran, { code, signal: null, stdout: '', stderr: '' });
  }
});

test('arguments after the program are its own; options before it reach Node and the environment', async () => {
  const folder = program();
  const own = ['say', '--help', '--record', 'x', '-h', '--', '--node-arg=1', '', 'a b', '--instrument'];
  const said = async (args: string[], env?: NodeJS.ProcessEnv) =>
    JSON.parse((await started(folder, args, { env: { ...OFF, ...env } })).stdout);
  const [args, flags, record, instrument] = await said(['app.js', ...own]);
  assert.equal([args, record, instrument], [own, path.join(folder.path, '.memprof'), null]);
  assert.is(flags[0], '--import');
  assert.match(flags[1], /^file:.*\/dist\/integrations\/register\.js$/);
  assert.is(flags.length, 2);
  const given = ['--node-arg', '--no-warnings', '--node-arg=--stack-size=900', '--record', 'a/b'];
  const [, more, there, globs] = await said(
    [...given, '--instrument', 'src/**', '--instrument=!**/*.spec.js', '--', 'app.js', 'say'],
    { MEMPROF_INSTRUMENT: 'lib/**' },
  );
  assert.equal(more.slice(0, 2), ['--no-warnings', '--stack-size=900']);
  assert.equal([there, globs], [path.join(folder.path, 'a/b'), 'src/**\n!**/*.spec.js']);
  const [, , kept, before] = await said(['app.js', 'say'], {
    MEMPROF_INSTRUMENT: 'lib/**',
    MEMPROF_RECORD: 'rec',
  });
  assert.equal([kept, before], [path.join(folder.path, 'rec'), 'lib/**']);
  assert.is(
    (await said(['app.js', 'say'], { MEMPROF_RECORD: 'off' }))[2],
    path.join(folder.path, '.memprof'),
  );
});

test('a program that has no memprof of its own is measured by the one that runs it', () => {
  const common = {
    'a.js': 'const { load } = require("./src/b.js"); console.log(load(2));',
    'src/b.js': 'exports.load = function load(n) { return new Array(n).fill(1).length; };',
  };
  const module = {
    'package.json': { type: 'module' },
    'a.js': 'import { load } from "./src/b.js"; console.log(load(2));',
    'src/b.js': 'export function load(n) { return new Array(n).fill(1).length; }',
  };
  for (const files of [common, module]) {
    const folder = new Folder(files);
    fs.rmSync(path.join(folder.path, 'node_modules/memprof'));
    const { status, stdout, stderr } = folder.memprof(['run', '--instrument', 'src/**', 'a.js']);
    assert.equal([status, stdout, stderr], [0, '2\n', '']);
    assert.match(folder.memprof(['explain']).stdout, /load {2}src\/b\.js:1 {2}1 calls/);
    // Else all is as it was.
    fs.writeFileSync(path.join(folder.path, 'c.cjs'), 'require("memprof");');
    const other = folder.memprof(['run', '--instrument', 'src/**', 'c.cjs']);
    assert.is(other.status, 1);
    assert.match(other.stderr, "Cannot find module 'memprof'");
  }
});

test('--instrument takes braces with commas', async () => {
  const folder = program({
    'src/a.js': 'module.exports = function load() { return 1; };',
    'b.js':
      'const load = require("./src/a.js"); process.stdout.write(String(/\\$mp/.test(String(load))) + load());',
  });
  for (const glob of ['src/*.{ts,js}', 'lib/**,src/{a,b}.{ts,js}'])
    assert.is((await started(folder, ['--instrument', glob, 'b.js'], { env: {} })).stdout, 'true1', glob);
});

test('a worker thread that dies of its own limit is explained, though the program ends with a status', async () => {
  const folder = program({
    'main.js': `const { Worker } = require('node:worker_threads');
      new Worker('./worker.js', { resourceLimits: { maxOldGenerationSizeMb: 60, maxYoungGenerationSizeMb: 8 } });`,
    'worker.js': `const kept = [];
      function remember(key) { kept.push(new Array(10_000).fill(key)); }
      setInterval(() => { for (let i = 0; i < 2; i++) remember(i); }, 1);`,
    'plain.js': 'throw new Error("of the program")',
  });
  const { code, stderr } = await started(folder, ['--instrument', '*.js', 'main.js'], { env: {} });
  assert.is(code, 1);
  assert.match(stderr, 'ERR_WORKER_OUT_OF_MEMORY');
  assert.match(stderr, /^memprof: worker\.js \(pid \d+, thread \d+\) has no last line/m);
  assert.match(stderr, /^(the culprit|the most memory): remember {2}worker\.js:2 /m);
  const plain = await started(folder, ['--instrument', '*.js', 'plain.js'], { env: {} });
  assert.is(plain.code, 1);
  assert.not.match(plain.stderr, /^memprof: /m);
});

/** A control group of so many bytes, by its file of processes; `undefined` where none can be made. */
function controlGroup(bytes: number): { procs: string; remove(): void } | undefined {
  for (const [root, limit] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
    ['/sys/fs/cgroup', 'memory.max'],
  ]) {
    const group = path.join(root, `memprof-test-${process.pid}`);
    try {
      if (!fs.existsSync(path.join(root, 'cgroup.procs'))) continue;
      fs.mkdirSync(group);
      const remove = () => fs.rmdirSync(group);
      if (fs.existsSync(path.join(group, limit))) {
        fs.writeFileSync(path.join(group, limit), String(bytes));
        return { procs: path.join(group, 'cgroup.procs'), remove };
      }
      remove();
    } catch {
      // Not by this user, or not in this container.
    }
  }
  return undefined;
}

test('killed by the kernel, for the limit of its control group: the function that made the Buffers', async () => {
  const group = controlGroup(220 * 2 ** 20);
  if (!group) return console.log('no control group can be made here: not tried');
  const folder = program({
    'leak.js': `const kept = [];
      function receive(size) { kept.push(Buffer.alloc(size, 1)); }
      setInterval(() => { for (let i = 0; i < 3; i++) receive(500_000); }, 5);`,
  });
  try {
    const { code, stderr } = await started(folder, ['--instrument', '*.js', 'leak.js'], {
      env: {},
      group: group.procs,
    });
    assert.is(code, 137, stderr);
    assert.match(stderr, /^memprof: leak\.js \(pid \d+\) was killed, most likely for its memory/m);
    assert.match(
      stderr,
      /of 230\.7 MB, the limit by cgroup, \d+ %\), \d+\.\d MB of it outside the heap: Buffers\.$/m,
    );
    assert.match(stderr, /^the culprit: receive {2}leak\.js:2 /m);
  } finally {
    group.remove();
  }
});

test('--instrument names what is instrumented as it is loaded', async () => {
  const folder = program({
    'src/a.js': 'module.exports = function load() { return 1; };',
    'b.js':
      'const load = require("./src/a.js"); process.stdout.write(String(/\\$mp/.test(String(load))) + load());',
  });
  assert.is((await started(folder, ['--instrument', 'src/**', 'b.js'], { env: {} })).stdout, 'true1');
  assert.is((await started(folder, ['b.js'], { env: {} })).stdout, 'false1');
});

test("streams are the program's own, to the byte", async () => {
  const input = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7) % 256));
  const { stdout, stderr, code } = await started(program(), ['app.js', 'copy'], { input });
  assert.equal([Buffer.from(stdout, 'latin1').equals(input), stderr, code], [true, '', 0]);
});

test('bad usage: no program, unknown options; --help before the program', async () => {
  const folder = program();
  const none = await started(folder, []);
  assert.equal([none.code, none.stdout], [2, '']);
  assert.match(none.stderr, 'name the program to run');
  const unknown = await started(folder, ['--recrod', 'x', 'app.js']);
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, "'--recrod'");
  assert.is((await started(folder, ['--record'])).code, 2);
  const help = await started(folder, ['--help', 'app.js']);
  assert.equal([help.code, help.stderr], [0, '']);
  assert.match(help.stdout, 'usage: memprof run');
});

test('signals are passed on; what the program makes of them counts', async () => {
  const folder = program();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const) {
    const caught = await started(folder, ['app.js', 'wait', signal], {
      ready: (pid) => process.kill(pid, signal),
    });
    assert.equal(caught, { code: 7, signal: null, stdout: 'ready\ngot it\n', stderr: '' }, signal);
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) {
    const died = await started(folder, ['app.js', 'idle'], { ready: (pid) => process.kill(pid, signal) });
    assert.equal(died, { code: null, signal, stdout: 'ready\n', stderr: '' }, signal);
  }
});

test('a signal that the program died by is ours, too: the same one, or 128 and its number', async () => {
  const folder = program();
  assert.equal(await started(folder, ['app.js', 'kill', 'SIGTERM']), {
    code: null,
    signal: 'SIGTERM',
    stdout: '',
    stderr: '',
  });
  for (const signal of ['SIGKILL', 'SIGABRT', 'SIGSEGV'] as const) {
    const { code, stderr, stdout } = await started(folder, ['app.js', 'kill', signal]);
    assert.equal([code, stdout], [128 + os.constants.signals[signal], '']);
    assert.match(
      stderr,
      new RegExp(
        `^memprof: the program died \\(${signal}\\) and left no recording in \\.memprof\\. Check .*\\n$`,
      ),
    );
  }
});

test("a fatal death is explained on stderr: this run's processes, and no others", async () => {
  const folder = program();
  const { code, stdout, stderr } = await started(folder, ['app.js', 'die', 'SIGABRT']);
  assert.equal([code, stdout], [134, '']);
  assert.match(stderr, /^memprof: app\.js \(pid \d+\) was killed by SIGABRT, out of memory: V8's heap limit/);
  assert.match(stderr, /^the culprit: parseAll {2}src\/shop\.ts:20 /m);
  assert.match(stderr, 'recorded beside it (2):\n  child.js');
  assert.match(stderr, '  grandchild.js');
  assert.not.match(stderr, /another|long-ago/);
  assert.is(fs.readdirSync(path.join(folder.path, '.memprof')).length, 5);
  const killed = await started(folder, ['app.js', 'die', 'SIGKILL']);
  assert.is(killed.code, 137);
  assert.match(killed.stderr, "no limit of its memory is known, the kernel's log (dmesg)");
});

test('a status that stands for a fatal signal is explained, too; one that stands for a wish is not', async () => {
  const folder = program({ 'shell.js': 'process.exit(Number(process.argv[2]))' });
  assert.match((await started(folder, ['shell.js', '134'])).stderr, 'the program died (SIGABRT)');
  for (const code of ['143', '130', '129', '200'])
    assert.is((await started(folder, ['shell.js', code])).stderr, '', code);
});

test.run();

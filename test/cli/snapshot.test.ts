// `memprof snapshot`: a real program is asked from outside, idle, busy, stopped, another user's, gone; what is printed, and with
// what status it ends.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placeOf } from '../../contract/snapshot';
import { EMITTED } from '../support/emitted';
import { ROOT } from '../support/node';
import { endAll, type Started, start, startMemprof, until } from '../support/started';

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memprof-asked-'));
  folders.push(folder);
  return folder;
}
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A program that does nothing, for ever, and says when it has begun. */
const IDLE = `${EMITTED} setInterval(() => {}, 1e6); print('idle');`;

async function idle(env: Record<string, string>, code = IDLE): Promise<Started> {
  const program = start(code, env);
  await program.said(/\n/);
  return program;
}

async function memprof(args: (string | number)[], env: Record<string, string> = {}) {
  const command = startMemprof(['snapshot', ...args.map(String)], env);
  const status = await command.ended;
  return { status, stdout: command.stdout, stderr: command.stderr };
}

// Or a test that has failed would leave its program running, and wait for it.
test.after(endAll);

const whole = (file: string) => JSON.parse(readFileSync(file, 'utf8')).snapshot.node_count > 1000;
const isRoot = process.getuid?.() === 0;

test('an idle program: path and size; then the cooldown, which --force passes', async () => {
  const folder = newFolder();
  const program = await idle({ MEMPROF_SNAPSHOT: folder });
  const first = await memprof([program.pid, '--folder', folder]);
  assert.is(first.status, 0, first.stderr);
  const [, file, size] = /^(\S+\.heapsnapshot) {2}([\d.]+ MB)\n$/.exec(first.stdout) ?? [];
  assert.ok(file.startsWith(folder), first.stdout);
  assert.ok(Math.abs(statSync(file).size / 1e6 - Number.parseFloat(size)) < 0.1);
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.ok(whole(file));
  assert.match(
    first.stderr,
    /The program stood still for [\d.]+ m?s\. It holds values of the program's data/,
  );

  const second = await memprof([program.pid], { MEMPROF_SNAPSHOT: folder });
  assert.equal([second.status, second.stdout], [1, '']);
  assert.match(
    second.stderr,
    /memprof snapshot: not taken: one was taken in this folder within the cooldown, 3\d\d\d s are left of it; --force/,
  );
  const third = await memprof([program.pid, '--force', '--folder', folder]);
  assert.is(third.status, 0, third.stderr);
  // Two were its most: a third one, and the cooldown is over.
  rmSync(join(folder, 'memprof.stamp'));
  const fourth = await memprof([program.pid, '--folder', folder]);
  assert.match(
    fourth.stderr,
    /not taken: this process has taken 2 already, its most; --force takes one more/,
  );
  const fifth = await memprof([program.pid, '--folder', folder, '--force']);
  assert.is(fifth.status, 0, fifth.stderr);
  const names = readdirSync(folder);
  assert.is(names.filter((name) => name.endsWith('.heapsnapshot')).length, 3);
  assert.equal(
    names.filter((name) => /request|answer|turn|part/.test(name)),
    [],
  );
  program.kill('SIGTERM');
  assert.is(await program.ended, 'SIGTERM');
  assert.is(program.stdout, '"idle"\n');
});

test('what does not fit is refused, --force or not: the reason, a sampled profile, status 1', async () => {
  const folder = newFolder();
  const program = await idle({ MEMPROF_SNAPSHOT: folder, MEMPROF_RSS_LIMIT: '100MB' });
  for (const args of [[], ['--force']]) {
    const { status, stdout, stderr } = await memprof([program.pid, '--folder', folder, ...args]);
    assert.equal([status, stdout], [1, '']);
    assert.match(
      stderr,
      /memprof snapshot: not taken: [\d.]+ MB in use would need up to [\d.]+ MB, [\d.]+ MB are free under MEMPROF_RSS_LIMIT\.\nmemprof snapshot: a sampled profile is written in 10\.0 s, of what is allocated until then instead: \S+\.heapprofile\n$/,
    );
  }
  assert.equal(
    readdirSync(folder).filter((name) => name.endsWith('.heapsnapshot')),
    [],
  );
  program.kill('SIGKILL');
  await program.ended;
});

test('a program that is busy: it is said, and it answers when it is over', async () => {
  const folder = newFolder();
  const go = join(folder, 'go');
  const program = await idle(
    { MEMPROF_SNAPSHOT: folder },
    `${EMITTED} const { existsSync, writeSync } = require('node:fs'); setInterval(() => {}, 1e6);
    setTimeout(() => { writeSync(1, 'busy\\n'); while (!existsSync(${JSON.stringify(go)})); });`,
  );
  const command = startMemprof(['snapshot', String(program.pid), '--folder', folder]);
  await command.said(/process \d+ is blocked by a long synchronous call, or stopped: waiting until it looks/);
  writeFileSync(go, '');
  assert.is(await command.ended, 0, command.stderr);
  assert.match(command.stdout, /\.heapsnapshot {2}/);
  program.kill('SIGSTOP');
  const late = await memprof([program.pid, '--folder', folder, '--timeout', 300]);
  assert.equal([late.status, late.stdout], [1, '']);
  assert.match(late.stderr, /has not looked at the request in 300 ms: .* The request is withdrawn\./);
  assert.not.ok(existsSync(join(folder, `memprof-${program.pid}.request`)));
  // Interrupted, it takes its request back.
  const given = startMemprof(['snapshot', String(program.pid), '--folder', folder]);
  await until(() => existsSync(join(folder, `memprof-${program.pid}.request`)));
  const twice = await memprof([program.pid, '--folder', folder]);
  assert.is(twice.status, 1);
  assert.match(twice.stderr, /somebody has asked process \d+ already/);
  given.kill('SIGINT');
  assert.is(await given.ended, 'SIGINT');
  assert.not.ok(existsSync(join(folder, `memprof-${program.pid}.request`)));
  program.kill('SIGKILL');
  await program.ended;
});

test('a program that dies first', async () => {
  const folder = newFolder();
  const program = await idle({ MEMPROF_SNAPSHOT: folder });
  program.kill('SIGSTOP');
  const command = startMemprof(['snapshot', String(program.pid), '--folder', folder]);
  await until(() => existsSync(join(folder, `memprof-${program.pid}.request`)));
  program.kill('SIGKILL');
  assert.is(await command.ended, 1);
  assert.match(command.stderr, /process \d+ has ended without an answer/);
  // It had no time to clear up: the next call does.
  assert.ok(existsSync(join(folder, `memprof-${program.pid}.listening`)));
  const other = await idle({ MEMPROF_SNAPSHOT: folder });
  writeFileSync(
    join(folder, `memprof-${program.pid}.listening`),
    JSON.stringify({ pid: program.pid, place: placeOf() }),
  );
  const dead = await memprof([program.pid, '--folder', folder]);
  assert.is(dead.status, 1);
  assert.match(
    dead.stderr,
    new RegExp(`there is no process ${program.pid}\\. Processes that listen there: ${other.pid}\\.`),
  );
  assert.equal(readdirSync(folder), [`memprof-${other.pid}.listening`]);
  other.kill('SIGKILL');
  await other.ended;
});

test('a program without snapshots, one elsewhere, no folder', async () => {
  const folder = newFolder();
  const program = await idle({ MEMPROF_SNAPSHOT: 'off' });
  const none = await memprof([program.pid, '--folder', folder]);
  assert.is(none.status, 1);
  assert.match(
    none.stderr,
    /process \d+ does not run memprof with snapshots on in \S+\. Start it with MEMPROF_SNAPSHOT=/,
  );
  // The name of a file is not what is in it.
  writeFileSync(
    join(folder, `memprof-${program.pid}.listening`),
    JSON.stringify({ pid: 1, place: placeOf() }),
  );
  assert.match(
    (await memprof([program.pid, '--folder', folder])).stderr,
    /does not run memprof with snapshots on/,
  );
  writeFileSync(
    join(folder, `memprof-${program.pid}.listening`),
    JSON.stringify({ pid: program.pid, place: 'ffffffff' }),
  );
  const elsewhere = await memprof([program.pid, '--folder', folder]);
  assert.is(elsewhere.status, 1);
  assert.match(elsewhere.stderr, /runs on another machine or in another container: call this command there/);
  assert.ok(existsSync(join(folder, `memprof-${program.pid}.listening`)));
  const nowhere = await memprof([program.pid, '--folder', join(folder, 'nowhere')]);
  assert.is(nowhere.status, 1);
  assert.match(nowhere.stderr, /ENOENT/);
  program.kill('SIGKILL');
  await program.ended;
});

test('only the same user’s request is heeded, and no link', async () => {
  const folder = newFolder();
  // It looks more often than usual, and says so.
  const program = await idle(
    { MEMPROF_SNAPSHOT: folder },
    `const { setInterval } = globalThis; globalThis.setInterval = (what, ms) => setInterval(what, ms === 1000 ? 20 : ms);
    const fs = require('node:fs'); const { statSync } = fs;
    fs.statSync = (file, ...rest) => { if (/\\.request$/.test(file)) console.log('looks'); return statSync(file, ...rest); }; ${IDLE}`,
  );
  const looks = () => program.stdout.split('looks').length;
  const request = join(folder, `memprof-${program.pid}.request`);
  const answer = join(folder, `memprof-${program.pid}.answer`);
  const elsewhere = join(newFolder(), 'request');
  const hostile: (() => void)[] = [
    () => writeFileSync(request, '{"id":7}'),
    () => writeFileSync(request, 'x'.repeat(10_000)),
    () => {
      writeFileSync(elsewhere, '{"id":"link"}');
      symlinkSync(elsewhere, request);
    },
  ];
  if (isRoot)
    hostile.push(() => {
      writeFileSync(request, '{"id":"theirs"}');
      chownSync(request, 65534, 65534);
    });
  // Beside each, another process's: its own pid is in the name.
  const other = join(folder, `memprof-${process.ppid}.request`);
  for (const put of hostile) {
    put();
    writeFileSync(other, '{"id":"other"}');
    // One look may have begun before, the next one sees it, and is over when the one after it begins.
    const seen = looks() + 3;
    await until(() => looks() >= seen);
    assert.ok(existsSync(other));
    assert.not.ok(existsSync(answer));
    assert.equal(
      readdirSync(folder).filter((name) => name.endsWith('.heapsnapshot')),
      [],
    );
    rmSync(request);
  }
  const { status } = await memprof([program.pid, '--folder', folder]);
  assert.is(status, 0);
  program.kill('SIGKILL');
  await program.ended;
});

test('another user’s program is told as such', async () => {
  if (!isRoot) return;
  const folder = newFolder();
  chmodSync(folder, 0o777);
  const program = await idle(
    { MEMPROF_SNAPSHOT: 'off' },
    `process.setgid(65534); process.setuid(65534); process.env.MEMPROF_SNAPSHOT = ${JSON.stringify(folder)}; ${IDLE}`,
  );
  const { status, stderr } = await memprof([program.pid, '--folder', folder]);
  assert.is(status, 1);
  assert.match(stderr, /belongs to the user with the id 65534: it heeds that user's requests alone/);
  program.kill('SIGKILL');
  await program.ended;
});

test('usage', async () => {
  const folder = newFolder();
  for (const [args, message] of [
    [[], /one program is asked: name its PID/],
    [['1', '2', '--folder', folder], /one program is asked/],
    [['x', '--folder', folder], /"x" is no PID/],
    [['0', '--folder', folder], /"0" is no PID/],
    [['1'], /name the folder that the program was started with/],
    [['1', '--folder', folder, '--timeout', 'soon'], /--timeout "soon": a number of ms is needed/],
    [['1', '--colour'], /--colour/],
  ] as [string[], RegExp][]) {
    const { status, stdout, stderr } = await memprof(args);
    assert.equal([status, stdout], [2, ''], args.join(' '));
    assert.match(stderr, message);
    assert.match(stderr, /usage: memprof snapshot PID/);
  }
  const help = await memprof(['--help']);
  assert.is(help.status, 0);
  assert.match(help.stdout, /^usage: memprof snapshot PID/);
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'dist/cli/main.js'), '--help'], {
    encoding: 'utf8',
  });
  assert.match(stdout, /^ {2}snapshot +have a running program write a heap snapshot/m);
});

test.run();

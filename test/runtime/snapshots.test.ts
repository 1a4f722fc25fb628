// Heap snapshots: taken at a spike, whole or not at all, seldom, only where they fit, and at no cost to the program but the
// time that one takes. Real programs, limits, disks and signals.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placeOf } from '../../contract/snapshot';
import { removeLeftovers } from '../../runtime/snapshots/folder';
import { restOf, stamp, takeTurn } from '../../runtime/snapshots/turn';
import { EMITTED } from '../support/emitted';
import { ROOT, type RunOptions, resultOf, runCode } from '../support/node';
import { endAll, start, until } from '../support/started';

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memprof-snapshots-'));
  folders.push(folder);
  return folder;
}
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test.after(endAll);

const ending = (folder: string, end: string) => readdirSync(folder).filter((name) => name.endsWith(end));
const snapshotsIn = (folder: string) => ending(folder, '.heapsnapshot');
const profilesIn = (folder: string) => ending(folder, '.heapprofile');
const isRoot = process.getuid?.() === 0;
/** A process that was, and is no more. */
const deadPid = () => spawnSync(process.execPath, ['-v']).pid;
const HOUR = 3_600_000;

const env = (folder: string, more: RunOptions['env'] = {}) => ({
  MEMPROF_SNAPSHOT: folder,
  MEMPROF_LOG: 'spikes',
  MEMPROF_SPIKE: '1MB',
  ...more,
});
const logged = (stderr: string) =>
  stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .filter(({ msg }) => msg.startsWith('heap snapshot'));
const warned = (stderr: string) => stderr.match(/MEMPROF_W_SNAPSHOT/g)?.length ?? 0;

// A spike a turn of the loop, of a class that no other program has.
const SPIKES = `${EMITTED} class Booking { constructor(n) { this.n = n; this.rows = [n, n + 1]; } }
const kept = []; const bookings = (n) => { for (let i = 0; i < n; i++) kept.push(new Booking(i)); };
const spikes = async (n) => { for (let i = 0; i < n; i++) { fill(200_000); await new Promise((over) => setImmediate(over)); } };
`;

interface Snapshot {
  snapshot: {
    meta: { node_fields: string[]; node_types: [string[]] };
    node_count: number;
    edge_count: number;
  };
  nodes: number[];
  edges: number[];
  strings: string[];
}
const parsed = (file: string): Snapshot => JSON.parse(readFileSync(file, 'utf8'));

/** Objects by the name of their class: how many, and bytes of their own. */
function classesOf({
  snapshot: { meta },
  nodes,
  strings,
}: Snapshot): Map<string, { count: number; bytes: number }> {
  const at = (field: string) => meta.node_fields.indexOf(field);
  const isObject = meta.node_types[0].indexOf('object');
  const classes = new Map<string, { count: number; bytes: number }>();
  for (let n = 0; n < nodes.length; n += meta.node_fields.length) {
    if (nodes[n + at('type')] !== isObject) continue;
    const name = strings[nodes[n + at('name')]];
    const one = classes.get(name) ?? { count: 0, bytes: 0 };
    one.count++;
    one.bytes += nodes[n + at('self_size')];
    classes.set(name, one);
  }
  return classes;
}

test('a spike: one snapshot, valid, for its owner alone; none within the cooldown, nor in a process that is started again', () => {
  const folder = join(newFolder(), 'made');
  const code = `${SPIKES} bookings(20_000); process.exitCode = 3; spikes(5).then(() => print(law()));`;
  const run = runCode(code, { env: env(folder) });
  assert.is(run.status, 3, run.stderr);
  const law = resultOf(run);
  assert.equal([law.gap, law.unsummed], [0, 0]);
  const [name, ...others] = snapshotsIn(folder);
  assert.equal(others, []);
  // What it leaves: the snapshot and its stamp, no listening, turn or part.
  assert.equal(readdirSync(folder).sort(), [name, 'memprof.stamp'].sort());
  const file = join(folder, name);
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.is(statSync(folder).mode & 0o777, 0o700);
  const whole = parsed(file);
  const { meta, node_count, edge_count } = whole.snapshot;
  assert.is(whole.nodes.length, node_count * meta.node_fields.length);
  assert.ok(edge_count > node_count / 2);
  const [[heaviest, { count }]] = [...classesOf(whole)].sort((a, b) => b[1].count - a[1].count).slice(0, 1);
  // Their arrays are objects, too.
  assert.ok(['Booking', 'Array'].includes(heaviest), heaviest);
  assert.is(classesOf(whole).get('Booking')?.count, 20_000);
  assert.ok(count >= 20_000);
  const [line, ...more] = logged(run.stderr);
  assert.equal(more, []);
  assert.equal([line.snapshot, line.bytes, line.why], [file, statSync(file).size, 'spike']);
  assert.match(
    line.msg,
    /^heap snapshot written after a spike: .* It holds values of the program's data, strings as they are/,
  );
  // The spike's own line comes first: whatever becomes of the process then, that was told.
  assert.ok(run.stderr.indexOf('fill allocated') < run.stderr.indexOf('heap snapshot written'));

  const again = runCode(code, { env: env(folder) });
  assert.is(again.status, 3);
  assert.equal(logged(again.stderr), []);
  assert.equal(snapshotsIn(folder), [name]);
  // The stamp is what holds it back.
  writeFileSync(join(folder, 'memprof.stamp'), JSON.stringify({ taken: Date.now() - HOUR - 1000 }));
  runCode(code, { env: env(folder) });
  assert.is(snapshotsIn(folder).length, 2);
});

test('what an async call returned is still alive in it, though nobody keeps it', () => {
  const folder = newFolder();
  const code = `${SPIKES} (async () => {
      const { length } = await load(1, 2, async () => Array.from({ length: 20_000 }, (_, n) => new Booking(n)));
      print(length);
    })();`;
  const run = runCode(code, { env: env(folder) });
  assert.is(run.stdout, '20000\n', run.stderr);
  const [name] = snapshotsIn(folder);
  assert.is(classesOf(parsed(join(folder, name))).get('Booking')?.count, 20_000);
});

test('what it allocates and takes is memprof’s own: in no call, and not nobody’s', () => {
  const folder = newFolder();
  const run = runCode(
    `${SPIKES} bookings(100_000); fill(10);
    (async () => { const before = memprof.stats(); await spikes(1); const after = memprof.stats();
      const grew = (key) => after[key] - before[key];
      print({ unowned: grew('unowned'), owned: grew('owned'), ownTime: grew('ownTime'), ...law() }); })();`,
    { env: env(folder) },
  );
  const is = resultOf(run);
  const [{ time }] = logged(run.stderr);
  assert.equal([is.gap, is.unsummed], [0, 0]);
  assert.ok(Math.abs(is.owned - 1_600_016) < 16_000, `${is.owned}`);
  // The heap is collected for it, which the account survives: a hundred thousand objects are on nobody's bill a second time.
  assert.ok(is.unowned < 500_000, `${is.unowned}`);
  assert.ok(is.ownTime >= time - 1, `${is.ownTime} of ${time}`);
});

test('so many a process, and no more; an alert that is raised is a trigger, one that is over is not', () => {
  const events = JSON.stringify(join(ROOT, 'dist/runtime/events.js'));
  const told = (options: string, code: string) => {
    const folder = newFolder();
    const run = runCode(
      `${SPIKES} memprof.configure({ snapshot: { folder: ${JSON.stringify(folder)}, ${options} } });
      const alert = async (alert) => { require(${events}).emit('alert', alert); await new Promise((over) => setImmediate(over)); };
      (async () => { ${code} })();`,
      { env: { MEMPROF_SPIKE: '1MB' } },
    );
    assert.is(run.status, 0, run.stderr);
    return snapshotsIn(folder).length;
  };
  assert.is(told('cooldown: 0', 'await spikes(6);'), 2);
  assert.is(told('cooldown: 0, most: 3', 'await spikes(6);'), 3);
  assert.is(told('cooldown: 0, most: 0', 'await spikes(6);'), 0);
  assert.is(told("on: ['alert']", 'await spikes(3);'), 0);
  assert.is(
    told("on: ['alert']", 'await alert({ state: "resolved" }); await alert(null); await alert(7);'),
    0,
  );
  assert.is(told('', 'await alert({ state: "raised" });'), 1);
  assert.is(told("on: ['spike']", 'await alert({ state: "raised" });'), 0);
});

test('what does not fit is one line with the reason in figures, and a sampled profile', () => {
  const folder = newFolder();
  const { status, stderr } = runCode(
    `${SPIKES} globalThis.more = []; spikes(5).then(() => { for (let i = 0; i < 200; i++) more.push(fill(10_000)); });`,
    {
      env: env(folder, { MEMPROF_RSS_LIMIT: '150MB' }),
    },
  );
  assert.is(status, 0, stderr);
  assert.equal(snapshotsIn(folder), []);
  const lines = logged(stderr);
  assert.is(lines.length, 1, stderr);
  assert.match(
    lines[0].msg,
    /^heap snapshot not taken: [\d.]+ MB in use would need up to [\d.]+ MB, [\d.]+ MB are free under MEMPROF_RSS_LIMIT\. What is allocated from now on/,
  );
  const [name, ...others] = profilesIn(folder);
  assert.equal(others, []);
  // Nobody sampled before: it was begun then, and written at the end.
  assert.equal([lines[0].profile, lines[0].profileIn], [join(folder, name), 10_000]);
  assert.is(statSync(join(folder, name)).mode & 0o777, 0o600);
  const { head } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const names: string[] = [];
  const walk = (node: any, above: boolean) => {
    const isFill = above || node.callFrame.functionName === 'fill';
    if (isFill && node.selfSize > 0) names.push(node.callFrame.functionName);
    for (const child of node.children) walk(child, isFill);
  };
  walk(head, false);
  assert.ok(names.length > 0, 'what fill made and is kept is in it');
  assert.is(warned(stderr), 0);
});

test('a profile that somebody else takes is told as it is, and goes on; nor does one of ours stay', () => {
  const sampled = `const { Session } = require('node:inspector'); const session = new Session(); session.connect();
    const ask = (what, params) => { let got; session.post('HeapProfiler.' + what, params, (error, answer) => { got = error ? null : answer; }); return got; };`;
  const folder = newFolder();
  const theirs = runCode(
    `${SPIKES} ${sampled} ask('startSampling', { samplingInterval: 32768 }); const more = []; for (let i = 0; i < 50; i++) more.push(fill(10_000));
    spikes(2).then(() => print([profiles(), ask('getSamplingProfile') !== null]));
    const profiles = () => require('node:fs').readdirSync(process.env.MEMPROF_SNAPSHOT).filter((name) => name.endsWith('.heapprofile')).length;`,
    { env: env(folder, { MEMPROF_RSS_LIMIT: '150MB' }) },
  );
  assert.equal(resultOf(theirs), [1, true], theirs.stderr);
  assert.match(logged(theirs.stderr)[0].msg, /\. What lives by stack, sampled, instead: /);
  const [ours, after] = resultOf(
    runCode(
      `${SPIKES} ${sampled} spikes(2).then(() => { const during = ask('getSamplingProfile') !== null; memprof.configure({ snapshot: false }); print([during, ask('getSamplingProfile') !== null]); });`,
      { env: env(newFolder(), { MEMPROF_RSS_LIMIT: '150MB' }) },
    ),
  );
  assert.equal([ours, after], [true, false]);
});

test('while the recorder samples what lives, near a limit, its profile is the one', () => {
  const folder = newFolder();
  const run = runCode(
    `${SPIKES} const { Session } = require('node:inspector'); const session = new Session(); session.connect();
    const isSampled = () => { let got; session.post('HeapProfiler.getSamplingProfile', (error) => { got = !error; }); return got; };
    const turn = async () => { kept.push(fill(5000)); if (!isSampled()) return setTimeout(turn, 5); await spikes(2); print(isSampled()); process.exit(); };
    turn();`,
    {
      env: env(folder, {
        MEMPROF_RSS_LIMIT: '80MB',
        MEMPROF_RECORD: join(folder, 'recording'),
        MEMPROF_STACKS: 'off',
      }),
    },
  );
  assert.is(resultOf(run), true, run.stderr);
  assert.is(profilesIn(folder).length, 1);
  assert.match(logged(run.stderr)[0].msg, /What lives by stack, sampled, instead/);
});

/** A disk of that size, for as long as `use` takes. Only root may have one. */
async function onDisk(size: string, use: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = newFolder();
  if (!isRoot || spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status !== 0)
    return;
  try {
    await use(folder);
  } finally {
    spawnSync('umount', ['-l', folder]);
  }
}

test('a disk that is too small: not begun, and the reason says so', () =>
  onDisk('5m', (folder) => {
    const run = runCode(`${SPIKES} process.exitCode = 4; spikes(3).then(() => print('on'));`, {
      env: env(folder),
    });
    assert.equal([run.status, run.stdout, warned(run.stderr)], [4, '"on"\n', 0], run.stderr);
    const [{ msg }] = logged(run.stderr);
    assert.match(msg, /may come to a file of [\d.]+ MB, [\d.]+ MB are free on the folder's disk\. What/);
    assert.equal(snapshotsIn(folder), []);
    assert.is(profilesIn(folder).length, 1);
  }));

test('a disk that is full by the time: one warning, and nothing is left', () =>
  onDisk('250m', async (folder) => {
    const program = start(
      `${SPIKES} bookings(300_000); process.exitCode = 4; spikes(3).then(() => print('on'));`,
      env(folder),
    );
    // V8 takes a second or two before the first byte. Others fill the disk meanwhile.
    await until(() => ending(folder, '.part').length > 0);
    const block = Buffer.alloc(1 << 20);
    const others = openSync(join(folder, 'others'), 'w');
    assert.throws(() => {
      for (;;) writeSync(others, block);
    }, /ENOSPC/);
    closeSync(others);
    assert.is(await program.ended, 4);
    assert.equal([program.stdout, warned(program.stderr)], ['"on"\n', 1], program.stderr);
    assert.match(program.stderr, /no heap snapshots: writing: "ENOSPC/);
    assert.equal(logged(program.stderr), []);
    assert.equal(readdirSync(folder).sort(), ['memprof.stamp', 'others']);
  }));

test('a file that the kernel lets grow no further is removed', () => {
  const folder = newFolder();
  const file = join(newFolder(), 'program.cjs');
  writeFileSync(
    file,
    `const { createRequire } = require('node:module'); require = createRequire(${JSON.stringify(join(ROOT, 'package.json'))});
    ${SPIKES} spikes(3).then(() => print('on'));`,
  );
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -f 64; exec "$0" "$@"', process.execPath, file],
    { encoding: 'utf8', env: { ...process.env, ...env(folder) } },
  );
  assert.equal([status, stdout, warned(stderr)], [0, '"on"\n', 1], stderr);
  assert.equal(readdirSync(folder), ['memprof.stamp']);
});

test('a folder that goes away, one that is none, one that only others may write to: one warning each', () => {
  const folder = join(newFolder(), 'gone');
  const gone = runCode(
    `${SPIKES} require('node:fs').rmSync(process.env.MEMPROF_SNAPSHOT, { recursive: true }); process.exitCode = 4; spikes(3).then(() => print('on'));`,
    { env: env(folder) },
  );
  assert.equal([gone.status, gone.stdout, warned(gone.stderr)], [4, '"on"\n', 1], gone.stderr);
  assert.not.ok(existsSync(folder));
  const file = join(newFolder(), 'file');
  writeFileSync(file, 'theirs');
  const none = runCode(`${SPIKES} spikes(3).then(() => print('on'));`, { env: env(file) });
  assert.equal([none.status, none.stdout, warned(none.stderr)], [0, '"on"\n', 1], none.stderr);
  assert.is(readFileSync(file, 'utf8'), 'theirs');
  if (!isRoot) return;
  const closed = newFolder();
  chmodSync(closed, 0o555);
  const other = runCode(
    `process.setgid(65534); process.setuid(65534); process.env.MEMPROF_SNAPSHOT = ${JSON.stringify(closed)};
    ${SPIKES} spikes(3).then(() => print('on'));`,
    { env: env('off') },
  );
  assert.equal([other.status, other.stdout, warned(other.stderr)], [0, '"on"\n', 1], other.stderr);
  assert.match(other.stderr, /EACCES/);
  assert.equal(readdirSync(closed), []);
});

test('two processes at once: one of them takes it', async () => {
  const folder = newFolder();
  const code = `${SPIKES} bookings(50_000); const turn = async () => { await spikes(1); if (performance.now() < 30_000 && !require('node:fs').existsSync(process.env.MEMPROF_SNAPSHOT + '/memprof.stamp')) return turn(); await spikes(20); print('over'); }; turn();`;
  const programs = [start(code, env(folder)), start(code, env(folder)), start(code, env(folder))];
  for (const { ended } of programs) assert.is(await ended, 0);
  assert.is(snapshotsIn(folder).length, 1);
  assert.is(programs.flatMap(({ stderr }) => logged(stderr)).length, 1);
  assert.equal(
    programs.map(({ stderr }) => warned(stderr)),
    [0, 0, 0],
  );
});

test('killed in the midst of it: no torn file has a whole one’s name; the next process clears up, and does not begin another', async () => {
  const folder = newFolder();
  const program = start(`${SPIKES} bookings(300_000); spikes(1);`, env(folder));
  await until(() => ending(folder, '.part').length > 0);
  program.kill('SIGKILL');
  assert.is(await program.ended, 'SIGKILL');
  assert.is(ending(folder, '.part').length, 1);
  assert.equal(snapshotsIn(folder), []);
  const next = runCode(`${SPIKES} spikes(2).then(() => print('on'));`, { env: env(folder) });
  assert.equal([next.status, logged(next.stderr), warned(next.stderr)], [0, [], 0]);
  assert.equal(readdirSync(folder), ['memprof.stamp']);
  // A turn that a dead process holds is no turn.
  const pid = deadPid();
  writeFileSync(join(folder, 'memprof.turn'), JSON.stringify({ pid, place: placeOf() }));
  rmSync(join(folder, 'memprof.stamp'));
  runCode(`${SPIKES} spikes(2);`, { env: env(folder) });
  assert.is(snapshotsIn(folder).length, 1);
  assert.not.ok(existsSync(join(folder, 'memprof.turn')));
});

test('off: nothing is loaded, no timer runs; on: it does not keep the process open, and leaves no file', () => {
  const asks = `print([Object.keys(require('node:module')._cache).filter((file) => /snapshot/.test(file)).length, process.getActiveResourcesInfo().filter((one) => one === 'Timeout').length, process.listenerCount('exit')]);`;
  const off = runCode(`${EMITTED} empty(); ${asks}`);
  const word = runCode(`${EMITTED} empty(); memprof.configure({ snapshot: false }); ${asks}`, {
    env: { MEMPROF_SNAPSHOT: 'off' },
  });
  const without = runCode(`${EMITTED} empty(); ${asks}`, {
    env: { MEMPROF: 'off', MEMPROF_SNAPSHOT: join(newFolder(), 'never') },
  });
  assert.equal(resultOf(off).slice(0, 2), [0, 0]);
  assert.equal(resultOf(word), resultOf(off));
  assert.is(resultOf(without)[0], 0);
  const folder = newFolder();
  const [files, ...rest] = resultOf(runCode(`${EMITTED} empty(); ${asks}`, { env: env(folder) }));
  assert.ok(files > 3, `${files}`);
  assert.equal(rest, [0, resultOf(off)[2] + 1]);
  assert.equal(readdirSync(folder), []);
  const stopped = runCode(
    `${EMITTED} const { readdirSync } = require('node:fs'); const folder = process.env.MEMPROF_SNAPSHOT;
    const before = readdirSync(folder); memprof.configure({ snapshot: 'off' }); print([before, readdirSync(folder)]);`,
    { env: env(folder) },
  );
  const [before, after] = resultOf(stopped);
  assert.match(before.join(), /^memprof-\d+\.listening$/);
  assert.equal(after, []);
});

test('a worker thread neither listens nor takes any', () => {
  const folder = newFolder();
  const { status, stderr } = runCode(
    `const { Worker, isMainThread } = require('node:worker_threads'); if (isMainThread) new Worker(__filename); else { ${SPIKES} spikes(3); }`,
    { env: env(folder) },
  );
  assert.is(status, 0, stderr);
  assert.equal(readdirSync(folder), []);
});

test('configure refuses what it cannot take, and says what it can', () => {
  for (const snapshot of [
    '7',
    'true',
    '{}',
    '{ folder: "x", most: -1 }',
    '{ folder: "x", most: 1.5 }',
    '{ folder: "x", cooldown: "1h" }',
    '{ folder: "x", on: ["call"] }',
    '{ folder: "x", colour: 1 }',
    'null',
    '[]',
    '""',
  ]) {
    const message = resultOf(
      runCode(
        `${EMITTED} try { memprof.configure({ snapshot: ${snapshot} }); print('taken'); } catch (e) { print(e.code + e.message); }`,
      ),
    );
    if (snapshot === '""') assert.is(message, 'taken');
    else
      assert.match(
        message,
        /^MEMPROF_E_CONFIGURE.*"snapshot" is .*Allowed: a folder, \{ folder, most: 2/,
        snapshot,
      );
  }
});

test('a stamp: torn, hostile, of the future', () => {
  const folder = newFolder();
  const file = join(folder, 'memprof.stamp');
  const at = 1.7e12;
  const rest = () => restOf(folder, HOUR, at);
  assert.is(rest(), 0);
  stamp(folder, at - 1000);
  assert.is(rest(), HOUR - 1000);
  assert.is(statSync(file).mode & 0o777, 0o600);
  assert.equal(readdirSync(folder), ['memprof.stamp']);
  for (const [taken, expected] of [
    [at, HOUR],
    [at - HOUR, 0],
    // Another machine's clock is a little ahead; a year ahead is none.
    [at + 5000, HOUR],
    [at + HOUR, 0],
    [at + 1e10, 0],
  ]) {
    stamp(folder, taken);
    assert.is(rest(), expected, `${taken - at}`);
  }
  for (const text of [
    '',
    '{"taken":17',
    '{"taken":"now"}',
    '[]',
    'null',
    '7',
    `{"taken":${at},"x":"${'y'.repeat(9000)}"}`,
    '\0\0',
  ]) {
    writeFileSync(file, text);
    assert.is(rest(), 0, text.slice(0, 30));
  }
  // A stamp by way of a link is another file's word.
  const elsewhere = join(newFolder(), 'stamp');
  writeFileSync(elsewhere, JSON.stringify({ taken: at }));
  rmSync(file);
  symlinkSync(elsewhere, file);
  assert.is(rest(), 0);
  stamp(folder, at);
  assert.is(rest(), HOUR);
  rmSync(file);
  mkdirSync(file);
  assert.is(rest(), 0);
  assert.throws(() => stamp(folder, at));
  rmSync(file, { recursive: true });
  if (process.platform === 'win32') return;
  // Nobody writes into it: to open it must not wait.
  spawnSync('mkfifo', [file]);
  assert.is(rest(), 0);
});

test('turns: one has it, the others do not, and who is dead has none', () => {
  const folder = newFolder();
  const file = join(folder, 'memprof.turn');
  const giveBack = takeTurn(folder);
  assert.ok(giveBack);
  giveBack();
  assert.not.ok(existsSync(file));
  const holds = (holder: object | string, age = 0) => {
    writeFileSync(file, typeof holder === 'string' ? holder : JSON.stringify(holder));
    const when = new Date(Date.now() - age);
    utimesSync(file, when, when);
    const mine = takeTurn(folder);
    mine?.();
    return mine === undefined;
  };
  const place = placeOf();
  assert.is(holds({ pid: process.ppid, place }), true);
  assert.is(holds({ pid: deadPid(), place }), false);
  assert.is(holds({ pid: process.pid, place }), false);
  assert.is(holds({ pid: deadPid(), place: 'ffffffff' }), true);
  assert.is(holds({ pid: 1, place: 'ffffffff' }, 2 * HOUR), false);
  // Another one may be about to write it.
  assert.is(holds(''), true);
  assert.is(holds('{"pid":', 2 * HOUR), false);
  assert.throws(() => takeTurn(join(folder, 'nowhere')));
});

test('what dead processes have left is removed; what living ones, other places and others have is not', () => {
  const folder = newFolder();
  const dead = deadPid();
  const alive = process.ppid;
  const place = placeOf();
  const stay = [
    `memprof-1-${alive}.heapsnapshot.${place}.part`,
    `memprof-1-${dead}.heapsnapshot.ffffffff.part`,
    `memprof-1-${dead}.heapsnapshot`,
    `memprof-1-${dead}-0.jsonl`,
    `memprof-${alive}.listening`,
    `memprof-${alive}.request`,
    'notes.part',
  ];
  const go = [
    `memprof-1-${dead}.heapsnapshot.${place}.part`,
    `memprof-1-${dead}.heapprofile.${place}.part`,
    `memprof-2-${dead}.heapsnapshot.eeeeeeee.part`,
    `memprof-${dead}.listening`,
    `memprof-${dead}.answer.0123456789ab`,
    `memprof-${process.pid}.request`,
  ];
  for (const name of [...stay, ...go]) writeFileSync(join(folder, name), '');
  const old = new Date(Date.now() - 30 * HOUR);
  utimesSync(join(folder, go[2]), old, old);
  removeLeftovers(folder);
  assert.equal(readdirSync(folder).sort(), stay.sort());
  const elsewhere = `memprof-${dead}.listening`;
  writeFileSync(join(folder, elsewhere), JSON.stringify({ pid: dead, place: 'ffffffff' }));
  removeLeftovers(folder);
  assert.ok(existsSync(join(folder, elsewhere)));
});

test.run();

// A recording on disk: bounded, never another's, and of its own trouble it speaks once.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Writer } from '../../runtime/recorder/writer';
import { ROOT } from '../support/node';

const IDS = { start: 1, pid: 2, thread: 0 };
let folder: string;
let errors: Error[];
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'memprof-writer-'));
  errors = [];
});
test.after.each(() => rmSync(folder, { recursive: true, force: true }));

const writer = (place: string, most = 1e6) =>
  new Writer(
    place,
    IDS,
    () => '{"head":true}\n',
    (error) => errors.push(error),
    most,
  );
const lines = (name: string) =>
  readFileSync(join(folder, name), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test('folders are made, lines are whole, the file is its owner’s', () => {
  const place = join(folder, 'a', 'b');
  const one = writer(place);
  one.add(['x', '\u2028\ud800"']);
  assert.equal(readFileSync(join(place, 'memprof-1-2-0.jsonl'), 'utf8'), '{"head":true}\n');
  one.flush();
  one.flush();
  assert.equal(lines('a/b/memprof-1-2-0.jsonl'), [{ head: true }, ['x', '\u2028\ud800"']]);
  assert.is(statSync(join(place, 'memprof-1-2-0.jsonl')).mode & 0o777, 0o600);
});

test('two files at most, each with the head, the newest lines in the one without a number', () => {
  const one = writer(folder, 200);
  for (let n = 0; n < 100; n++) {
    one.add(['line', n]);
    one.flush();
  }
  assert.equal(readdirSync(folder).sort(), ['memprof-1-2-0-1.jsonl', 'memprof-1-2-0.jsonl']);
  const [older, newer] = ['memprof-1-2-0-1.jsonl', 'memprof-1-2-0.jsonl'].map(lines);
  assert.equal([older[0], newer[0]], [{ head: true }, { head: true }]);
  const numbers = [...older.slice(1), ...newer.slice(1)].map(([, n]) => n);
  assert.is(numbers.at(-1), 99);
  assert.equal(
    numbers,
    numbers.map((_, n) => numbers[0] + n),
  );
  for (const name of readdirSync(folder)) assert.ok(statSync(join(folder, name)).size < 300);
  assert.equal(errors, []);
});

test('a file that is there is another’s: it stays as it is', () => {
  writeFileSync(join(folder, 'memprof-1-2-0.jsonl'), 'theirs');
  const one = writer(folder);
  one.add(['x']);
  one.flush();
  assert.is(readFileSync(join(folder, 'memprof-1-2-0.jsonl'), 'utf8'), 'theirs');
  assert.is(errors.length, 1);
});

test('a folder that is removed costs nothing, until the file is full: one error then', () => {
  const place = join(folder, 'gone');
  mkdirSync(place);
  const one = writer(place, 100);
  rmSync(place, { recursive: true });
  for (let n = 0; n < 50; n++) {
    one.add(['line', n]);
    one.flush();
  }
  assert.is(errors.length, 1);
});

test('a full disk: one warning, the program goes on, and what was written can be read', () => {
  const program = join(folder, 'program.cjs');
  writeFileSync(
    program,
    `const { createRequire } = require('node:module'); const $mp = createRequire(${JSON.stringify(join(ROOT, 'package.json'))})('memprof/runtime');
    const $t = $mp.file('a.ts', [['f', 1, 0]]); let n = 0;
    function f() { const $s = $mp.enter($t, 0); try { $s.result = n++; } finally { if ($s.exit()) { $s.explain(); } } }
    const timer = setInterval(() => { for (let i = 0; i < 50; i++) f(); if (n > 2000) { clearInterval(timer); console.log(n); } }, 5);`,
  );
  // The kernel's limit of a file's size stands for the disk: 16 blocks.
  const { status, stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -f 16; exec "$0" "$@"', process.execPath, program],
    {
      encoding: 'utf8',
      env: { ...process.env, MEMPROF_LOG: 'off', MEMPROF_BUDGET: '100%', MEMPROF_RECORD: folder },
    },
  );
  assert.equal([status, stdout], [0, '2050\n'], stderr);
  assert.is(stderr.match(/MEMPROF_W_RECORD/g)?.length, 1, stderr);
  const [name] = readdirSync(folder).filter((file) => file.endsWith('.jsonl'));
  assert.ok(lines(name).length > 100);
});

test.run();

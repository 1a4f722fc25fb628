// `memprof top`: what it shows of a recording that grows while it looks, in a real terminal and in a pipe; that it leaves a
// terminal as it found it. The tests write the recordings; the process that they are of is the test's own.

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Follower, Following } from '../../profile/follow';
import { ROOT } from '../support/node';
import { LONGEST, Pseudo } from './pseudo';
import { flying, HEADER, memory, recordingOf, summed } from './recordings';
import { Folder } from './support';

const NAME = nameOf(process.pid);
const MB = 2 ** 20;
const FAST = ['--interval', '50'];

function nameOf(pid: number, { start = HEADER.start, thread = 0, part = '' } = {}): string {
  return `memprof-${start}-${pid}-${thread}${part}.jsonl`;
}
function textOf(lines: unknown[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A program that is recorded: its lines are appended as a recorder does. */
class Program {
  readonly folder: Folder;
  readonly file: string;

  constructor(lines: unknown[], header: Partial<typeof HEADER> = {}) {
    this.folder = new Folder({ [`.memprof/${NAME}`]: recordingOf(lines, { pid: process.pid, ...header }) });
    this.file = path.join(this.folder.path, '.memprof', NAME);
  }

  add(...lines: unknown[]): void {
    this.addText(textOf(lines));
  }

  addText(text: string): void {
    fs.appendFileSync(this.file, text);
  }

  /** Begins a new file, as a recorder does whose file has grown too large. */
  turn(lines: unknown[]): void {
    fs.writeFileSync(`${this.file}.new`, recordingOf(lines, { pid: process.pid }));
    fs.renameSync(this.file, this.file.replace('.jsonl', '-1.jsonl'));
    fs.renameSync(`${this.file}.new`, this.file);
  }
}

const running: (() => void)[] = [];
// Or a test that has failed would leave them running, and wait for them.
test.after(() => {
  for (const stop of running) stop();
});

function inTerminal(program: Program, args: string[] = [], size = {}): Pseudo {
  const pseudo = new Pseudo(['top', ...FAST, ...args], program.folder.path, size);
  running.push(() => {
    try {
      process.kill(pseudo.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  });
  return pseudo;
}

/** The command with its output in a pipe. */
class Piped {
  output = '';
  readonly status: Promise<number | null>;
  private readonly child: ChildProcessByStdio<null, Readable, null>;

  constructor(program: Program, args: string[] = []) {
    this.child = spawn(process.execPath, [path.join(ROOT, 'dist/cli/main.js'), 'top', ...FAST, ...args], {
      cwd: program.folder.path,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child.stdout.on('data', (data) => {
      this.output += data;
    });
    this.status = new Promise((done) => this.child.on('close', done));
    // A test that has failed must not wait for it.
    const timer = setTimeout(() => this.child.kill('SIGKILL'), LONGEST);
    this.child.on('close', () => clearTimeout(timer));
    running.push(() => this.child.kill('SIGKILL'));
  }

  /** Waits for a block that was printed as a whole after now. */
  async until(what: RegExp): Promise<string> {
    let from = this.output.length;
    const latest = Date.now() + LONGEST;
    for (;;) {
      assert.ok(Date.now() < latest, `never printed: ${what}\n${this.output.slice(-2000)}`);
      const end = this.output.indexOf('\n\n', from);
      if (end < 0) {
        await Promise.race([this.status, new Promise((done) => this.child.stdout.once('data', done))]);
        if (this.child.exitCode !== null) throw new Error(`it ended: ${this.output.slice(-2000)}`);
        continue;
      }
      const block = this.output.slice(from, end);
      from = end + 2;
      if (what.test(block)) return block;
    }
  }
}

const SECOND = [
  ['sums', 1000, [summed(2, 10, { self: 5 }), summed(5, 4, { self: 1 })]],
  memory(1000, 100, 1, 200),
  ['sums', 2000, [summed(2, 30, { self: 15 }), summed(5, 404, { self: 2 })]],
  memory(2000, 500, 7, 800),
  [
    'flight',
    2000,
    'beat',
    [flying(1, 2, 900, { awaited: 3 }), flying(1, 2, 950), flying(6, 1, 5)],
    38,
    [
      [1, 40],
      [6, 1],
    ],
  ],
];

test('rates are those of the last second, whenever it was read; torn lines wait for their rest', () => {
  const program = new Program(SECOND);
  const follower = new Follower(program.file);
  const rates = () => [...follower.now].map(([site, { bytes, calls }]) => [site, bytes / MB, calls]);
  assert.equal(rates(), [
    [2, 10, 20],
    [5, 1, 400],
  ]);
  const line = textOf([['sums', 2500, [summed(2, 31, { self: 17, awaited: 1 })]]]);
  program.addText(line.slice(0, 20));
  follower.poll();
  assert.is(rates().length, 2);
  program.addText(line.slice(20));
  follower.poll();
  assert.equal(rates(), [[2, 6, 2]], 'half a second');
  // The last sums, as a program ends.
  program.add(['sums', 2510, [summed(2, 32, { self: 117 })]]);
  follower.poll();
  assert.equal(rates(), [[2, 6, 2]]);
  program.add(memory(3600, 1, 1, 1));
  follower.poll();
  assert.equal(rates(), [[2, 6, 2]]);
  program.add(memory(4100, 1, 1, 1));
  follower.poll();
  assert.equal(rates(), [], 'nothing for more than a second');
  // What comes after a pause came in its last second.
  program.add(['sums', 60_000, [summed(5, 414, { self: 4 })], summed(2, 32, { self: 117 })]);
  follower.poll();
  assert.equal(rates().at(-1), [5, 2, 10]);
  assert.equal([follower.recording.skipped, follower.recording.sites.size], [0, 6]);
  follower.close();
});

test('a file that is renamed and begun anew: no line is lost, nor told twice, though two were renamed', () => {
  const program = new Program([['note', 1, 'a']]);
  const follower = new Follower(program.file);
  const notes = () => follower.recording.notes.map(({ text }) => text).join('');
  program.add(['note', 2, 'b']);
  program.turn([['note', 3, 'c']]);
  follower.poll();
  assert.is(notes(), 'abc');
  program.add(['note', 4, 'd']);
  program.turn([['note', 5, 'e']]);
  program.add(['note', 6, 'f']);
  program.turn([['note', 7, 'g']]);
  follower.poll();
  assert.is(notes(), 'abcdefg');
  // The moment between two renamings.
  fs.renameSync(program.file, program.file.replace('.jsonl', '-1.jsonl'));
  follower.poll();
  fs.writeFileSync(program.file, recordingOf([['note', 8, 'h']]));
  follower.poll();
  follower.poll();
  assert.is(notes(), 'abcdefgh');
  assert.is(follower.recording.skipped, 0);
  follower.close();
  const later = new Follower(program.file);
  assert.is(later.recording.notes.map(({ text }) => text).join(''), 'gh', 'both parts that are left');
  later.close();
});

test('the process that began last, or that of the number given; its threads, but none of an older process', () => {
  const write = (start: number, pid: number, thread: number) => ({
    [nameOf(pid, { start, thread })]: recordingOf([], { start, pid, thread }),
  });
  const { path: folder } = new Folder({
    ...write(1000, 7, 0),
    ...write(1500, 7, 1),
    ...write(2000, 7, 0),
    ...write(2100, 7, 2),
    ...write(2050, 8, 0),
    'memprof-9-9-9.json': '',
  });
  const threads = (pid?: number) => {
    const following = Following.of(folder, pid);
    following?.poll();
    const found = following?.threads.map(
      ({ recording: { header } }) => `${header.start}-${header.pid}-${header.thread}`,
    );
    following?.close();
    return found;
  };
  assert.equal(threads(), ['2000-7-0', '2100-7-2']);
  assert.equal(threads(8), ['2050-8-0']);
  assert.is(threads(9), undefined);
});

test('in a pipe: a block for each look, as the file grows, is torn and is renamed; the end ends it', async () => {
  // It was in flight when that was told.
  const program = new Program([...SECOND, ['call', 1, 900, 1101, 0, 0, 0, 0, 1, 0]]);
  const top = new Piped(program);
  const first = await top.until(/parseAll/);
  const lines = first.split('\n');
  assert.match(lines[0], /^memprof top: app\.js {2}(?:runs|silent .*) {2}pid \d+ {2}2\.0 s {2}v20\.20\.2$/);
  assert.match(
    lines[1],
    /^heap \[#{10}-{10}\] 50 %, 524\.3 MB of 1\.0 GB {2}RSS 838\.9 MB {2}external 7\.3 MB {2}in flight 1$/,
  );
  assert.match(lines[2], /^ +\[bytes\/s\] +calls\/s +total +in flight function$/);
  assert.match(lines[3], /^ +10\.5 MB +20 +15\.7 MB +0 parseAll {2}src\/shop\.ts:20$/);
  assert.match(lines[4], /^ +1\.0 MB +400 +2\.1 MB +0 resize /);
  assert.match(first, /^ +0 B +0\.0 +0 B +40 Shop\.find /m);
  assert.match(first, /^ +0 B +0\.0 +0 B +1 main /m);
  const torn = textOf([['sums', 3000, [summed(4, 50, { self: 1, awaited: 19 })]]]);
  program.addText(torn.slice(0, -9));
  assert.not.match(await top.until(/parseAll/), 'loadImages');
  program.addText(torn.slice(-9));
  assert.match(await top.until(/loadImages/), /^ +~21\.0 MB +50 +~21\.0 MB +0 loadImages /m);
  program.add(['spike', 3100, 5, 3e6, 0, 0, [['image', 'Buffer(9)']], [], null]);
  program.turn([['sums', 4000, [summed(3, 7, { self: 33 }), summed(2, 30, { self: 15 })]]]);
  const turned = await top.until(/remember/);
  assert.match(turned, /^ +34\.6 MB +7\.0 /m);
  assert.match(turned, 'spike 3.0 MB at 3.1 s  resize(image: Buffer(9))');
  program.add(['end', 5000, 'exit', 3]);
  assert.is(await top.status, 0);
  assert.match(top.output, /exited with status 3 {2}pid \d+ {2}5\.0 s[\s\S]*\n\n$/);
  assert.not.match(top.output, '\u001b');
});

test('--once prints one block; sorted as told; a program that left no last line', () => {
  const pid = 2 ** 22 + 1;
  const program = new Program(SECOND, { pid });
  const old = new Date(HEADER.start);
  fs.utimesSync(program.file, old, old);
  const { status, stdout, stderr } = program.folder.memprof(['top', '--once', '--sort', 'calls']);
  assert.equal([status, stderr], [0, '']);
  assert.match(stdout, 'app.js  gone without a last line: killed, or there is no process');
  const order = [...stdout.matchAll(/(\S+) {2}src/g)].map(([, name]) => name);
  assert.equal(order.slice(0, 2), ['resize', 'parseAll']);
  assert.is(stdout.match(/memprof top:/g)?.length, 1);
  assert.match(
    new Program([]).folder.memprof(['top', '--once']).stdout,
    /told of its memory yet[\s\S]*No call is recorded yet\.$/m,
  );
  const { folder } = new Program(SECOND);
  const of = (file: string) => folder.memprof(['top', '--once', '--record', file]);
  fs.utimesSync(path.join(folder.path, '.memprof', NAME), old, old);
  assert.match(of('.memprof').stdout, /silent for .*: it is stopped/);
  assert.is(of('elsewhere').status, 1);
  assert.match(of('elsewhere').stderr, /^memprof top: no recording in .*elsewhere\. Make one by/);
  const other = folder.memprof(['top', '12', '--once']);
  assert.equal([other.status, other.stdout], [1, '']);
  assert.match(other.stderr, 'no recording of process 12 in');
  folder.write({ [`bad/${NAME}`]: 'nonsense\n' });
  assert.equal([of('bad').status, /this is no recording/.test(of('bad').stderr)], [1, true]);
  for (const args of [
    ['1', '2'],
    ['x'],
    ['--interval', '1'],
    ['--interval', 'x'],
    ['--sort', 'toString'],
    ['--what'],
  ])
    assert.is(folder.memprof(['top', '--once', ...args]).status, 2, args.join(' '));
  assert.match(folder.memprof(['top', '--help']).stdout, /^usage: memprof top /);
});

// Wrapping, the cursor, the screen that was there before.
const LEFT = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const TITLES = /^ +\[bytes\/s\] +calls\/s +total +in flight function/m;
const named = (lines: string[]) => lines.flatMap((line) => /(\S+) {2}src\//.exec(line)?.[1] ?? []);

test('in a terminal: keys sort, filter, scroll, pause, help; what is written is shown; q leaves it as it was', async () => {
  const program = new Program(SECOND);
  const top = inTerminal(program);
  const first = await top.until(TITLES);
  assert.ok(top.isAlternate);
  assert.match(first[0], /^app\.js {2}(?:runs|silent .*) {2}pid \d+ /);
  assert.match(first[1], /^heap \[#{10}-{10}\] 50 %, 524\.3 MB of 1\.0 GB$/);
  assert.equal(named(first), ['parseAll', 'resize', 'Shop.find', 'main']);
  assert.match(first[23], /^p pause {2}\/ filter {2}\? help {2}q quit/);
  top.type('c');
  assert.equal(named(await top.until(/\[calls\/s\]/)).slice(0, 2), ['resize', 'parseAll']);
  top.type('f');
  assert.equal(named(await top.until(/\[in flight\]/)).slice(0, 2), ['Shop.find', 'main']);
  top.type('t');
  assert.is(named(await top.until(/\[total\]/))[0], 'parseAll');
  top.type('b/RES');
  assert.equal(named(await top.until(/^\/RES_/m)), ['resize']);
  // While one types, letters are no keys.
  top.type('qp\u007f\u007f\u007f');
  assert.equal(named(await top.until(/^\/RE_/m)), ['resize']);
  top.type('\r');
  await top.until(/^p pause {2}\/RE {2}Esc clears/m);
  top.type('\u001b');
  assert.is(named(await top.until(/^p pause {2}\/ filter/m)).length, 4);
  top.type('\u001b[B\u001b[B');
  // As many as there is room for: nothing to scroll to.
  top.type('?');
  await top.until(/Any key goes back/);
  top.type('q');
  await top.until(TITLES);
  top.type('p');
  await top.until(/^PAUSED {2}p goes on/m);
  program.add(['sums', 3000, [summed(3, 7, { self: 99 })]]);
  // It has looked at the file once more at least: still what it was.
  await top.drawn(3);
  top.type('t');
  assert.not.match((await top.until(/\[total\]/)).join('\n'), 'remember');
  top.type('pb');
  assert.is(named(await top.until(/remember/))[0], 'remember');
  program.add(['end', 4000, 'SIGTERM', null]);
  await top.until(/ended by SIGTERM/);
  top.type('q');
  assert.equal(await top.end(), { exitCode: 0, signal: 0 });
  assert.not.ok(top.isAlternate);
  assert.ok(top.output.endsWith(LEFT), JSON.stringify(top.output.slice(-80)));
});

test('Ctrl-C, SIGTERM and an error leave the terminal as it was', async () => {
  for (const [how, expected] of [
    [(top: Pseudo) => top.type('\u0003'), { exitCode: 0, signal: 0 }],
    [(top: Pseudo) => process.kill(top.pid, 'SIGTERM'), { exitCode: 0, signal: 15 }],
    [(top: Pseudo) => process.kill(top.pid, 'SIGINT'), { exitCode: 0, signal: 2 }],
  ] as const) {
    const top = inTerminal(new Program(SECOND));
    await top.until(TITLES);
    how(top);
    assert.equal(await top.end(), expected);
    assert.not.ok(top.isAlternate);
    assert.ok(top.output.endsWith(LEFT), JSON.stringify(top.output.slice(-80)));
  }
  const program = new Program(SECOND);
  const top = inTerminal(program);
  await top.until(TITLES);
  const folder = path.dirname(program.file);
  fs.renameSync(folder, `${folder}-moved`);
  fs.writeFileSync(folder, 'no folder');
  assert.is((await top.end()).exitCode, 1);
  assert.not.ok(top.isAlternate);
  assert.match(top.lines.join(''), 'memprof top: the recordings in');
});

test('an exception that nobody catches is shown on a terminal that is as it was', async () => {
  const program = new Program(SECOND);
  program.folder.write({ 'throws.js': "process.on('SIGUSR2', () => { throw new Error('thrown'); });" });
  const top = inTerminal(program, [], { env: { NODE_OPTIONS: '--require ./throws.js' } });
  await top.until(TITLES);
  process.kill(top.pid, 'SIGUSR2');
  assert.is((await top.end()).exitCode, 1);
  assert.not.ok(top.isAlternate);
  assert.ok(top.output.indexOf(LEFT) > 0 && top.output.indexOf(LEFT) < top.output.indexOf('Error: thrown'));
  assert.match(top.lines.join('\n'), 'Error: thrown');
});

test('Ctrl-Z gives the terminal back, and whoever goes on has it again', async () => {
  const top = inTerminal(new Program(SECOND));
  await top.until(TITLES);
  top.type('\u001a');
  await top.until(() => !top.isAlternate);
  // It may not have stopped yet: what goes on too early would stop afterwards.
  const goOn = setInterval(() => process.kill(top.pid, 'SIGCONT'), 20);
  await top.until((lines) => top.isAlternate && TITLES.test(lines.join('\n')));
  clearInterval(goOn);
  top.type('q');
  assert.is((await top.end()).exitCode, 0);
  assert.ok(top.output.endsWith(LEFT));
});

test('40 columns, then more and fewer: no line is longer, the sorted column stays, rows scroll', async () => {
  const many = Array.from({ length: 60 }, (_, n) => [`fn${n}`, n + 1, 0, [], []]);
  const program = new Program([
    ['file', 100, 'src/many.ts', many],
    ['sums', 1000, many.map((_, n) => summed(100 + n, 100 - n, { self: 100 - n }))],
    memory(1000, 900, 1, 950),
  ]);
  // It draws for keys and for a new size, not for the time.
  const top = inTerminal(program, ['--interval', '60000'], { columns: 40, rows: 12 });
  const narrow = await top.until(/^ +\[bytes\/s\] function *$/m);
  assert.match(narrow.join('\n'), /^heap \[#{9}-\] 90 %, 943\.7 MB of 1\.0…$/m);
  assert.match(narrow.join('\n'), /^ +104\.9 MB fn0 {2}src\/many\.ts:1$/m);
  assert.ok(narrow.every((line) => line.length <= 40));
  assert.is(named(narrow).length, 12 - 6);
  top.type('c');
  assert.match(await top.until(/\[calls\/s\] function/).then((lines) => lines.join('\n')), /^ +100 fn0 /m);
  top.type('\u001b[B\u001b[B');
  assert.is(named(await top.until(/ fn7 /))[0], 'fn2');
  top.type('\u001b[F');
  assert.is(named(await top.until(/ fn59 /))[0], 'fn54');
  top.type('\u001b[B\u001b[H');
  await top.until(/ fn0 /);
  top.resize(100, 30);
  // A screen is drawn line by line: all of them are waited for.
  await top.until(
    (lines) =>
      / +bytes\/s +\[calls\/s\] +total +in flight function/.test(lines.join('\n')) &&
      named(lines).length === 30 - 5,
  );
  top.resize(20, 4);
  await top.until((lines) => lines.length === 4 && /^app\.js/.test(lines[0]));
  top.type('q');
  assert.is((await top.end()).exitCode, 0);
});

const HOSTILE = ['\u001b[2J\u001b[31mred', 'a\nb\rc', '\u202eright', '\ud800', '__proto__', '\u009b5m'];
const WIDE = ['漢字かな交じり文'.repeat(6), `${'é'.repeat(60)}`, '👩‍🚀🇩🇪'.repeat(20)];

test('hostile and wide names: nothing moves, no line is wider than the screen', async () => {
  const names = [...HOSTILE, ...WIDE];
  const program = new Program(
    [
      ['file', 10, '\u001b]0;title\u0007src/\u2028', names.map((name) => [name, 1, 0, [], []])],
      ['sums', 1000, names.map((_, n) => summed(10 + n, 1, { self: 100 - n }))],
      ['spike', 900, 10, 1, 0, 0, [['\u001b[1m', '\u001b[2m']], [], null],
      memory(1000, 1, 1, 1),
    ],
    { script: '/app/\u001b[5mx.js', node: 'v\u001b[3m' },
  );
  const top = inTerminal(program, [], { columns: 60, rows: 24 });
  const lines = await top.until(/\[bytes\/s\]/);
  const rows = lines.slice(lines.findIndex((line) => /\[bytes/.test(line)) + 1).slice(0, names.length);
  assert.match(rows[0], '\\u{1b}[2J\\u{1b}[31mred');
  assert.match(rows[1], 'a\\u{a}b\\u{d}c');
  assert.match(rows[2], '\\u{202e}right');
  assert.match(rows[3], '\\u{d800}');
  assert.match(rows[4], '__proto__');
  assert.match(rows[6], /漢字.*…$/);
  for (const row of rows.slice(6)) assert.match(row, /…$/);
  const sent = top.output.replaceAll(/\p{Cc}(\[\??[\d;]*[A-Za-z])/gu, (_, sequence) => {
    assert.match(sequence, /^\[(?:\?(?:1049|25|7|2026)[hl]|H|K|J|7m|0m)$/);
    return '';
  });
  assert.not.match(sent, /(?![\r\n])[\p{Cc}\p{Cf}]/u);
  top.type('q');
  await top.end();
  const { stdout } = program.folder.memprof(['top', '--once']);
  assert.not.match(stdout, /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
});

test('threads: their functions as one, the heap of that which is nearest to its limit', () => {
  const program = new Program(SECOND);
  const worker = { pid: process.pid, thread: 3, start: HEADER.start + 500, heapLimit: 100 * MB };
  program.folder.write({
    [`.memprof/${nameOf(process.pid, { start: worker.start, thread: 3 })}`]: recordingOf(
      [['sums', 1000, [summed(2, 5, { self: 5 })]], memory(1000, 90, 2, 700)],
      worker,
    ),
  });
  const { stdout } = program.folder.memprof(['top', '--once']);
  assert.match(stdout, '  2 threads  ');
  assert.match(
    stdout,
    /heap of thread 3 \[#{18}--\] 90 %, 94\.4 MB of 104\.9 MB {2}RSS 838\.9 MB {2}external 9\.4 MB {2}in flight 2/,
  );
  assert.match(stdout, /^ +15\.7 MB +25 +21\.0 MB +0 parseAll /m);
});

test.run();

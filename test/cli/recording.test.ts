// Recordings: what is read of files that are torn, foreign, hostile or in parts; which function is named as the culprit
// and why; what `memprof explain` prints. Recordings are written by the tests, by the spec.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from '../../cli/explain';
import { culpritOf } from '../../profile/culprit';
import { readRecordings } from '../../profile/read';
import type { Recording } from '../../profile/recording';
import type { Fate } from '../../profile/story';
import { flying, HEADER, memory, recordingOf, summed } from './recordings';
import { Folder } from './support';

const NAME = `memprof-${HEADER.start}-${HEADER.pid}-0.jsonl`;
const MB = 2 ** 20;
const ABORTED: Fate = { code: null, signal: 'SIGABRT' };
const KILLED: Fate = { code: null, signal: 'SIGKILL' };

function read(text: string, name = NAME): { recordings: Recording[]; problems: string[]; folder: Folder } {
  const folder = new Folder({ [name]: text });
  const problems: string[] = [];
  return { recordings: readRecordings([folder.path], problems), problems, folder };
}
function one(lines: unknown[], header: Partial<typeof HEADER> = {}): Recording {
  const { recordings, problems } = read(recordingOf(lines, header));
  assert.equal([recordings.length, problems, recordings[0]?.skipped], [1, [], 0]);
  return recordings[0];
}
const culprit = (recording: Recording) => {
  const found = culpritOf(recording);
  return found && [found.name, Math.round(found.bytes / MB), found.estimated];
};

test('what calls in flight were called with is told by the names of their parameters', () => {
  const flown = [...flying(2, 1, 5, { self: 1 }), ['string(12)', '\u001b[2J']];
  const text = explain([one([memory(30, 100, 1, 200), ['flight', 30, 'long', [flown], 0]])]);
  assert.match(
    text,
    'parseAll  src/shop.ts:20  runs, for 25 ms (self 1.0 MB)\n    (text: string(12), \\u{1b}[2J)',
  );
});

test('every kind of line is read', () => {
  const recording = one([
    ['call', 2, 10, 5, 100, 200, 0, 7, 1, 0],
    ['call', 2, 20, 5, 100, 300, 0, 7, 2, 1],
    ['lost', 3],
    ['lost', 4],
    memory(30, 100, 1, 200),
    ['flight', 30, 'beat', [flying(1, 2, 5, { self: 1, awaited: 2, at: 1 })], 4],
    ['live', 30, 0.7, 'heap', [[5000, [['find', '/app/dist/shop.js', 9]]]]],
    ['spike', 31, 1, 1000, 2000, 3000, [['ids', 'Array(12)']], [[12, 'Array(9)', 2000]], 'Array(9)'],
    ['spike', 32, 1, 1000, 2000, 3000, [], [], null],
    ['note', 33, 'no live-heap profile: none'],
    ['end', 40, 'exit', 0],
  ]);
  assert.equal(recording.header, (({ memprof: _, ...rest }) => rest)(HEADER));
  assert.equal(recording.sites.get(1), {
    name: 'Shop.find',
    file: 'src/shop.ts',
    line: 10,
    kind: 1,
    awaits: [12, 14],
    params: ['code'],
  });
  assert.equal([...recording.sites.keys()], [1, 2, 3, 4, 5, 6]);
  assert.is(recording.sizes.get(2)?.count, 3);
  assert.equal(
    [...recording.sums],
    [[2, { calls: 3, errors: 2, self: 300, total: 800, awaited: 0, external: 21, max: 300, time: 15 }]],
  );
  assert.is(recording.lost, 7);
  assert.is(recording.memory[0].rss, 200 * MB);
  assert.is(recording.flights[0].calls[0].await, 1);
  assert.is(recording.flights[0].more, 4);
  assert.equal(recording.live[0].stacks[0].frames, [['find', '/app/dist/shop.js', 9]]);
  assert.equal(recording.spikes[0].awaitedValues, [[12, 'Array(9)', 2000]]);
  assert.is(recording.spikes[1].returned, null);
  assert.equal(recording.notes, [{ at: 33, text: 'no live-heap profile: none' }]);
  assert.equal(recording.end, { at: 40, why: 'exit', code: 0 });
});

test('sums: the last line wins, and calls that ended after it are added', () => {
  const { sums } = one([
    ['call', 2, 10, 5, 100, 100, 0, 0, 1, 0],
    ['sums', 1000, [summed(2, 5, { self: 5 })]],
    ['sums', 2000, [summed(2, 7, { self: 7 }), summed(1, 1, { self: 1 })]],
    ['call', 2, 1990, 5, 100, 100, 0, 0, 1, 0],
    ['call', 2, 1999, 5, 100, 100, 0, 0, 1, 0],
  ]);
  assert.equal([sums.get(2)?.calls, sums.get(2)?.self], [8, 7 * MB + 100]);
  assert.is(sums.get(1)?.calls, 1);
});

test('a call that ended after the last flight is in flight no more', () => {
  const { flights } = one([
    ['flight', 30, 'long', [flying(2, 1, 5.5), flying(1, 2, 5.5)], 0],
    ['call', 2, 5.5, 30, 100, 100, 0, 0, 1, 0],
  ]);
  assert.equal(
    flights[0].calls.map(({ site }) => site),
    [1],
  );
});

test('a torn last line is left out, whole or not; an unknown kind and further elements are passed over', () => {
  const text = recordingOf([memory(1, 10, 1, 20), ['later', { a: 1 }], ['note', 2, 'kept', 'more']]);
  for (const torn of ['["note",3,"to', '["note",3,"torn"]', '\u{1f600}'.slice(0, 1)]) {
    const [recording] = read(text + torn).recordings;
    assert.equal([recording.notes.length, recording.skipped, recording.memory.length], [1, 0, 1]);
  }
});

test('lines that are no JSON or have wrong types are counted and passed over', () => {
  const bad = [
    'nonsense',
    '{"a":1}',
    '[]',
    '["note",1]',
    '["memory",1,1e999,1,1,1,1,1]',
    '["call",1,2,3]',
    '["call",1,2,3,"4",5,6,7,8,9]',
    '["file",7,"x.ts",[["a",1,0]]]',
    '["file",7,"x.ts",{"0":1}]',
    '["sums",1,[[1,2]]]',
    '["flight",1,"beat",[[1]],0]',
    '["live",1,0.7,"heap",[[1,[["a","b","c"]]]]]',
    '["spike",1,1,1,1,1,[[1,2]],[],null]',
    '["lost",null]',
    '["end"]',
    '',
  ];
  const text = `${recordingOf([memory(1, 10, 1, 20)])}${bad.join('\n')}\n${JSON.stringify(['note', 2, 'after'])}\n`;
  const [recording] = read(text).recordings;
  assert.is(recording.skipped, bad.length);
  assert.equal(
    [recording.notes.length, recording.sites.size, recording.sums.size, recording.flights.length],
    [1, 6, 0, 0],
  );
  assert.match(explain([recording]), `${bad.length} lines of the recording cannot be read`);
});

test('a line without an end is passed over, and those after it are read', () => {
  const long = `["note",1,"${'x'.repeat(9 * MB)}"]\n`;
  const [recording] = read(`${recordingOf([])}${long}${JSON.stringify(['note', 2, 'after'])}\n`).recordings;
  assert.equal([recording.skipped, recording.notes], [1, [{ at: 2, text: 'after' }]]);
});

test('files that are no recordings are named, others are read; folders take memprof-*.jsonl alone', () => {
  const folder = new Folder({
    [NAME]: recordingOf([]),
    'memprof-foreign.jsonl': '{"level":30}\n',
    'memprof-empty.jsonl': '',
    'memprof-torn.jsonl': '{"memprof":1',
    'memprof-later.jsonl': '{"memprof":2,"start":1,"pid":2}\n',
    'memprof-nothing.jsonl': '{"memprof":1}\n',
    'other.jsonl': recordingOf([], { pid: 9 }),
    [`${NAME}.new`]: recordingOf([], { pid: 10 }),
  });
  const problems: string[] = [];
  const recordings = readRecordings([folder.path, `${folder.path}/gone`], problems);
  assert.equal(
    recordings.map(({ header }) => header.pid),
    [HEADER.pid],
  );
  assert.is(problems.length, 6);
  for (const [name, what] of Object.entries({
    foreign: 'this is no recording of memprof',
    empty: 'this is no recording of memprof',
    torn: 'this is no recording of memprof',
    later: 'a recording of format 2, this memprof reads 1',
    nothing: 'no start or no pid',
    gone: 'there is no such file or folder',
  }))
    assert.ok(
      problems.some((problem) => problem.includes(name) && problem.includes(what)),
      name,
    );
  // Named by hand, any name will do.
  assert.is(readRecordings([`${folder.path}/other.jsonl`])[0].header.pid, 9);
});

test('parts of one thread are one recording, the older first; a first worker is a thread of its own', () => {
  const base = `memprof-${HEADER.start}-${HEADER.pid}`;
  const folder = new Folder({
    [`${base}-0.jsonl`]: recordingOf([
      ['sums', 2000, [summed(2, 9)]],
      ['lost', 2],
      ['note', 2, 'newer'],
    ]),
    [`${base}-0-1.jsonl`]: recordingOf([
      ['sums', 1000, [summed(2, 5)]],
      ['lost', 1],
      ['note', 1, 'older'],
    ]),
    [`${base}-1.jsonl`]: recordingOf([['note', 1, 'worker']], { thread: 1 }),
  });
  for (const paths of [[folder.path], [`${folder.path}/${base}-0.jsonl`, `${folder.path}/${base}-1.jsonl`]]) {
    const [main, worker] = readRecordings([...paths, ...paths]);
    assert.equal([main.sums.get(2)?.calls, main.lost, main.files.length], [9, 3, 2]);
    assert.equal(
      main.notes.map(({ text }) => text),
      ['older', 'newer'],
    );
    assert.equal([worker.header.thread, worker.notes.length], [1, 1]);
  }
});

test('what is kept is bounded', () => {
  const lines: unknown[] = [];
  for (let n = 0; n < 5000; n++) lines.push(memory(n, 1, 1, 1));
  for (let n = 0; n < 100; n++) {
    lines.push(['flight', n, 'beat', [], 0], ['live', n, 0.7, 'heap', []], ['note', n, 'x']);
    lines.push(['spike', n, 1, 1, 1, 1, [], [], null]);
  }
  const { memory: kept, flights, live, spikes, notes } = one(lines);
  assert.ok(kept.length <= 4096);
  assert.equal([kept[0].at, kept.at(-1)?.at], [0, 4999]);
  assert.equal([flights.length, live.length, spikes.length, notes.length], [50, 5, 50, 50]);
  assert.equal([flights[0].at, live.at(-1)?.at], [50, 99]);
});

test('hostile names change nothing: no prototype, no line, no terminal, no half character', () => {
  const names = [
    '__proto__',
    'constructor',
    'a\nmemprof: b',
    '\x1b]0;owned\x07\x1b[2J',
    'x\ud800y',
    '\u202eabc',
  ];
  const { recordings } = read(
    recordingOf(
      [
        ['file', 10, 'src/\x1b[31m.ts', names.map((name, n) => [name, n, 0, []])],
        ['sums', 1, names.slice(0, 5).map((_, n) => summed(10 + n, 1, { self: 10 + n }))],
        ['flight', 2, 'a\rb', names.map((_, n) => flying(10 + n, 2, 1, { self: 1 })), 0],
        ['live', 2, 0.9, 'he\x9bap', [[1000, names.map((name) => [name, '/app/\x1b.js', 1])]]],
        ['spike', 3, 10, 1, 1, 1, [['\x1b[1m', '\nshape']], [], '\x07'],
        ['note', 4, 'one\ntwo\x1b'],
        memory(5, 900, 1, 950),
      ],
      { script: '/app/\x1b[2J\n.js' },
    ),
  );
  const text = explain(recordings, ABORTED);
  assert.equal(
    text.match(/[\p{Cc}\p{Cf}\p{Cs}]/gu)?.filter((found) => found !== '\n'),
    [],
  );
  assert.not.match(text, /^memprof: b/m);
  for (const shown of ['__proto__', 'constructor', 'a\\u{a}memprof: b', 'x\\u{d800}y', '\\u{202e}abc'])
    assert.ok(text.includes(shown), shown);
  assert.is(({} as Record<string, unknown>).line, undefined);
});

test('culprit: a synchronous call that runs and has much; out of memory at the heap limit', () => {
  const recording = one([
    ['sums', 1000, [summed(3, 1000, { self: 5000 })]],
    memory(1000, 200, 1, 300),
    ['flight', 1020, 'long', [flying(2, 1, 1000, { self: 30 }), flying(1, 2, 900, { awaited: 20 })], 0],
    ['flight', 1900, 'heap 95%', [flying(2, 1, 1000, { self: 700 }), flying(1, 2, 900, { awaited: 20 })], 0],
    memory(1900, 950, 1, 1000),
  ]);
  assert.equal(culprit(recording), ['parseAll', 700, false]);
  const text = explain([recording], ABORTED);
  assert.match(
    text,
    /^memprof: app\.js \(pid 4711\) was killed by SIGABRT, out of memory: V8's heap limit \(heap 996\.1 MB of 1\.0 GB, 95 %\)\.$/m,
  );
  assert.match(text, /^the culprit: parseAll {2}src\/shop\.ts:20 {2}734\.0 MB$/m);
  assert.match(text, 'waits at line 12');
  assert.match(text, '~21.0 MB  Shop.find  src/shop.ts:10');
});

test('culprit: a call that is blocked in one operation, and has shown no bytes of it yet', () => {
  const before = [
    ['sums', 1000, [summed(3, 1000, { self: 5000 })]],
    memory(1000, 200, 1, 300),
    memory(1990, 210, 1, 310),
  ];
  const after = [memory(2990, 210, 1, 900), memory(3990, 210, 1, 1300)];
  const sync = one([
    ...before,
    ['flight', 2020, 'long', [flying(2, 1, 2000, { self: 1 }), flying(1, 2, 900, { awaited: 90 })], 0],
    ...after,
    ['flight', 3990, 'beat', [flying(2, 1, 2000, { self: 1 }), flying(1, 2, 900, { awaited: 90 })], 0],
  ]);
  assert.equal(culprit(sync)?.[0], 'parseAll');
  const text = explain([sync], ABORTED);
  assert.match(text, "most likely out of memory: V8's heap limit");
  assert.match(text, /^the culprit: parseAll .* ~1\.0 GB$/m);
  assert.match(text, 'for 2.0 s without a pause');
  // An async one is blamed for what grew since it runs without a pause, not since it began.
  const awaited = (lines: unknown[]) =>
    one([...before, ['flight', 2020, 'long', [flying(1, 1, 10, { self: 1 })], 0], ...lines]);
  assert.equal(culprit(awaited(after))?.[0], 'remember');
  assert.equal(
    culprit(awaited([...after, ['flight', 3990, 'beat', [flying(1, 1, 10, { self: 1 })], 0]]))?.[0],
    'Shop.find',
  );
  const short = [memory(1000, 100, 1, 100), memory(1900, 800, 1, 850), memory(1995, 950, 1, 995)];
  const small = [flying(2, 1, 1970, { self: 1 }), flying(1, 2, 900, { awaited: 2 })];
  assert.equal(
    culprit(
      one([['sums', 1, [summed(3, 9, { self: 9 })]], ...short, ['flight', 1992, 'long', small, 0]]),
    )?.[0],
    'remember',
    'what grew before a call is not its own',
  );
});

test('culprit: a call that ran for long, where nothing else is known of it; any call in flight at last', () => {
  const beat = (started: number) => ['flight', 1001, 'beat', [flying(2, 1, started)], 0];
  const blocked = one([['flight', 770, 'long', [flying(2, 1, 750)], 0], memory(1000, 30, 1, 900), beat(750)]);
  assert.equal(culprit(blocked), ['parseAll', 0, false]);
  assert.match(explain([blocked]), 'it may have run out of memory: V8');
  const others = ['sums', 1000, [summed(5, 1, { self: 90 })]];
  assert.equal(culprit(one([others, memory(1000, 30, 1, 90), beat(750)]))?.[0], 'parseAll');
  assert.equal(culprit(one([others, memory(1000, 30, 1, 90), beat(990)]))?.[0], 'resize');
  assert.equal(culprit(one([memory(1000, 30, 1, 90), beat(990)]))?.[0], 'parseAll');
});

test('culprit: many small calls that each keep a little, by the profile of what was alive', () => {
  const stacks = [
    [
      300 * MB,
      [
        ['remember', 'file:///app/dist/shop.js', 33],
        ['find', 'file:///app/dist/shop.js', 12],
      ],
    ],
    [
      200 * MB,
      [
        ['set', '', 0],
        ['remember', 'file:///app/dist/shop.js', 33],
      ],
    ],
    [
      350 * MB,
      [
        ['map', '', 0],
        ['find', 'file:///app/dist/shop.js', 12],
        ['main', '/app/dist/images.js', 3],
      ],
    ],
    [100 * MB, [['remember', '/app/dist/images.js', 1]]],
  ];
  const lines = [
    ['sums', 1000, [summed(5, 10, { self: 90_000 })]],
    ['live', 1000, 0.85, 'heap', stacks],
    memory(1500, 950, 1, 1000),
    ['flight', 1500, 'heap 95%', [flying(2, 1, 1499, { self: 0.1 }), flying(1, 2, 1400, { awaited: 1 })], 0],
  ];
  const recording = one(lines);
  assert.equal(culprit(recording), ['remember', 500, true]);
  const text = explain([recording], ABORTED);
  assert.match(text, /^the culprit: remember {2}src\/shop\.ts:30 {2}~524\.3 MB$/m);
  assert.match(text, 'alive on the heap at 85 % of the heap limit');
  // A loop that never ends has allocated all of it in its time, and let it go: the profile knows better.
  const loop = ['flight', 1500, 'beat', [flying(6, 2, 1, { children: 90_000 })], 0];
  assert.equal(culprit(one([...lines, loop]))?.[0], 'remember');
  // A profile that was taken early says nothing; without one the sums do.
  const early = lines.map((line) =>
    Array.isArray(line) && line[0] === 'live' ? ['live', 1, 0.3, 'heap', stacks] : line,
  );
  assert.equal(culprit(one(early))?.[0], 'resize');
});

test('culprit: a method in a bundle by its name alone; what is not instrumented by its frame', () => {
  const live = (frames: unknown[]) => [memory(1, 950, 1, 990), ['live', 1, 0.95, 'heap', [[MB, frames]]]];
  assert.equal(culprit(one(live([['find', '/app/out/bundle.js', 90_000]])))?.[0], 'Shop.find');
  const [name, bytes, estimated] =
    culprit(
      one(
        live([
          ['add', 'node:internal/map', 3],
          ['grow', '/app/dist/cache.js', 7],
        ]),
      ),
    ) ?? [];
  assert.equal([name, bytes, estimated], ['grow', 1, true]);
  assert.match(explain([one(live([['grow', '/app/dist/cache.js', 7]]))]), 'grow  /app/dist/cache.js:7');
  assert.is(culprit(one(live([['find', 'node:internal/util', 3]]))), undefined);
});

test('culprit: Buffers, by what was allocated outside the heap; killed at the RSS limit', () => {
  const recording = one(
    [
      ['sums', 1000, [summed(5, 10, { self: 900 }), summed(4, 10, { self: 1, external: 400 })]],
      ['live', 1000, 0.85, 'rss', [[30 * MB, [['resize', '/app/dist/images.js', 15]]]]],
      memory(1500, 40, 400, 495),
    ],
    { rssLimit: 512 * MB, rssLimitBy: 'cgroup' },
  );
  assert.equal(culprit(recording), ['loadImages', 400, false]);
  const text = explain([recording], KILLED);
  assert.match(
    text,
    'was killed, most likely for its memory (RSS 519.0 MB of 536.9 MB, the limit by cgroup, 97 %)',
  );
  assert.match(text, '419.4 MB of it outside the heap: Buffers.');
  assert.match(
    explain([recording], { code: 137, signal: null }),
    'exited with status 137: it was killed, most likely',
  );
});

test('culprit: an async call that waits and has the most; its await is named', () => {
  const recording = one([
    ['sums', 1000, [summed(5, 10, { self: 900 })]],
    memory(1900, 950, 1, 1000),
    [
      'flight',
      1900,
      'heap 95%',
      [
        flying(2, 1, 1899, { self: 1 }),
        flying(1, 2, 900, { self: 10, awaited: 600, at: 1 }),
        flying(4, 2, 1),
      ],
      0,
    ],
  ]);
  assert.equal(culprit(recording), ['Shop.find', 610, true]);
  const text = explain([recording], ABORTED);
  assert.match(text, 'it waited when the recording ends');
  assert.match(
    text,
    /^ {2}~639\.6 MB {2}Shop\.find {2}src\/shop\.ts:10 {2}waits at line 14, begun 1\.0 s before/m,
  );
});

test('a flight that the program went on after is not the last word', () => {
  const big = ['flight', 100, 'beat', [flying(1, 2, 1, { awaited: 500 })], 0];
  const lines = [['sums', 1, [summed(5, 1, { self: 9 })]], big, memory(100, 900, 1, 950)];
  assert.equal(culprit(one(lines))?.[0], 'Shop.find');
  assert.equal(culprit(one([...lines, memory(9000, 900, 1, 950)]))?.[0], 'resize');
});

test('how it ended, where no limit was near', () => {
  const calm = one([memory(1, 100, 1, 200)], { rssLimit: 1000 * MB });
  const first = (fate?: Fate, recording = calm) => explain([recording], fate).split('\n')[0];
  assert.match(first(ABORTED), 'no limit was near, so its own message tells more');
  assert.match(first(KILLED), 'its own limit was not near');
  assert.match(first(KILLED, one([memory(1, 100, 1, 200)])), 'no limit of its memory is known');
  assert.match(first({ code: null, signal: 'SIGSEGV' }), 'was killed by SIGSEGV; last seen: heap');
  assert.match(first(), 'it was killed, or still runs');
  assert.match(first(undefined, one([['end', 5000, 'exit', 3]])), 'exited with status 3 after 5.0 s');
  assert.match(first(undefined, one([['end', 5, 'SIGTERM', null]])), 'ended by SIGTERM after 5 ms');
  assert.match(first(undefined, one([memory(1, 950, 1, 990)])), "V8's heap limit (heap");
  assert.match(explain([one([])]), 'No call was recorded');
});

test('several recordings: the one that died near its limit has its story, others a line', () => {
  const dead = one([memory(1, 950, 1, 990), ['sums', 1, [summed(3, 1, { self: 9 })]]], { pid: 5000 });
  const ended = one([memory(1, 960, 1, 990), ['end', 9, 'exit', 0]], { pid: 5001 });
  const parent = one([memory(1, 100, 1, 150)]);
  const text = explain([ended, parent, dead], { code: null, signal: 'SIGKILL', pid: HEADER.pid });
  const lines = text.split('\n');
  assert.match(lines[0], 'app.js (pid 5000) has no last line');
  assert.match(
    text,
    /^recorded beside it \(2\):\n {2}app\.js \(pid 4711\) was killed by SIGKILL.*\n {2}app\.js \(pid 5001\) exited with status 0/m,
  );
});

test('memprof explain: a folder, a file, none', () => {
  const folder = new Folder({
    [`.memprof/${NAME}`]: recordingOf([memory(1, 950, 1, 990)]),
    'empty/a.txt': '',
  });
  const usual = folder.memprof(['explain']);
  assert.equal([usual.status, usual.stderr], [0, '']);
  assert.match(usual.stdout, /^memprof: app\.js \(pid 4711\) /);
  assert.is(folder.memprof(['explain', `.memprof/${NAME}`]).stdout, usual.stdout);
  const empty = folder.memprof(['explain', 'empty', 'gone']);
  assert.equal([empty.status, empty.stdout], [1, '']);
  assert.match(empty.stderr, 'gone: there is no such file or folder');
  assert.match(empty.stderr, 'no recording in empty, gone. Make one by `memprof run app.js`');
  assert.is(folder.memprof(['explain', '--what']).status, 2);
});

test.run();

// Profiles of recordings that the tests of exporters write, by docs/recording.md: two processes and a worker of the first one,
// with paths that are numbered in different orders; and one whose names are hostile.

import { type PathProfile, type Profile, profileOf } from '../../profile/profile';
import { readRecordings } from '../../profile/read';
import type { Recording } from '../../profile/recording';
import { HEADER, memory, recordingOf } from '../cli/recordings';
import { Folder } from '../cli/support';

const START = HEADER.start;

/** Lines of the first process: main (6) calls Shop.find (1), which calls parseAll (2) and remember (3), and loadImages (4). */
export const FIRST = [
  [
    'paths',
    1,
    [
      [0, 6],
      [1, 1],
      [2, 2],
      [2, 3],
      [1, 4],
      [0, 2],
    ],
  ],
  ['call', 1, 10, 90, 50, 7550, 17500, 10, 1, 0, 2, 17500],
  ['call', 2, 20, 30, 7500, 7500, 0, 0, 1, 0, 3, 0],
  ['call', 1, 40, 100, 50, 7550, 17500, 10, 1, 1, 2, 17500],
  ['call', 4, 140, 5.5, 100, 100, 5000, 300000, 1, 0, 5, 5000],
  ['spike', 141, 4, 100, 5000, 300000, [['count', 'number']], [[7, 'Buffer(300000)', 5000]], 'Array(3)'],
  ['gc', 500, 3, 1, 12.5, 40000],
  [
    'by',
    1000,
    [
      [1, 1, 1000, 0, 0],
      [2, 40, 2000, 700000, 400],
      [3, 40, 300000, 0, 0],
      [4, 40, 4096, 0, 0],
      [5, 3, 300, 15000, 900000],
      // As much as a path of the second process: no order is right by cost alone.
      [6, 1, 7, 0, 0],
    ],
  ],
  ['gc', 1000, 5, 1, 14, 41000],
  ['memory', 1000, 5e7, 1e6, 9e7, 4e5, 9e5, 2, 0],
  [
    'sums',
    1000,
    [
      [1, 40, 1, 2000, 306096, 700000, 400, 30000, 4000],
      [2, 40, 0, 300000, 300000, 0, 0, 7500, 900],
      [3, 40, 0, 4096, 4096, 0, 0, 200, 80],
      [4, 3, 0, 300, 300, 15000, 900000, 5100, 20],
      [6, 1, 0, 1000, 307396, 715000, 0, 1022396, 990],
    ],
  ],
  [
    'unowned',
    1000,
    [
      [
        60000,
        'decode',
        'node_modules/pg/parser.js',
        12,
        [
          'push node:internal/array:3',
          'decode node_modules/pg/parser.js:12',
          'onData node_modules/pg/client.js:40',
        ],
      ],
      [1000, 'grow', 'dist/pool.js', 7, []],
    ],
  ],
  ['end', 1100, 'exit', 0],
];

const SECOND = [
  [
    'paths',
    1,
    [
      [0, 4],
      [0, 6],
      [2, 4],
      [2, 1],
      [4, 2],
      [0, 3],
    ],
  ],
  [
    'by',
    900,
    [
      [1, 2, 20, 8000, 600000],
      [3, 1, 10, 4000, 300000],
      [4, 7, 70, 14000, 70],
      [5, 7, 50000, 0, 0],
      [6, 1, 7, 0, 0],
    ],
  ],
  ['call', 1, 100, 900, 11, 11, 13, 17, 1, 0, 4, 13],
  ['memory', 900, 3e7, 2e6, 7e7, 6e4, 2e4, 1, 0],
  ['unowned', 900, [[500, 'grow', 'dist/pool.js', 7, []]]],
  ['memory', 1500, 4e7, 2e6, 8e7, 8e4, 2e4, 0, 0],
];

const WORKER = [
  ['paths', 1, [[0, 5]]],
  ['by', 400, [[1, 9, 99999, 0, 1]]],
  ['gc', 300, 1, 0, 1, 100],
  memory(400, 5, 1, 90),
];

/** Names as somebody might send them. */
export const HOSTILE = [
  '<script>alert(1)</script>',
  '"quoted" \'twice\' \\',
  'two\nlines\r',
  '\x1b]0;owned\x07\x1b[2J',
  '__proto__',
  'constructor',
  'half \ud800 a character',
  '\u202eabc\u2028',
  '</title><b onload=x>',
  '',
];

export function recordings(texts: Record<string, string>): Recording[] {
  const folder = new Folder(
    Object.fromEntries(Object.entries(texts).map(([name, text]) => [`memprof-${name}.jsonl`, text])),
  );
  const problems: string[] = [];
  const read = readRecordings([folder.path], problems);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return read;
}

export function threeThreads(): Recording[] {
  return recordings({
    a: recordingOf(FIRST),
    b: recordingOf(SECOND, { start: START + 5000, pid: 4712 }),
    c: recordingOf(WORKER, { start: START + 200, thread: 1 }),
  });
}

/** One whose functions, files, shapes and stacks have those names; each function has called itself once, 1000 bytes. */
export function hostile(): Profile {
  const rows = HOSTILE.map((name, n) => [name, n, 0, [], [name]]);
  const lines = [
    ...HOSTILE.map((name, n) => ['file', 100 * (n + 1), name, rows]),
    ['paths', 1, HOSTILE.map((_, n) => [n, 100 + n])],
    ['by', 1000, HOSTILE.map((_, n) => [n + 1, 1, 1000, 100, 10])],
    ...HOSTILE.map((name, n) => ['spike', n, 100 + n, 1, 1, 1, [[name, name]], [[1, name, 1]], name]),
    ...HOSTILE.map((_, n) => ['call', 100 + n, n, 5, 1, 1, 1, 1, 1, 0, n + 1, 1]),
    ['unowned', 1000, HOSTILE.map((name, n) => [10, name, name, n, [name, `${name} ${name}:3`]])],
    ['memory', 1000, 1000, 1000, 1000, 1000, 200, 0, 0],
  ];
  return profileOf(recordings({ a: recordingOf(lines, { script: `/app/${HOSTILE[3]}`, node: HOSTILE[0] }) }));
}

/** What could move a cursor, break a line, turn text about, or be no character. */
export const HARMFUL = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

export function sumsOf(paths: PathProfile[]): {
  self: number;
  awaited: number;
  external: number;
  calls: number;
} {
  const sums = { self: 0, awaited: 0, external: 0, calls: 0 };
  for (const one of paths) {
    const below = sumsOf(one.children);
    for (const key of ['self', 'awaited', 'external', 'calls'] as const) sums[key] += one[key] + below[key];
  }
  return sums;
}

/** The profiles of the same recordings in all orders. */
export function* inAllOrders(read: Recording[]): Generator<Profile> {
  for (const n of read.keys())
    for (const m of read.keys()) {
      if (n === m) continue;
      const others = read.filter((_, one) => one !== n && one !== m);
      yield profileOf([read[n], ...others, read[m]]);
    }
}

// A recording with all that a report shows, by docs/recording.md: a service that dies near its heap limit, and a worker beside
// it. Serves the report's tests. Figures are round, so that a test can say them.

import { HEADER } from '../cli/recordings';

const MB = 2 ** 20;
const SECONDS = 60;

export const NAME = `memprof-${HEADER.start}-${HEADER.pid}-0.jsonl`;
export const WORKER = `memprof-${HEADER.start + 5000}-${HEADER.pid}-1.jsonl`;

/** Functions 1 to 6. */
const FILES = [
  [
    'file',
    1,
    'src/shop.ts',
    [
      ['Shop.find', 10, 1, [12, 14], ['code', 'options']],
      ['parseAll', 20, 0, [], ['text']],
      ['remember', 30, 0, [], []],
    ],
  ],
  [
    'file',
    4,
    'src/images/load.ts',
    [
      ['loadImages', 5, 1, [7], ['urls']],
      ['resize', 15, 0, [], ['image', 'width']],
      ['main', 25, 1, [26], []],
    ],
  ],
];

const textOf = (lines: unknown[]) => lines.map((line) => `${JSON.stringify(line)}\n`).join('');

/** A row of sums; MB, `time` in ms. */
const sums = (
  site: number,
  calls: number,
  { errors = 0, self = 0, total = 0, awaited = 0, external = 0, max = 0, time = 0 },
) => [site, calls, errors, self * MB, (total || self) * MB, awaited * MB, external * MB, max * MB, time];

function overTime(): unknown[] {
  const lines: unknown[] = [];
  for (let n = 1; n <= SECONDS; n++) {
    const at = n * 1000;
    // It grows, and collections take some of it back.
    const heap = 60 + n * 14 - (n % 7) * 9;
    const external = 20 + 6 * (n % 10);
    lines.push([
      'memory',
      at,
      heap * MB,
      external * MB,
      (heap + external + 90) * MB,
      n * 11 * MB,
      n * 3 * MB,
      2,
      0,
    ]);
    lines.push(['gc', at, n * 6, Math.floor(n / 7), n * 4 + (n > 45 ? (n - 45) ** 2 * 2 : 0), n * 30 * MB]);
    lines.push([
      'sums',
      at,
      [
        sums(1, n * 10, {
          errors: Math.floor(n / 20),
          self: n,
          total: n * 9,
          awaited: n * 2,
          max: 40,
          time: n * 300,
        }),
        sums(2, n * 10, { self: n * 7, max: 38, time: n * 120 }),
        sums(3, n * 30, { self: n, max: 1, time: n * 5 }),
        sums(4, Math.ceil(n / 4), {
          self: 1,
          total: 2,
          awaited: 30,
          external: 3 * n,
          max: 31,
          time: n * 700,
        }),
        sums(5, n * 3, { self: 1, external: n > 30 ? 50 : 1, max: 1, time: n * 40 }),
      ],
    ]);
  }
  return lines;
}

const calls = Array.from({ length: 40 }, (_, n) => [
  'call',
  1,
  1000 * n,
  300,
  100_000 * (n + 1),
  900_000 * (n + 1),
  200_000 * n,
  0,
  1,
  n % 20 === 19 ? 1 : 0,
  2,
  200_000 * n,
]);

/** The main thread's. */
export function sampleText(): string {
  return textOf([
    { ...HEADER, script: '/app/server.js' },
    ...FILES,
    [
      'paths',
      1,
      [
        [0, 6],
        [1, 1],
        [2, 2],
        [2, 3],
        [1, 4],
        [5, 5],
      ],
    ],
    ...calls,
    ...overTime(),
    [
      'by',
      60_000,
      [
        [1, 1, 5 * MB, 0, 0],
        [2, 600, 60 * MB, 120 * MB, 0],
        [3, 600, 420 * MB, 0, 0],
        [4, 1800, 60 * MB, 0, 0],
        [5, 15, 1 * MB, 30 * MB, 180 * MB],
        [6, 180, 1 * MB, 0, 50 * MB],
      ],
    ],
    ['lost', 17],
    ['spike', 31_000, 2, 38 * MB, 0, 0, [['text', 'string(19283746)']], [], 'Array(412338)'],
    [
      'spike',
      44_500,
      1,
      20 * MB,
      30 * MB,
      0,
      [
        ['code', 'string(12)'],
        ['options', '{limit: number, all: boolean}'],
      ],
      [
        [12, 'Array(90000)', 24 * MB],
        [14, '{rows: Array(90000)}', 6 * MB],
      ],
      'Array(90000)',
    ],
    [
      'unowned',
      60_000,
      [
        [
          120 * MB,
          'parse',
          '/app/node_modules/pg-types/lib/text.js',
          88,
          [
            'parse (/app/node_modules/pg-types/lib/text.js:88)',
            'onData (/app/node_modules/pg/lib/client.js:301)',
          ],
        ],
        [40 * MB, 'Module._compile', 'node:internal/modules/cjs/loader', 1358, []],
      ],
    ],
    [
      'live',
      55_000,
      0.85,
      'heap',
      [
        [
          420 * MB,
          [
            ['parseAll', '/app/dist/shop.js', 31],
            ['find', '/app/dist/shop.js', 12],
            ['main', '/app/dist/load.js', 40],
          ],
        ],
        [90 * MB, [['remember', '/app/dist/shop.js', 44]]],
      ],
    ],
    [
      'suspects',
      52_000,
      [
        [
          'parseAll',
          'src/shop.ts',
          20,
          8 * MB,
          6 * MB,
          10 * MB,
          410 * MB,
          0,
          'live heap',
          null,
          'called by main',
          0.982,
          0.61,
          ['remember', 'src/shop.ts', 30],
        ],
        [
          'load',
          '/app/dist/load.js',
          7,
          MB,
          0,
          2 * MB,
          20 * MB,
          40,
          'arguments',
          '{id, rows}',
          'its arguments are not let go',
          0.71,
          0.12,
          null,
        ],
      ],
    ],
    ['note', 2000, 'native objects are not asked for: the limit of classes is reached'],
    [
      'flight',
      60_000,
      'heap 90%',
      [
        [2, 1, 59_500, 210 * MB, 0, 0, 0, 0, ['string(19283746)']],
        [1, 2, 58_000, 2 * MB, 4 * MB, 30 * MB, 0, 1, ['string(12)', '{limit: number}']],
        [4, 3, 41_000, 1 * MB, 0, 0, 12 * MB, 0, ['Array(40)']],
      ],
      2,
    ],
  ]);
}

/** A worker's: it ended well. */
export function workerText(): string {
  return textOf([
    {
      ...HEADER,
      start: HEADER.start + 5000,
      thread: 1,
      script: '/app/resize-worker.js',
      rssLimit: 2000 * MB,
      rssLimitBy: 'cgroup',
    },
    FILES[1],
    ...Array.from({ length: 20 }, (_, n) => [
      'memory',
      n * 1000,
      (20 + n) * MB,
      5 * MB,
      400 * MB,
      n * MB,
      0,
      0,
      500 * MB,
    ]),
    ['sums', 19_000, [sums(5, 400, { self: 12, external: 90, max: 1, time: 900 })]],
    ['end', 19_500, 'exit', 0],
  ]);
}

export const HOSTILE = [
  '<script>alert(1)</script>',
  '</script><script>alert(2)</script>',
  '<!-- <img src=x onerror=alert(3)>',
  `"'\`\${alert(4)}&lt;&#60;`,
  'two\nlines\r\u2028\u2029',
  '__proto__',
  'constructor',
  'lone \ud800 surrogate \udfff',
  '\u001b[31mred\u0007\u202etxet',
  'toString',
  '',
];

/** Each hostile name wherever a name can stand, and figures beyond all measure. */
export function hostileText(header: Partial<typeof HEADER> = {}): string {
  const sites = HOSTILE.map((name, n) => [name, n + 1, n % 4, [1], [name, '__proto__']]);
  const each = <T>(of: (name: string, n: number) => T) => HOSTILE.map(of);
  return textOf([
    { ...HEADER, script: `/app/${HOSTILE[0]}`, rssLimit: 900 * MB, rssLimitBy: HOSTILE[1], ...header },
    ['file', 1, `src/${HOSTILE[1]}`, sites],
    ['paths', 1, each((_, n) => [n, n + 1])],
    ['memory', 1e300, 1.7e308, -1e308, 1.7e308, MB, MB, 1, 0],
    ['memory', -1e300, -1e308, 1.7e308, -1, MB, MB, 1, 0],
    ['gc', 500, 1e308, -1e308, 1e308, -1],
    ['gc', 1500, -1e308, 1e308, -1e308, 1e308],
    ['memory', 1000, 500 * MB, MB, 600 * MB, MB, MB, 1, 0],
    ['memory', 2000, 900 * MB, MB, 980 * MB, MB, MB, 1, 0],
    ['sums', 2000, each((_, n) => sums(n + 1, 5, { self: 1, total: 2, awaited: 1, external: 1 }))],
    ['sums', 2000, [[1, 5, -1e308, -5, 1e308, 1e308, -1e308, 1e308, 1e308]]],
    ['by', 2000, each((_, n) => [n + 1, 5, MB, MB, MB])],
    ['by', 2000, [[1, -5, -MB, 1e308, -1e308]]],
    ...each((name, n) => ['spike', 1500, n + 1, MB, MB, MB, [[name, name]], [[1, name, MB]], name]),
    ...each((_, n) => ['call', n + 1, 100, 5, MB, MB, MB, MB, 3, 1, 1, 0]),
    [
      'suspects',
      1800,
      each((name) => [
        name,
        name,
        1,
        MB,
        -1e308,
        1e308,
        1.7e308,
        3,
        name,
        name,
        name,
        -5,
        1e308,
        [name, name, 1],
      ]),
    ],
    ['unowned', 2000, each((name) => [MB, name, name, 1, [name]])],
    [
      'live',
      1900,
      0.9,
      HOSTILE[0],
      each((name) => [
        MB,
        [
          [name, name, 1],
          [name, name, 2],
        ],
      ]),
    ],
    ...each((name) => ['note', 1900, name]),
    [
      'flight',
      2000,
      HOSTILE[0],
      each((name, n) => [n + 1, 2, 1000 + n, MB, MB, MB, MB, 0, [name, name, name]]),
      0,
    ],
    ['end', 2000, HOSTILE[0], 1],
  ]);
}

/** A recording of any length, piece by piece: path N has N kB, below another where its number is odd. */
export function* manyText({ functions, paths, calls }: { functions: number; paths: number; calls: number }) {
  const rows = Array.from({ length: functions }, (_, n) => [`function${n}`, n, n % 2, [], []]);
  const numbers = Array.from({ length: paths }, (_, n) => n + 1);
  const site = (path: number) => ((path * 7) % functions) + 1;
  yield textOf([
    HEADER,
    ['file', 1, 'src/many.ts', rows],
    ['paths', 1, numbers.map((path) => [path % 2 === 0 ? 0 : Math.floor(path / 2), site(path)])],
  ]);
  for (let n = 0; n < calls; n += 10_000)
    yield textOf(
      Array.from({ length: 10_000 }, (_, k) => {
        const path = ((n + k) % paths) + 1;
        return [
          'call',
          site(path),
          (n + k) / 10,
          3,
          500 + (k % 999),
          900 + (k % 9999),
          k % 50,
          0,
          1,
          0,
          path,
          k % 50,
        ];
      }),
    );
  yield textOf([
    ['memory', 100_000, 100 * MB, MB, 200 * MB, MB, MB, 0, 0],
    ['sums', 100_000, rows.map((_, n) => [n + 1, 9, 0, 1000 * n, 1000 * n, 0, 0, 1000, 9])],
    ['by', 100_000, numbers.map((path) => [path, 9, 1000 * path, 0, 0])],
  ]);
}

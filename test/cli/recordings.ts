// Recordings that tests write themselves, by docs/recording.md.

const MB = 2 ** 20;

export const HEADER = {
  memprof: 1,
  version: '0.1.0',
  start: 1_700_000_000_000,
  pid: 4711,
  parent: 1,
  thread: 0,
  node: 'v20.20.2',
  script: '/app/app.js',
  heapLimit: 1000 * MB,
  rssLimit: null as number | null,
  rssLimitBy: null as string | null,
};

/** Functions 1 to 6. */
export const FILES = [
  [
    'file',
    1,
    'src/shop.ts',
    [
      ['Shop.find', 10, 1, [12, 14], ['code']],
      ['parseAll', 20, 0, [], ['text']],
      ['remember', 30, 0, [], []],
    ],
  ],
  [
    'file',
    4,
    'src/images.ts',
    [
      ['loadImages', 5, 1, [7], []],
      ['resize', 15, 0, [], []],
      ['main', 25, 1, [26], []],
    ],
  ],
];

/** The text of a recording: its first line, the functions, and what follows. */
export function recordingOf(lines: unknown[], header: Partial<typeof HEADER> = {}): string {
  return [{ ...HEADER, ...header }, ...FILES, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** MB of heap, of external memory and of RSS at a time. */
export function memory(at: number, heap: number, external: number, rss: number): unknown {
  return ['memory', at, heap * MB, external * MB, rss * MB, 0, 0, 1];
}

/** A call in flight; MB. */
export function flying(
  site: number,
  state: number,
  started: number,
  { self = 0, children = 0, awaited = 0, external = 0, at = 0 } = {},
): number[] {
  return [site, state, started, self * MB, children * MB, awaited * MB, external * MB, at];
}

/** A row of sums; MB. */
export function summed(site: number, calls: number, { self = 0, awaited = 0, external = 0 } = {}): number[] {
  return [site, calls, 0, self * MB, self * MB, awaited * MB, external * MB, self * MB, 1];
}

// Which paths are there, and what have the calls of each cost? Adds up the ring's records. Serves the recorder's thread.

import {
  PATH_WIDTH,
  PATHS,
  PATHS_USED,
  R_EXTERNAL,
  R_OWN,
  R_PATH,
  R_SELF,
  R_WEIGHT,
  type Start,
} from './layout';

const WIDTH = 4; // calls, self, awaited, external
// A line of so many is written at once.
const AT_ONCE = 4096;

export class Paths {
  private readonly sums = new Float64Array((PATHS + 1) * WIDTH);
  private readonly isChanged = new Uint8Array(PATHS + 1);
  private told = 0;

  constructor(private readonly start: Pick<Start, 'head' | 'ring' | 'paths'>) {}

  /** Lines of the paths that have come since this was asked. */
  news(): unknown[] {
    const from = this.told;
    this.told = this.start.head[PATHS_USED];
    return this.lines(from, this.told);
  }

  /** Lines of all that have been told. */
  all(): unknown[] {
    return this.lines(0, this.told);
  }

  /** Adds the record that begins at `from` in the ring. */
  add(from: number): void {
    const { ring } = this.start;
    const path = ring[from + R_PATH];
    if (path === 0) return;
    const calls = ring[from + R_WEIGHT];
    const to = path * WIDTH;
    this.sums[to] += calls;
    this.sums[to + 1] += calls * ring[from + R_SELF];
    this.sums[to + 2] += calls * ring[from + R_OWN];
    this.sums[to + 3] += calls * ring[from + R_EXTERNAL];
    this.isChanged[path] = 1;
  }

  /** Rows of the sums that have changed since this was asked. */
  changed(): number[][] {
    const rows: number[][] = [];
    for (let path = 1; path <= this.told; path++) {
      if (this.isChanged[path] === 0) continue;
      this.isChanged[path] = 0;
      rows.push([path, ...this.sums.subarray(path * WIDTH, (path + 1) * WIDTH)]);
    }
    return rows;
  }

  /** All sums are to be told anew. */
  forget(): void {
    for (let path = 1; path <= this.told; path++) this.isChanged[path] = this.sums[path * WIDTH] > 0 ? 1 : 0;
  }

  private lines(from: number, to: number): unknown[] {
    const { paths } = this.start;
    const lines: unknown[] = [];
    for (let first = from; first < to; first += AT_ONCE) {
      const rows: number[][] = [];
      for (let n = first; n < Math.min(to, first + AT_ONCE); n++)
        rows.push(Array.from(paths.subarray(n * PATH_WIDTH, (n + 1) * PATH_WIDTH)));
      lines.push(['paths', first + 1, rows]);
    }
    return lines;
  }
}

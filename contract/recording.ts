// What the recorder writes and whoever reads a recording both know of it (docs/recording.md). Serves both; neither imports
// the other.

/** Raised where a reader of an older version would read a recording wrongly. */
export const FORMAT = 1;

/** What a call in flight does. */
export const State = { Runs: 1, Waits: 2, Stands: 3 } as const;

/** A call in flight: bytes so far, `started` in ms. */
export interface InFlight {
  site: number;
  /** Runs; waits at the await with the index `await`; stands at a yield. */
  state: number;
  started: number;
  self: number;
  children: number;
  awaited: number;
  external: number;
  await: number;
  /** Shapes of its arguments, in the order of its parameters; none where they were not taken. */
  given: string[];
}

/** All bytes that a call has cost so far. */
export function cost({
  self,
  children,
  awaited,
  external,
}: Pick<InFlight, 'self' | 'children' | 'awaited' | 'external'>): number {
  return self + children + awaited + external;
}

/** A frame of a stack; `line` from 1 on. */
export type Frame = [name: string, file: string, line: number];

/** A function as a `file` line has it; `kind`: 0 sync, 1 async, 2 generator, 3 async generator. */
export type FunctionRow = [name: string, line: number, kind: number, awaits: number[], params: string[]];

/** What the name of a recording's file says; `isOlder`: what was written before the file without the mark was begun. */
export interface FileName {
  start: number;
  pid: number;
  thread: number;
  isOlder: boolean;
}

const OLDER = '-1';

export function fileNameOf({ start, pid, thread, isOlder }: FileName): string {
  return `memprof-${start}-${pid}-${thread}${isOlder ? OLDER : ''}.jsonl`;
}

/** `undefined` where it is no such name. The whole of it counts: that of a first worker thread ends with -1, too. */
export function fileNameFrom(name: string): FileName | undefined {
  const [, start, pid, thread, older] = /^memprof-(\d+)-(\d+)-(\d+)(-1)?\.jsonl$/.exec(name) ?? [];
  if (start === undefined) return undefined;
  return { start: Number(start), pid: Number(pid), thread: Number(thread), isOlder: older === OLDER };
}

// Can a heap snapshot be afforded? A decision from figures alone; room.ts reads them. Serves the taker. Must never say yes
// where a figure is missing: a snapshot that does not fit is an outage.

import { formatSize } from '../../contract/size';

/**
 * What V8 takes beside the heap while it makes one, for each byte in use: a graph with a record for each object and each
 * reference. 0.1 for strings and arrays of numbers, 7 to 9 for rows of a database, 16 to 21 for small objects and strings,
 * 23 for closures (docs/snapshots.md: measured). How many objects there are is not known beforehand, so the most of these.
 */
export const MEMORY_FACTOR = 24;
/** Bytes of the file for each byte in use: 0.1 to 3.5, by the same measurement. */
export const DISK_FACTOR = 4;
/** What is left for the program itself meanwhile, bytes. */
export const MARGIN = 50e6;
export const DISK_MARGIN = 10e6;

/** Bytes that are free, and under which limit. */
export interface Room {
  free: number;
  /** Completes "are free ...": "under the cgroup's limit". */
  where: string;
}

export interface Figures {
  /** Bytes in use on the heap. */
  used: number;
  /** Of memory, by each limit that is known. */
  memory: Room[];
  /** Free on the folder's disk; NaN where that is not told. */
  disk: number;
}

/** Why it cannot be afforded, in figures; `undefined` where it can. */
export function refusal({ used, memory, disk }: Figures): string | undefined {
  if (!isFigure(used) || memory.length === 0 || !memory.every(({ free }) => isFigure(free)))
    return 'how much memory is free cannot be told here';
  const needed = MEMORY_FACTOR * used + MARGIN;
  const least = memory.reduce((one, other) => (other.free < one.free ? other : one));
  if (needed > least.free)
    return `${formatSize(used)} in use would need up to ${formatSize(needed)}, ${formatSize(least.free)} are free ${least.where}`;
  if (!isFigure(disk)) return "how much room is on the folder's disk cannot be told";
  const file = DISK_FACTOR * used + DISK_MARGIN;
  if (file > disk)
    return `${formatSize(used)} in use may come to a file of ${formatSize(file)}, ${formatSize(disk)} are free on the folder's disk`;
  return undefined;
}

function isFigure(bytes: number): boolean {
  return bytes >= 0;
}

// How much memory and disk is free for a heap snapshot? Reads what the kernel and V8 say; afford.ts decides. Serves the
// taker. Must never throw: what cannot be read is NaN, and NaN is never enough.

import { readFileSync, statfsSync } from 'node:fs';
import { freemem } from 'node:os';
import * as v8 from 'node:v8';
import { rssLimits, usedBy } from '../recorder/limits';
import type { Figures, Room } from './afford';

export function figures(folder: string): Figures {
  return {
    used: v8.getHeapStatistics().used_heap_size,
    memory: [machine(), ...limits()],
    disk: diskOf(folder),
  };
}

function limits(): Room[] {
  return rssLimits().map(({ bytes, by, group }) => {
    // A limit that the user names is of this process alone.
    const used = group ? usedBy(group) : process.memoryUsage.rss();
    return {
      free: Math.max(0, bytes - used),
      where: group ? `under the ${by}'s limit` : `under ${by}`,
    };
  });
}

/** What the kernel could give without swapping, caches that it would drop among it; elsewhere what is free. */
export function machine(read: () => string = meminfo): Room {
  const where = "of the machine's memory";
  try {
    const kilobytes = /^MemAvailable:\s+(\d+) kB$/m.exec(read())?.[1];
    if (kilobytes !== undefined) return { free: 1024 * Number(kilobytes), where };
  } catch {
    // No Linux, or not to be read.
  }
  return { free: freemem(), where };
}

function meminfo(): string {
  return readFileSync('/proc/meminfo', 'utf8');
}

function diskOf(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.NaN;
  }
}

// How much memory may this process have? V8 knows its own limit; the kernel kills by the resident size of the control
// group, which V8 does not know. Serves the recorder.

import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { parseSize, SIZE_FORMS } from '../../contract/size';
import { warnOnce } from '../warn';

const ROOT = '/sys/fs/cgroup';

export interface Limit {
  bytes: number;
  /** Where it was found. */
  by: string;
  group?: Group;
}

/** Files of a control group: its limit, what its processes take, and, by a word, what of that is only cache. */
interface Group {
  limit: string;
  used: string;
  stat: string;
  unused: string;
}

type Read = (file: string) => string;

/** The nearest limit to the resident size; `undefined` where there is none but the machine's memory. */
export function rssLimit(read: Read = text, env = process.env): Limit | undefined {
  return rssLimits(read, env)[0];
}

/** All of them, the nearest first: of groups within groups the outer one may have less left than the inner one. */
export function rssLimits(read: Read = text, env = process.env): Limit[] {
  const told = env.MEMPROF_RSS_LIMIT;
  const given = told ? parseSize(told) : undefined;
  if (told && given === undefined)
    warnOnce('MEMPROF_W_ENV', { key: 'MEMPROF_RSS_LIMIT', value: told, allowed: SIZE_FORMS });
  const limits: Limit[] = given ? [{ bytes: given, by: 'MEMPROF_RSS_LIMIT' }] : [];
  for (const group of groups(read)) {
    const bytes = Number(quietly(() => read(group.limit).trim()) ?? Number.NaN);
    // "max" is no number, and version 1 says "none" by one that no machine has.
    if (bytes > 0 && bytes < totalmem()) limits.push({ bytes, by: 'cgroup', group });
  }
  return limits.sort((a, b) => a.bytes - b.bytes);
}

/** Bytes that the processes of a group take, without what the kernel would give back at once; 0 where it cannot be read. */
export function usedBy({ used, stat, unused }: Omit<Group, 'limit'>, read: Read = text): number {
  const bytes = Number(quietly(() => read(used)) ?? 0);
  const cache = quietly(() => read(stat))
    ?.split('\n')
    .find((line) => line.startsWith(`${unused} `));
  return Math.max(0, bytes - Number(cache?.slice(unused.length) ?? 0));
}

/**
 * Bytes that the heap may come to. V8's limit has the young generation's spare pages in it, up to 192 MB that no object
 * ever fills: a heap of 120 MB ends at 38 to 97 % of it, by Node's version. Where it was set by a flag, that tells.
 */
export function heapLimit(total: number, args: string[] = flags()): number {
  let limit = total;
  for (let n = 0; n < args.length; n++) {
    const found = /^--max[-_]old[-_]space[-_]size(?:=(\d+))?$/.exec(args[n]);
    const megabytes = found ? Number(found[1] ?? args[n + 1]) : 0;
    if (megabytes > 0) limit = Math.min(total, megabytes * 2 ** 20);
  }
  return limit;
}

// The process's own group and all above it: each has a limit of its own, and in a container the path is often "/".
function groups(read: Read): Group[] {
  const found: Group[] = [];
  for (const line of (quietly(() => read('/proc/self/cgroup')) ?? '').split('\n')) {
    const [, controllers, ...rest] = line.split(':');
    const isSecond = controllers === '';
    if (!isSecond && !controllers?.split(',').includes('memory')) continue;
    for (let at = rest.join(':'); ; at = join(at, '..')) {
      const folder = join(ROOT, isSecond ? '' : 'memory', at);
      found.push(
        isSecond
          ? {
              limit: join(folder, 'memory.max'),
              used: join(folder, 'memory.current'),
              stat: join(folder, 'memory.stat'),
              unused: 'inactive_file',
            }
          : {
              limit: join(folder, 'memory.limit_in_bytes'),
              used: join(folder, 'memory.usage_in_bytes'),
              stat: join(folder, 'memory.stat'),
              unused: 'total_inactive_file',
            },
      );
      if (at === '/' || at === '.' || at === '') break;
    }
  }
  return found;
}

// Node's options of the environment come first, since the command line's win.
function flags(): string[] {
  return [...(process.env.NODE_OPTIONS ?? '').split(/\s+/), ...process.execArgv];
}

function text(file: string): string {
  return readFileSync(file, 'utf8');
}

function quietly<T>(what: () => T): T | undefined {
  try {
    return what();
  } catch {
    return undefined;
  }
}

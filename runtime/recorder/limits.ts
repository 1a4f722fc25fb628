// How much memory may this process have? V8 knows its own limit; the kernel kills by the resident size of the control
// group, which V8 does not know. Serves the recorder.

import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { parseSize } from '../../contract/size';

const ROOT = '/sys/fs/cgroup';

export interface Limit {
  bytes: number;
  /** Where it was found. */
  by: string;
}

/** The nearest limit to the resident size; `undefined` where there is none but the machine's memory. */
export function rssLimit(read: (file: string) => string = text, env = process.env): Limit | undefined {
  const told = env.MEMPROF_RSS_LIMIT;
  const given = told ? parseSize(told) : undefined;
  const limits: Limit[] = given ? [{ bytes: given, by: 'MEMPROF_RSS_LIMIT' }] : [];
  for (const file of files(read)) {
    const bytes = Number(quietly(() => read(file).trim()) ?? Number.NaN);
    // "max" is no number, and version 1 says "none" by one that no machine has.
    if (bytes > 0 && bytes < totalmem()) limits.push({ bytes, by: 'cgroup' });
  }
  return limits.sort((a, b) => a.bytes - b.bytes)[0];
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
function files(read: (file: string) => string): string[] {
  const found: string[] = [];
  for (const line of (quietly(() => read('/proc/self/cgroup')) ?? '').split('\n')) {
    const [, controllers, ...rest] = line.split(':');
    const path = rest.join(':');
    const folder =
      controllers === '' ? ROOT : controllers?.split(',').includes('memory') ? join(ROOT, 'memory') : '';
    if (folder === '') continue;
    const name = controllers === '' ? 'memory.max' : 'memory.limit_in_bytes';
    for (let at = path; ; at = join(at, '..')) {
      found.push(join(folder, at, name));
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

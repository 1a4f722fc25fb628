// What a program that may write heap snapshots and `memprof snapshot` both know of the folder between them: names of its
// files, what is in them, and how one is read that anybody may have put there. Serves both; neither imports the other.
// Must never follow a link, wait for a pipe, believe another user's file, or leave one half-written.

import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  openSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';

/** A program with snapshots on: it looks for requests. */
export interface Listening {
  pid: number;
  /** On which machine, in which container: elsewhere the same number is another process. */
  place: string;
}

export interface SnapshotRequest {
  id: string;
  /** Whatever the cooldown and the count say. */
  force: boolean;
}

/** What came of a request: a snapshot of `size` bytes, or why not, and the sampled profile that tells instead. */
export interface SnapshotAnswer {
  id: string;
  path?: string;
  size?: number;
  /** It took so long, ms. */
  time?: number;
  reason?: string;
  profile?: string;
  /** The profile is not there yet: ms. */
  profileIn?: number;
}

export type Talk = 'listening' | 'request' | 'answer';

export function talkOf(kind: Talk, pid: number): string {
  return `memprof-${pid}.${kind}`;
}

/** `undefined` where it is no such name. */
export function talkFrom(name: string): { pid: number; kind: Talk } | undefined {
  const [, pid, kind] = /^memprof-([1-9]\d{0,9})\.(listening|request|answer)$/.exec(name) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), kind: kind as Talk };
}

/** Which machine and container this is, as far as it may be known, in 8 letters. */
export function placeOf(): string {
  let space = '';
  try {
    space = readlinkSync('/proc/self/ns/pid');
  } catch {
    // No Linux.
  }
  return createHash('sha256').update(`${hostname()} ${space}`).digest('hex').slice(0, 8);
}

/** Whether a process with that number runs here. */
export function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

// What these files hold is short.
const LONGEST = 4096;

/**
 * The object in a small file of JSON that belongs to this process's user; `undefined` where there is none, whatever stands
 * there instead: another user's file, a link, a pipe, a folder, half of one.
 */
export function readOwn(file: string): Record<string, unknown> | undefined {
  let at: number | undefined;
  try {
    at = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
    const stat = fstatSync(at);
    const user = process.geteuid?.();
    if (!stat.isFile() || stat.size > LONGEST || (user !== undefined && stat.uid !== user)) return undefined;
    const bytes = Buffer.alloc(LONGEST);
    const value = JSON.parse(bytes.toString('utf8', 0, readSync(at, bytes, 0, LONGEST, 0)));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  } finally {
    if (at !== undefined) closeSync(at);
  }
}

/**
 * A small file of JSON, mode 0600, whole from the first moment that it is seen.
 * @param others what to do with one that is there: to take its place, or to leave it
 * @throws what the file system says; EEXIST where one was there that is left
 */
export function writeOwn(file: string, value: object, others: 'replace' | 'leave'): void {
  const next = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(next, `${JSON.stringify(value)}\n`, { flag: 'wx', mode: 0o600 });
    if (others === 'replace') renameSync(next, file);
    else linkSync(next, file);
  } finally {
    rmSync(next, { force: true });
  }
}

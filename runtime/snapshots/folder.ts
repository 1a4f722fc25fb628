// What lies in the folder of heap snapshots: files that come to their names only when they are whole, and what dead
// processes have left there. Serves the taker. Must never touch another living process's files, nor one that is no memprof's.

import { closeSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isThere, placeOf, readOwn, talkFrom, talkOf } from '../../contract/snapshot';

const PLACE = placeOf();
// What another machine or container has left, whose processes nobody here knows: nothing takes so long.
const OLD = 24 * 3_600_000;

const PART = /^memprof-\d+-([1-9]\d*)\.heap(?:snapshot|profile)\.([0-9a-f]{8})\.part$/;

export type Kind = 'heapsnapshot' | 'heapprofile';

/** Makes the folder, for its owner alone, where it is not there. */
export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

export function nameOf(kind: Kind, at: number): string {
  return `memprof-${Math.round(at)}-${process.pid}.${kind}`;
}

/**
 * Makes a file under a name of its own, mode 0600, and gives it its name when it is whole.
 * @param write is told the path of an empty file that is there
 * @returns its path and size in bytes
 * @throws what the file system or `write` says; nothing is left then
 */
export function writeWhole(folder: string, name: string, write: (path: string) => void) {
  const path = join(folder, name);
  const part = `${path}.${PLACE}.part`;
  // Never one that is there, nor through a link.
  closeSync(openSync(part, 'wx', 0o600));
  try {
    write(part);
    const { size } = statSync(part);
    renameSync(part, path);
    return { path, size };
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

/** Removes what processes that are dead have left half-written or unanswered. */
export function removeLeftovers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    try {
      if (isLeft(folder, name, path)) rmSync(path, { force: true });
    } catch {
      // Another user's.
    }
  }
}

function isLeft(folder: string, name: string, path: string): boolean {
  const [, writer, place] = PART.exec(name) ?? [];
  if (writer !== undefined)
    return place === PLACE ? isDead(Number(writer)) : Date.now() - statSync(path).mtimeMs > OLD;
  // Such files are begun under a name with a tail.
  const pid = talkFrom(name.replace(/\.[0-9a-f]{12}$/, ''))?.pid;
  if (pid === undefined) return false;
  const listening = readOwn(join(folder, talkOf('listening', pid)));
  return (listening === undefined || listening.place === PLACE) && isDead(pid);
}

// This one begins: what has its number is of one before it.
function isDead(pid: number): boolean {
  return pid === process.pid || !isThere(pid);
}

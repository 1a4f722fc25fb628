// Whose turn is it to take a heap snapshot, and was there one too short a time ago? Two small files in the folder that all its
// processes see, also those that are started later. Serves the taker. Must never keep a folder closed for ever, whatever
// stands in these files.

import { closeSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isThere, placeOf, readOwn, writeOwn } from '../../contract/snapshot';

const STAMP = 'memprof.stamp';
const TURN = 'memprof.turn';
// No snapshot takes so long: whoever holds a turn since then, unknown here, has gone.
const STALE = 3_600_000;

/** How long until there may be another one, ms; 0: now. What is no stamp is none. */
export function restOf(folder: string, cooldown: number, at: number): number {
  const taken = readOwn(join(folder, STAMP))?.taken;
  if (typeof taken !== 'number') return 0;
  const since = at - taken;
  // Clocks are set, and differ between machines: a stamp of the future is believed for a cooldown, no more.
  if (since < 0) return -since < cooldown ? cooldown : 0;
  return Math.max(0, cooldown - since);
}

/** Before the snapshot: whoever is killed in the midst of one must not begin another when it is started again. */
export function stamp(folder: string, at: number): void {
  writeOwn(join(folder, STAMP), { taken: at }, 'replace');
}

/**
 * Takes the turn, and says how to give it back; `undefined` while another process has it.
 * @throws what the file system says where the folder cannot be written to
 */
export function takeTurn(folder: string): (() => void) | undefined {
  const path = join(folder, TURN);
  if (!create(path)) {
    if (!isLeft(path)) return undefined;
    // Moved away first: of several that see it only one finds it there.
    const away = `${path}.${process.pid}`;
    try {
      renameSync(path, away);
      rmSync(away, { force: true });
    } catch {
      return undefined;
    }
    if (!create(path)) return undefined;
  }
  return () => rmSync(path, { force: true });
}

function create(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, JSON.stringify({ pid: process.pid, place: placeOf() }));
  } finally {
    closeSync(file);
  }
  return true;
}

function isLeft(path: string): boolean {
  const holder = readOwn(path);
  // It does not hold it, so it is of a process before it that had its number.
  if (holder?.place === placeOf()) return holder.pid === process.pid || !isThere(Number(holder.pid));
  try {
    return Math.abs(Date.now() - statSync(path).mtimeMs) > STALE;
  } catch {
    return true;
  }
}

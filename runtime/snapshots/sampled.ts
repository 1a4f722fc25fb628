// What lives on the heap, by V8's sampling heap profiler, where a snapshot cannot be afforded: stacks and bytes, no values.
// Serves the taker. V8 keeps one profile a process: must never end one that somebody else takes, nor leave one running.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hooks, settle, settleOwn } from '../ledger';
import { connected, post } from '../session';
import { isWindowOpen } from '../stacks';
import { nameOf, writeWhole } from './folder';

const INTERVAL = 64 * 1024;
/** Where nobody sampled before, what is allocated from now on is waited for so long, ms. */
export const LATER = 10_000;

const { setTimeout, clearTimeout } = globalThis;
let waiting: (Sampled & { timer: NodeJS.Timeout }) | undefined;
let finish = (): void => {};

/** What is done for it: a file that is there, or one that will be in so many ms. */
export interface Sampled {
  path: string;
  later: number;
}

/**
 * Writes the profile that V8 keeps, or begins one and writes it later, at the process's end at the latest.
 * @param failed told where it could not be written later
 * @throws where there is no inspector, beside a debugger, or what the file system says
 */
export function sample(folder: string, at: number, failed: (error: Error) => void): Sampled {
  // One is on its way.
  if (waiting !== undefined) return waiting;
  const name = nameOf('heapprofile', at);
  if (!connected()) throw new Error("a debugger is attached, which may take V8's one profile itself");
  // A window of ours tells of garbage, too.
  if (isWindowOpen()) hooks.stopped(false);
  const kept = post('HeapProfiler.getSamplingProfile')?.profile;
  if (kept !== undefined) return { path: write(folder, name, kept), later: 0 };
  if (post('HeapProfiler.startSampling', { samplingInterval: INTERVAL }) === undefined) {
    throw new Error("V8's sampling heap profiler cannot be started");
  }
  hooks.samples(true);
  finish = () => {
    clearTimeout(waiting?.timer);
    waiting = undefined;
    process.removeListener('exit', finish);
    settle();
    try {
      const profile = end();
      if (profile !== undefined) write(folder, name, profile);
    } catch (error) {
      failed(error as Error);
    }
    settleOwn();
  };
  waiting = { path: join(folder, name), later: LATER, timer: setTimeout(finish, LATER) };
  waiting.timer.unref();
  process.on('exit', finish);
  return waiting;
}

/** Ends what was begun, and writes it now. */
export function endSampling(): void {
  if (waiting !== undefined) finish();
}

function end(): object | undefined {
  // The recorder's thread has taken it over: it goes on, and tells what lives as well.
  if (hooks.isSampled()) return post('HeapProfiler.getSamplingProfile')?.profile;
  hooks.samples(false);
  return post('HeapProfiler.stopSampling')?.profile;
}

function write(folder: string, name: string, profile: object): string {
  return writeWhole(folder, name, (path) => writeFileSync(path, JSON.stringify(profile))).path;
}

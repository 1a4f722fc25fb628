// When is a heap snapshot wanted: at a spike, an alert, a request from outside? Serves `configure` and the environment, by
// which it is loaded. Must never throw into the program, keep it open or change how it ends.

import { resolve } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import type { SnapshotOptions } from '../config';
import { on } from '../events';
import { thrown, warnOnce } from '../warn';
import { makeFolder, removeLeftovers } from './folder';
import { listen } from './requests';
import { endSampling } from './sampled';
import { Taker } from './taker';

// A fake one of a test suite's would never come.
const { queueMicrotask } = globalThis;
let stop = (): void => {};

/** Begins, goes on with other settings, or, without any, ends. */
export function apply(settings: Required<SnapshotOptions> | undefined): void {
  // A worker thread's heap is its own, but the memory that it needs is the process's.
  if (!isMainThread) return;
  stop();
  stop = () => {};
  if (settings === undefined) return;
  try {
    start({ ...settings, folder: resolve(settings.folder) });
  } catch (error) {
    stop();
    warnOnce('MEMPROF_W_SNAPSHOT', { key: 'beginning', value: thrown(error) });
  }
}

function start(settings: Required<SnapshotOptions>): void {
  makeFolder(settings.folder);
  removeLeftovers(settings.folder);
  const taker = new Taker(settings);
  const ends = [listen(settings.folder, (force) => taker.request(force))];
  stop = () => {
    endSampling();
    for (const end of ends) end();
  };
  // The log and the recording tell of the event first, whatever becomes of this; and what the call returned is still alive.
  const soon = (why: 'spike' | 'alert') => queueMicrotask(() => taker.trigger(why));
  if (settings.on.includes('spike')) ends.push(on('spike', () => soon('spike')));
  if (settings.on.includes('alert'))
    ends.push(on('alert', ({ state }) => state === 'raised' && soon('alert')));
}

// Does somebody outside ask for a heap snapshot? Says by a file that this process listens, looks for a request once a second,
// and answers by a file. Serves `memprof snapshot`. Must never keep the process open, nor heed a file of another user's.

import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Listening, placeOf, readOwn, talkOf, writeOwn } from '../../contract/snapshot';
import { settle, settleOwn } from '../ledger';
import { thrown, warnOnce } from '../warn';
import type { Outcome } from './taker';

const EVERY = 1000;
const { setInterval, clearInterval } = globalThis;

/**
 * Listens in a folder until what it returns is called, or the process ends.
 * @throws what the file system says where the folder cannot be written to
 */
export function listen(folder: string, take: (force: boolean) => Outcome): () => void {
  const [listening, request, answer] = (['listening', 'request', 'answer'] as const).map((kind) =>
    join(folder, talkOf(kind, process.pid)),
  );
  writeOwn(listening, { pid: process.pid, place: placeOf() } satisfies Listening, 'replace');
  const look = () => {
    settle();
    try {
      // Nearly always there is none.
      if (statSync(request, { throwIfNoEntry: false }) === undefined) return;
      const { id, force } = readOwn(request) ?? {};
      if (typeof id !== 'string') return;
      // Gone: it is being worked on.
      rmSync(request);
      writeOwn(answer, { id, ...take(force === true) }, 'replace');
    } catch (error) {
      warnOnce('MEMPROF_W_SNAPSHOT', { key: 'a request', value: thrown(error) });
    } finally {
      settleOwn();
    }
  };
  const timer = setInterval(look, EVERY);
  timer.unref();
  const stop = () => {
    clearInterval(timer);
    process.removeListener('exit', stop);
    for (const file of [listening, request, answer]) {
      try {
        rmSync(file, { force: true });
      } catch {
        // The folder may be another's by now.
      }
    }
  };
  process.on('exit', stop);
  return stop;
}

// One measurement at a time: two that overlap would each count the other's memory. Serves measure.ts and leak.ts, which
// need the account counting, each call measured and a heap that can be collected meanwhile.

import { MemprofError } from '../contract/errors';
import { measureAll, startAccount } from './account';
import { startCollecting } from './settled';

let running: string | undefined;

/** @throws {MemprofError} MEMPROF_E_TEST_OVERLAP while another one runs, MEMPROF_E_TEST_OFF, MEMPROF_E_TEST_GC. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (running !== undefined) throw new MemprofError('MEMPROF_E_TEST_OVERLAP', { key: name, value: running });
  running = name;
  try {
    startAccount();
    await startCollecting();
    const setBack = measureAll();
    try {
      return await work();
    } finally {
      setBack();
    }
  } finally {
    running = undefined;
  }
}

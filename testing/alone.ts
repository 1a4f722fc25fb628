// One measurement at a time: two that overlap would each count the other's memory. Serves measure.ts and leak.ts, which
// need the account counting and each call measured meanwhile.

import { MemprofError } from '../contract/errors';
import { measureAll, startAccount } from './account';

let running: string | undefined;

/** @throws {MemprofError} MEMPROF_E_TEST_OVERLAP while another one runs, MEMPROF_E_TEST_OFF. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (running !== undefined) throw new MemprofError('MEMPROF_E_TEST_OVERLAP', { key: name, value: running });
  running = name;
  try {
    startAccount();
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

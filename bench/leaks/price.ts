// What does it cost to look for leaks? A busy healthy program with and without, in pairs, by the processor time of a fixed amount of
// work: isolates the looking, both sides are instrumented and measured.

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { median } from '../median';

const PAIRS = 5;

function cpu(leaks: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'busy.js'), [], {
      execArgv: ['--import', 'memprof/register'],
      env: { ...process.env, MEMPROF_LEAKS: leaks, MEMPROF_LOG: 'off', MEMPROF_RECORD: 'off' },
    });
    child.on('message', (ms) => resolve(ms as number));
    child.on('error', reject);
  });
}

export async function price(): Promise<void> {
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const order = pair % 2 === 0 ? ['off', 'on'] : ['on', 'off'];
    const took: Record<string, number> = {};
    for (const leaks of order) took[leaks] = await cpu(leaks);
    ratios.push(took.on / took.off);
    console.log(
      `off ${(took.off / 1000).toFixed(2)} s, on ${(took.on / 1000).toFixed(2)} s of processor time: ${percent(took.on / took.off)}`,
    );
  }
  const middle = median(ratios);
  console.log(`median of ${PAIRS} pairs: ${percent(middle)}`);
  if (middle > 1.01) process.exitCode = 1;
}

function percent(ratio: number): string {
  return `${ratio < 1 ? '' : '+'}${((ratio - 1) * 100).toFixed(2)} %`;
}

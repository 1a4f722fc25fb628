// Judges the programs that it is sent, in a process of its own: one that hangs or crashes ends only this.
// Serves workers.ts, line by line: a list of programs in, a list of verdicts out, as JSON.

import { createInterface } from 'node:readline';
import { judge, type Program } from './verdict';

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    const programs = JSON.parse(line) as Program[];
    process.stdout.write(`${JSON.stringify(await judge(programs))}\n`);
  }
}

// The programs' own rejections are part of their traces; nothing else may fail silently.
main().catch((error) => {
  console.error(error);
  process.exit(1);
});

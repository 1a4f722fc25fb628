// How true are memprof's figures of each function when many calls overlap? For whoever doubts them: prints
// and writes docs/truth.md, beside two other tools. It must never adapt a bound or a workload to a result.

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from '../median';
import { again, type Result, write } from './report';
import { type Server, serve } from './servers';
import type { Job } from './worker';

const SOURCES = ['pg', 'mysql', 'redis', 'fetch', 'fs', 'streams', 'cpu'];
const TRUTHS = 3;
const HELP = `tsx bench/truth/main.ts [options]

  --only pg,mysql,...    of ${SOURCES.join(', ')}; default all
  --calls N              calls of a mix, at least 5 times those in flight; default 1200
  --in-flight 8,64,1000  how many at once
  --rounds N             medians of the tools' figures over so many; default 3
  --again                no run: write the report of the last one again
  --help
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: SOURCES.join(',') },
    calls: { type: 'string', default: '1200' },
    'in-flight': { type: 'string', default: '8,64,1000' },
    rounds: { type: 'string', default: '3' },
    again: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

function measure(job: Job): Promise<any> {
  return new Promise((resolve, reject) => {
    const flags = ['--max-old-space-size=4096', '--expose-gc', '--import', 'tsx'];
    const child = fork(join(__dirname, 'worker.ts'), [], { execArgv: flags });
    let answer: unknown;
    child.on('message', (message) => (answer = message));
    child.on('exit', (code) =>
      answer ? resolve(answer) : reject(new Error(`${job.mode} ended with ${code}`)),
    );
    child.send(job);
  });
}

const running = new Set<Server>();
function stopAll(): void {
  for (const server of running) server.stop();
  running.clear();
}

async function source(name: string, inFlight: number[]): Promise<Result> {
  const server = await serve(name);
  running.add(server);
  try {
    const base = { source: name, calls: Number(values.calls), rounds: Number(values.rounds), ...server };
    const of = (mode: Job['mode'], n: number) => {
      console.error(`${name}: ${mode}, ${n} in flight`);
      const { port, folder, source, calls, rounds } = base;
      return measure({ source, mode, inFlight: n, calls, rounds, port, folder });
    };
    // One process in some has objects of its own kind for as long as it lives (a driver's rows by an eighth larger).
    const truths: Record<string, number>[] = [];
    for (let n = 0; n < TRUTHS; n++) truths.push(await of('truth', 1));
    const truth = Object.fromEntries(
      Object.keys(truths[0]).map((one) => [one, median(truths.map((bytes) => bytes[one]))]),
    );
    const result: Result = { source: name, truth, loads: [] };
    for (const n of inFlight) {
      const [alone, memprof] = [await of('truth', n), await of('memprof', n)];
      result.loads.push({
        inFlight: n,
        alone,
        memprof,
        heapUsed: await of('heapUsed', n),
        hooks: await of('hooks', n),
      });
    }
    return result;
  } finally {
    running.delete(server);
    server.stop();
  }
}

async function main(): Promise<void> {
  if (values.help) return void console.log(HELP);
  if (values.again) return again();
  const names = values.only.split(',');
  const wrong = names.find((name) => !SOURCES.includes(name));
  if (wrong !== undefined) throw new Error(`no source is called ${wrong}; there are ${SOURCES.join(', ')}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  process.on('exit', stopAll);
  const results: Result[] = [];
  // Two at a time: heap figures do not depend on the clock. What is there is written after each.
  const queue = [...names];
  const lane = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      try {
        results.push(await source(name, values['in-flight'].split(',').map(Number)));
        results.sort((a, b) => SOURCES.indexOf(a.source) - SOURCES.indexOf(b.source));
        write(results, process.argv.slice(2));
      } catch (error) {
        console.error(`${name} failed: ${(error as Error).message}`);
        process.exitCode = 1;
      }
    }
  };
  await Promise.all([lane(), lane()]);
}

void main();

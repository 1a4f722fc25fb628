// How many requests a second does a service lose? Isolates its instrumented functions on Express and on Fastify:
// a plain and an instrumented server of the same small API, both up, each a process of its own, loaded in turn.
// Medians of paired ratios; two plain servers, paired likewise, show what is noise. Processes of the same program
// differ by some per cent for as long as they live, so each few pairs get servers of their own, which are loaded until the
// compiler is done with them.

import { parseArgs } from 'node:util';
import { install, type Load, Server, type Side, versionOf } from './service/servers';

const FRAMEWORKS = ['express', 'fastify'];
// Seconds. Functions that are called seldom, as memprof's are within the budget, are compiled late.
const WARM_UP = 15;
const HELP = `tsx bench/service.ts [options]

  --pairs N               pairs of loads, and as many of the control; default 10
  --seconds N             a load's length; default 5
  --fresh N               new servers after so many pairs; default 2
  --only express,fastify  default both
  --help

MEMPROF_BUDGET of the environment is the instrumented server's.
`;

const { values } = parseArgs({
  options: {
    pairs: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '5' },
    fresh: { type: 'string', default: '2' },
    only: { type: 'string', default: FRAMEWORKS.join(',') },
    help: { type: 'boolean' },
  },
});

function positive(name: 'pairs' | 'seconds' | 'fresh'): number {
  const number = Number(values[name]);
  if (!(Number.isInteger(number) && number > 0)) throw new Error(`--${name} takes a whole number above 0`);
  return number;
}

/** The value below which a share of them lies. */
function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return low + (high - low) * (at % 1);
}

const middle = (numbers: readonly number[]): number => quantile(numbers, 0.5);
const spread = (ratios: readonly number[]): string =>
  `${middle(ratios).toFixed(3)} (quartiles ${quantile(ratios, 0.25).toFixed(3)} to ${quantile(ratios, 0.75).toFixed(3)})`;

interface Pair {
  one: Load;
  other: Load;
}

/** Both servers once, one after the other; who comes first changes with the pair. */
async function pair(servers: [Server, Server], n: number, seconds: number): Promise<Pair> {
  const order = n % 2 === 0 ? [0, 1] : [1, 0];
  const loads: Load[] = [];
  for (const at of order) loads[at] = await servers[at].load(seconds);
  return { one: loads[0], other: loads[1] };
}

const ratios = (pairs: Pair[], of: 'perSecond' | 'cpu'): number[] =>
  pairs.map(({ one, other }) => other[of] / one[of]);

async function started(framework: string, seconds: number): Promise<Server[]> {
  const servers: Server[] = [];
  try {
    for (const side of ['plain', 'instrumented', 'plain'] as Side[]) {
      servers.push(await Server.start(framework, side));
    }
    for (const server of servers) await server.load(Math.max(WARM_UP, seconds));
    return servers;
  } catch (error) {
    for (const server of servers) server.stop();
    throw error;
  }
}

async function measure(framework: string, pairs: number, seconds: number, fresh: number): Promise<void> {
  const [test, control]: Pair[][] = [[], []];
  let servers: Server[] = [];
  try {
    for (let n = 0; n < pairs; n++) {
      if (n % fresh === 0) {
        for (const server of servers) server.stop();
        servers = await started(framework, seconds);
      }
      const [plain, instrumented, twin] = servers;
      test.push(await pair([plain, instrumented], n, seconds));
      control.push(await pair([plain, twin], n, seconds));
      const [ratio, noise] = [ratios(test, 'perSecond')[n], ratios(control, 'perSecond')[n]];
      console.error(`${framework} ${n + 1}/${pairs}: ${ratio.toFixed(3)}, plain/plain ${noise.toFixed(3)}`);
    }
  } finally {
    for (const server of servers) server.stop();
  }
  report(framework, test, control);
}

function report(framework: string, test: Pair[], control: Pair[]): void {
  const rate = (loads: Load[]) => `${middle(loads.map(({ perSecond }) => perSecond)).toFixed(0)}/s`;
  const busy = middle(test.flatMap(({ one, other }) => [one.busy, other.busy]));
  console.log(
    [
      `${framework} ${versionOf(framework)}`.padEnd(16),
      `plain ${rate(test.map(({ one }) => one))}`,
      `instrumented ${rate(test.map(({ other }) => other))}`,
      `instrumented/plain = ${spread(ratios(test, 'perSecond'))}`,
      `control plain/plain = ${spread(ratios(control, 'perSecond'))}`,
      `processor time a request = ${middle(ratios(test, 'cpu')).toFixed(3)}, control ${middle(ratios(control, 'cpu')).toFixed(3)}`,
      `servers busy ${(100 * busy).toFixed(0)} %`,
      `memprof says it took ${(100 * middle(test.map(({ other }) => other.own))).toFixed(1)} %`,
    ].join('  '),
  );
  // Where the load or another program is the slower one, a server that lost something would not show it.
  if (busy < 0.9)
    console.log(
      `${framework}: the servers were not busy, something else was in the way: the ratio of requests says little`,
    );
}

async function main(): Promise<void> {
  if (values.help) return void console.log(HELP);
  const names = values.only.split(',');
  const wrong = names.find((name) => !FRAMEWORKS.includes(name));
  if (wrong !== undefined)
    throw new Error(`no framework is called ${wrong}; there are ${FRAMEWORKS.join(', ')}`);
  const [pairs, seconds, fresh] = [positive('pairs'), positive('seconds'), positive('fresh')];
  install();
  const budget = process.env.MEMPROF_BUDGET || 'as by default';
  console.log(`node ${process.version}, ${pairs} pairs of ${seconds} s, 50 connections, budget ${budget}`);
  for (const name of names) await measure(name, pairs, seconds, fresh);
}

main().catch((error) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});

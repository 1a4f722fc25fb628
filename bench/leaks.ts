// Does memprof name what leaks, and leave alone what does not? Runs real small programs (leaks/), thirteen that leak and thirteen
// that do not, each in a process of its own, and holds the verdict against the truth. Isolates nothing but that; --price tells the cost.

import { fork } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatSize } from '../contract/size';
import type { Suspect } from '../runtime/api';
import type { Leaks } from '../runtime/leaks/suspects';
import { price } from './leaks/price';

/** Who makes what is not let go; of a healthy program nobody does. */
const PROGRAMS: Record<string, string | null> = {
  'leak-cache': 'loadProfile',
  'leak-closure': 'schedule',
  'leak-listener': 'Connection.subscribe',
  'leak-queue': 'enqueue',
  'leak-promise': 'checkout',
  'leak-log': 'audit',
  'leak-map': 'annotate',
  'leak-buffers': 'receive',
  'leak-timers': 'startSession',
  'leak-history': 'Editor.snapshot',
  'leak-context': 'contextOf',
  'leak-slices': 'fetchDocument',
  'leak-arguments': 'remember',
  'ok-cache-fills': null,
  'ok-lru': null,
  'ok-pool': null,
  'ok-singletons': null,
  'ok-ttl': null,
  'ok-batch': null,
  'ok-spike': null,
  'ok-stream': null,
  'ok-sessions': null,
  'ok-listeners': null,
  'ok-weak': null,
  'ok-json': null,
  'ok-arguments': null,
};
const LONGEST = 60_000;
const HELP = `tsx bench/leaks.ts [options]

  --runs N         of each program; default 1
  --only WORD      programs whose name holds it
  --seconds N      how long a healthy one runs; default 40. A leaking one at most 60
  --jobs N         at once; default 2
  --price          what it costs instead, in pairs with and without
  --help

Exit status 1 where a verdict is wrong.
`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '40' },
    jobs: { type: 'string', default: '2' },
    price: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

interface Verdict {
  seconds: number;
  suspects: Suspect[];
  leaks: Leaks | undefined;
}

function watch(name: string, longest: number): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'leaks', `${name}.js`), [], {
      execArgv: ['--import', 'memprof/register', '--require', join(__dirname, 'leaks', 'watch.cjs')],
      env: { MEMPROF_LEAKS: 'on', ...process.env, MEMPROF_LOG: 'off', MEMPROF_RECORD: 'off' },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    let last: Verdict = { seconds: 0, suspects: [], leaks: undefined };
    const timer = setTimeout(() => child.kill('SIGKILL'), longest);
    child.on('message', (told: Leaks & { at: number }) => {
      if (process.env.VERBOSE) console.log(name, JSON.stringify(told));
      last = { seconds: told.at / 1000, suspects: told.suspects, leaks: told };
      if (told.suspects.length > 0) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      clearTimeout(timer);
      if (code) reject(new Error(`${name} ended with status ${code}`));
      else resolve(last);
    });
  });
}

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(HELP);
  if (values.price) return price();
  const names = Object.keys(PROGRAMS).filter((name) => name.includes(values.only));
  const queue = Array.from({ length: Number(values.runs) }, () => names).flat();
  let wrong = 0;
  let all = 0;
  const lane = async () => {
    for (let name = queue.shift(); name; name = queue.shift()) {
      const truth = PROGRAMS[name];
      const { seconds, suspects } = await watch(
        name,
        truth === null ? Number(values.seconds) * 1000 : LONGEST,
      );
      const [first] = suspects;
      const right = (first?.name ?? null) === truth;
      all++;
      if (!right) wrong++;
      const said = first
        ? `${first.name} (${first.by}, ~${formatSize(first.growth)} a minute)${suspects.length > 1 ? `, then ${suspects.slice(1).map((one) => one.name)}` : ''}`
        : '-';
      console.log(
        `${name.padEnd(16)}${(first ? 'leaks' : 'healthy').padEnd(9)}${seconds.toFixed(1).padStart(5)} s  ${right ? 'right' : 'WRONG'}  ${said}`,
      );
    }
  };
  await Promise.all(Array.from({ length: Number(values.jobs) }, lane));
  console.log(`${all - wrong} of ${all} right`);
  if (wrong > 0) process.exitCode = 1;
}

main();

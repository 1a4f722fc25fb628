// What do alerts cost? Isolates it by the same busy program with all rules and with none: the processor's time that it takes
// for the same work. Pairs of processes in turn, medians.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { median } from './median';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
const SECONDS = 4;
const RULES = 'heap>85%, rss>90%, slope>1MB/min, unowned>99%, spike, leak';
// Work of a fixed size, spread over seconds so that there are looks; as many functions as a service has.
const PROGRAM = `
const $mp = require('memprof/runtime');
const rows = Array.from({ length: 500 }, (_, n) => ['f' + n, n + 1, 0]);
const $t = $mp.file('bench/alerts.ts', rows);
let kept;
function make(n) { const $s = $mp.enter($t, n); try { kept = { n, list: new Array(50).fill(n) }; return $s.result = kept; } finally { if ($s.exit()) { $s.explain(); } } }
let turns = 0;
const begun = performance.now();
const turn = () => {
  for (let i = 0; i < 60_000; i++) make(i % 500);
  if (++turns === ${SECONDS * 20}) {
    const { user, system } = process.cpuUsage();
    return console.log(JSON.stringify({ cpu: (user + system) / 1000, took: performance.now() - begun }));
  }
  setTimeout(turn, Math.max(0, begun + turns * 50 - performance.now()));
};
turn();
`;

function run(alerts: boolean): { cpu: number; took: number } {
  const { stdout } = spawnSync(process.execPath, ['-e', PROGRAM], {
    cwd: join(__dirname, '..'),
    env: {
      ...process.env,
      MEMPROF_LOG: 'off',
      MEMPROF_BUDGET: '100%',
      MEMPROF_RSS_LIMIT: '4GB',
      MEMPROF_ALERTS: alerts ? RULES : 'off',
    },
    encoding: 'utf8',
  });
  return JSON.parse(stdout);
}

const ratios: number[] = [];
const more: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const isFirst = round % 2 === 0;
  const one = run(isFirst);
  const other = run(!isFirst);
  const [with_, without] = isFirst ? [one, other] : [other, one];
  ratios.push(with_.cpu / without.cpu);
  more.push(with_.cpu - without.cpu);
}
console.log(`node ${process.version}, ${ROUNDS} pairs of ${SECONDS} s`);
console.log(
  `alerts: ${(100 * (median(ratios) - 1)).toFixed(2)} % more of the processor's time (${median(more).toFixed(1)} ms); pairs ${ratios.map((one) => one.toFixed(3)).join(' ')}`,
);

// What does recording cost? Isolates it by the same program with and without: nanoseconds a measured call on the program's
// thread (bursts that the ring has room for), and the share of a core that the whole process takes while it does little.
// Processes in turn, medians.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './median';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
const BURSTS = 120;
const CALLS = 2000;
const PROGRAM = `
const $mp = require('memprof/runtime');
const $t = $mp.file('bench/recorder.ts', [['take', 1, 0, ['id', 'rows']]]);
function take(id, rows) { const $s = $mp.enter($t, 0); try { $s.takes && ($s.given = id, $s.given = rows); $s.result = void 0; } finally { if ($s.exit()) { $s.arg = id; $s.arg = rows; $s.explain(); } } }
const rows = [1, 2, 3];
for (let i = 0; i < 50_000; i++) take('an id', rows);
const took = [];
const burst = () => {
  const since = process.hrtime.bigint();
  for (let i = 0; i < ${CALLS}; i++) take('an id', rows);
  took.push(Number(process.hrtime.bigint() - since) / ${CALLS});
  if (took.length < ${BURSTS}) return setTimeout(burst, 25);
  took.sort((a, b) => a - b);
  const { user, system } = process.cpuUsage();
  const at = performance.now();
  // A service that does little: a hundred calls a second.
  const idle = setInterval(() => take('an id', rows), 10);
  setTimeout(() => {
    clearInterval(idle);
    const now = process.cpuUsage();
    const cpu = (now.user + now.system - user - system) / 1000;
    console.log(JSON.stringify({ call: took[took.length >> 1], share: cpu / (performance.now() - at) }));
  }, 2000);
};
setTimeout(burst, 200);
`;

function run(folder: string | undefined): { call: number; share: number } {
  const { stdout } = spawnSync(process.execPath, ['-e', PROGRAM], {
    cwd: join(__dirname, '..'),
    env: { ...process.env, MEMPROF_LOG: 'off', MEMPROF_BUDGET: '100%', MEMPROF_RECORD: folder ?? 'off' },
    encoding: 'utf8',
  });
  return JSON.parse(stdout);
}

const folder = mkdtempSync(join(tmpdir(), 'memprof-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const calls: number[] = [];
const shares: number[] = [];
const ratios: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const first = round % 2 === 0 ? run(undefined) : run(folder);
  const second = round % 2 === 0 ? run(folder) : run(undefined);
  const [without, with_] = round % 2 === 0 ? [first, second] : [second, first];
  calls.push(with_.call - without.call);
  ratios.push(with_.call / without.call);
  shares.push(with_.share - without.share);
}
console.log(`node ${process.version}, ${ROUNDS} pairs`);
console.log(
  `recorded: ${median(calls).toFixed(1)} ns more a measured call (${median(ratios).toFixed(3)} of one that is not), ${(100 * median(shares)).toFixed(2)} % of a core more`,
);

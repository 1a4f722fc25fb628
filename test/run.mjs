// `npm test`: installs and builds what is missing, then runs every test file in a process of its own,
// two at a time. `npm test -- WORD ...` runs the files whose path holds one of the words.
// ONCE=no leaves out *.once.test.ts, which no version of Node bears on. Ends with the line `N passed, N failed`; exit status 1 where one failed.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const words = process.argv.slice(2);

function must(command, args) {
  console.log(`> ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

if (!existsSync(join(root, 'node_modules', 'typescript'))) must('npm', ['ci']);
for (const project of ['tsconfig.build.json', join('cli', 'report', 'tsconfig.json')])
  must(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', project]);

const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter(
    (file) =>
      file.endsWith('.test.ts') &&
      !/node_modules|golden|cases[\\/]inputs|toolchains[\\/](projects|jest)/.test(file),
  )
  .map((file) => join(root, 'test', file))
  .filter((file) => process.env.ONCE !== 'no' || !file.endsWith('.once.test.ts'))
  .filter((file) => words.length === 0 || words.some((word) => relative(root, file).includes(word)))
  .sort();

let passed = 0;
let failed = 0;

function run(file) {
  return new Promise((done) => {
    const child = spawn(process.execPath, ['-r', 'tsx/cjs', file], {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    let output = '';
    const began = Date.now();
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.on('close', (status) => {
      const total = Number(/Total:\s+(\d+)/.exec(output)?.[1] ?? 0);
      const good = Number(/Passed:\s+(\d+)/.exec(output)?.[1] ?? 0);
      // A file that died before its summary, or that ran nothing, has failed.
      const bad = Math.max(total - good, status !== 0 || total === 0 ? 1 : 0);
      passed += good;
      failed += bad;
      const seconds = ((Date.now() - began) / 1000).toFixed(1);
      console.log(
        `${bad > 0 ? 'FAILED' : 'ok    '}  ${relative(root, file)}  ${good} passed${bad > 0 ? `, ${bad} failed` : ''}  ${seconds} s`,
      );
      if (bad > 0) console.log(output);
      done();
    });
  });
}

const queue = [...files];
const lane = async () => {
  for (let file = queue.shift(); file; file = queue.shift()) await run(file);
};
await Promise.all(Array.from({ length: Math.max(1, Math.min(2, availableParallelism())) }, lane));
if (files.length === 0) {
  console.log(`no test file's path holds ${words.join(' or ')}`);
  failed++;
}
console.log(`node ${process.version}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

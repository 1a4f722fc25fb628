// Runs one workload on one copy of its package and writes what it saw: the lines of its log, and, where the
// copy is instrumented, the account at its end. It serves compare.ts, which holds two such logs against each
// other, and must never know which copy it runs on.
//
// node child.mjs COPY NAME require|import OUT

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { strangers } from './ran.mjs';
import { textOf } from './text-of.mjs';

const [copy, name, format, out] = process.argv.slice(2);
const lines = [];
const require = createRequire(path.join(copy, 'noop.cjs'));
const at = (...parts) => pathToFileURL(path.join(copy, ...parts)).href;

/** What a workload gets. */
const host = {
  format,
  service: process.env.SERVICE ? JSON.parse(process.env.SERVICE) : undefined,
  /** The package as this run's format gives it. */
  async load(id) {
    return format === 'require' ? require(id) : (await import(at('bridge.mjs'))).load(id);
  },
  /** The package's one value: the default export, where it is an ES module. */
  async loadDefault(id) {
    const module = await host.load(id);
    return format === 'import' || module.__esModule ? (module.default ?? module) : module;
  },
  log(label, ...values) {
    const text = [label, ...values.map((value) => textOf(value))].join(' | ');
    lines.push(text.replaceAll(copy, ''));
  },
  /** Logs what `work` returns, resolves to or throws. */
  async attempt(label, work) {
    try {
      const value = await work();
      host.log(label, value);
    } catch (error) {
      host.log(`${label} threw`, error);
    }
  },
  /** Logs the frames of an error's stack that lie in the packages: function and line. */
  stack(label, error) {
    const frames = String(error.stack)
      .split('\n')
      .filter((line) => /^\s+at /.test(line) && /node_modules/.test(line))
      .map((line) =>
        line
          .trim()
          .replaceAll(pathToFileURL(copy).href, '')
          .replaceAll(copy, '')
          .replace(/:(\d+):\d+/g, ':$1'),
      );
    for (const frame of frames) lines.push(`${label} frame ${frame}`);
  },
};

process.on('uncaughtException', (error) => lines.push(`uncaught | ${textOf(error)}`));
process.on('unhandledRejection', (error) => lines.push(`unhandled | ${textOf(error)}`));
process.on('warning', (warning) => lines.push(`warning | ${warning.name}: ${warning.message}`));

const memprof = process.env.WITH_MEMPROF ? require('memprof') : undefined;
let spikes = 0;
memprof?.on('spike', () => spikes++);
const began = performance.now();
const { run } = await import(at('workloads', `${name}.mjs`));
await host.attempt('the end', () => run(host));
// What was settled last has reactions still to run.
for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
const time = performance.now() - began;
let account;
let ran;
if (memprof) {
  const { functions, ...sums } = memprof.stats();
  const sum = (key) => functions.reduce((total, one) => total + one[key], 0);
  const mine = functions.filter((one) => one.file.includes(`node_modules/${name}/`));
  account = { ...sums, calls: sum('calls'), own: mine.length, self: sum('self'), spikes };
  ran = strangers(copy, name, new Set(mine.map((one) => one.file)));
}
writeFileSync(out, JSON.stringify({ lines, time, account, ran }));
// What a workload left open would keep the process: that it ended of itself is part of what is compared.

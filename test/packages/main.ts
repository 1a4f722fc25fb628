// Real packages: does instrumented code behave as before? Installs each, instruments every function of all
// the JavaScript it brings, runs a workload of ours on it plain and instrumented, and compares. It must never
// pass a package that did not run.
//
// tsx test/packages/main.ts [NAME ...] [--variants plain,text,...] [--allow-missing]
//
// A service that this machine does not have skips its package; with CI set that is a failure, unless
// --allow-missing. Exit status: 0, 1 (a difference, an account that does not close, a missing service), 2.

import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Built } from './build';
import { CASES, type Case } from './cases';
import { type Comparison, compare, treeOf, VARIANTS, type Variant } from './compare';
import { buildRuntime, CACHE, install, ROOT } from './install';
import { Missing, type Service, start } from './services';
import { buildLine, headings, row, say } from './table';

/** The twins of a case's tree, made anew: the transformer may have changed since. */
function buildTrees(one: Case, variants: Variant[], runtime: string): Record<string, Built> {
  const plain = install(one);
  // So that the workloads resolve their package, and the import of a run begins in its own tree.
  const workloads = path.join(plain, 'workloads');
  rmSync(workloads, { recursive: true, force: true });
  cpSync(path.join(__dirname, 'workloads', `${one.name}.mjs`), path.join(workloads, `${one.name}.mjs`));
  writeFileSync(path.join(plain, 'bridge.mjs'), 'export const load = (name) => import(name);\n');
  const built: Record<string, Built> = {};
  for (const tree of new Set(variants.map(treeOf))) {
    if (tree === 'plain') continue;
    const to = path.join(CACHE, one.name, tree);
    const flags = ['-r', require.resolve('tsx/cjs'), '--experimental-vm-modules', '--no-warnings'];
    const args = [...flags, path.join(__dirname, 'build.ts'), plain, to, tree, one.name];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: ROOT,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    if (status !== 0) throw new Error(`instrumenting failed (${status})\n${stderr.slice(-3000)}`);
    built[tree] = JSON.parse(stdout) as Built;
    symlinkSync(runtime, path.join(to, 'node_modules', 'memprof'), 'junction');
  }
  return built;
}

interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}

async function prove(one: Case, variants: Variant[], runtime: string, tally: Tally): Promise<void> {
  let service: Service | undefined;
  try {
    const built = buildTrees(one, variants, runtime);
    for (const [tree, summary] of Object.entries(built)) {
      say(buildLine(one, tree, summary));
      for (const broken of summary.broken) say(`    no longer read by the engine (${tree}): ${broken}`);
    }
    for (const [tree, { broken, own }] of Object.entries(built)) {
      if (own === 0) say(`    no function of the package itself was instrumented (${tree})`);
      if (broken.length || own === 0) tally.failed++;
    }
    if (one.service) service = await start(one.service);
    for (const format of one.formats) {
      const result = await compare(one, format, path.join(CACHE, one.name), variants, service);
      const good = result.differences.length === 0 && result.ledger.length === 0;
      if (good) tally.passed++;
      else tally.failed++;
      report(one, result, built.text ?? built.ast);
    }
  } catch (error) {
    if (error instanceof Missing) {
      tally.skipped++;
      say(`${one.name}: SKIPPED, ${error.message}`);
    } else {
      tally.failed++;
      say(`${one.name}: FAILED, ${(error as Error).stack}`);
    }
  } finally {
    await service?.stop();
  }
}

function report(one: Case, result: Comparison, built: Built | undefined): void {
  say(row(one, result, built));
  for (const difference of result.differences) say(`    differs  ${difference}`);
  for (const fault of result.ledger) say(`    account  ${fault}`);
  if (one.pending) say(`    ${one.pending.calls} calls stand open: ${one.pending.why}`);
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      variants: { type: 'string', default: VARIANTS.join() },
      'allow-missing': { type: 'boolean', default: false },
    },
  });
  const asked = new Set(['plain', ...values.variants.split(',').filter(Boolean)]);
  const variants = VARIANTS.filter((one) => asked.has(one));
  const unknown = positionals.filter((name) => !CASES.some((one) => one.name === name));
  if (unknown.length || variants.length !== asked.size || variants.length < 2) {
    const names = CASES.map((one) => one.name).join(' ');
    console.error(
      `usage: packages [NAME ...] [--variants ${VARIANTS.join()}] [--allow-missing]\nNAMES: ${names}`,
    );
    return 2;
  }
  const cases = CASES.filter((one) => positionals.length === 0 || positionals.includes(one.name));
  const tally: Tally = { passed: 0, failed: 0, skipped: 0 };
  const runtime = buildRuntime();
  say(headings());
  for (const one of cases) await prove(one, variants, runtime, tally);
  if (tally.skipped) say(`${tally.skipped} skipped`);
  say(`node ${process.version}`);
  const intolerable = tally.skipped > 0 && !!process.env.CI && !values['allow-missing'];
  if (intolerable) tally.failed += tally.skipped;
  say(`${tally.passed} passed, ${tally.failed} failed`);
  return tally.failed > 0 ? 1 : 0;
}

main().then((status) => {
  process.exitCode = status;
});

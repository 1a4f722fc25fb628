// Writes docs/truth.md and its chart from the measured figures, and says what holds and what does not.
// Serves whoever reads the docs; it must never leave out a figure that looks bad.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chart } from './chart';
import type { Figures } from './tools';

export const TOOLS = ['memprof', 'heapUsed', 'hooks'] as const;
export type ToolName = (typeof TOOLS)[number];

/** What was measured at one number in flight; `alone` is the truth of each function alone at that number. */
export interface Load extends Record<ToolName, Figures> {
  inFlight: number;
  alone: Record<string, number>;
}

export interface Result {
  source: string;
  /** Bytes a call, one call at a time. */
  truth: Record<string, number>;
  loads: Load[];
}

interface Run {
  node: string;
  args: string[];
  results: Result[];
}

const GOALS = { sync: 1, large: 5, small: 15, largeFrom: 100_000, bystander: 64 * 1024 };
const root = join(__dirname, '..', '..');
const kept = join(root, '.cache', 'truth', 'results.json');

export function write(results: Result[], args: string[]): void {
  mkdirSync(join(root, '.cache', 'truth'), { recursive: true });
  writeFileSync(kept, JSON.stringify({ node: process.version, args, results }));
  again();
}

export function again(): void {
  const run: Run = JSON.parse(readFileSync(kept, 'utf8'));
  writeFileSync(join(root, 'docs', 'truth.md'), page(run));
  writeFileSync(join(root, 'docs', 'truth.svg'), chart(run.results));
  // Its tables are aligned as the rest of the pages are.
  execFileSync('npx', ['biome', 'format', '--write', join('docs', 'truth.md')], {
    cwd: root,
    stdio: 'ignore',
  });
}

export const error = (bytes: number, truth: number): number => (100 * (bytes - truth)) / truth;
export const isBystander = (name: string): boolean => name === 'bystander';

function size(bytes: number): string {
  const [n, unit] = Math.abs(bytes) < 1e6 ? [bytes / 1e3, 'KB'] : [bytes / 1e6, 'MB'];
  return `${n.toFixed(Math.abs(n) < 100 ? 1 : 0)} ${unit}`;
}

function percent(value: number): string {
  const text = value.toFixed(Math.abs(value) < 100 ? 1 : 0);
  return `${value > 0 ? '+' : ''}${text} %`;
}

function table({ truth, loads }: Result): string {
  const lines = [
    '| function | truth | in flight | alone at it | memprof | against alone | heapUsed | async_hooks |',
    '|---|--:|--:|--:|--:|--:|--:|--:|',
  ];
  for (const name of Object.keys(truth)) {
    for (const load of loads) {
      const bytes = (tool: ToolName) => load[tool][name].bytes;
      const cells = isBystander(name)
        ? [`${size(bytes('memprof'))}, at most ${size(load.memprof[name].max ?? 0)}`, '']
        : [percent(error(bytes('memprof'), truth[name])), percent(error(bytes('memprof'), load.alone[name]))];
      for (const tool of ['heapUsed', 'hooks'] as const) {
        cells.push(isBystander(name) ? size(bytes(tool)) : percent(error(bytes(tool), truth[name])));
      }
      const row = [name, size(truth[name]), load.inFlight, size(load.alone[name]), ...cells];
      lines.push(`| ${row.join(' | ')} |`);
    }
  }
  return lines.join('\n');
}

/** One goal: how many figures met it, and every one that did not. */
function goal(claim: string, figures: { holds: boolean; text: string }[]): string {
  if (figures.length === 0) return `- **${claim}: not measured in this run.**`;
  const missed = figures.filter((figure) => !figure.holds);
  const count = `${figures.length - missed.length} of ${figures.length} figures`;
  if (missed.length === 0) return `- **${claim}: holds**, in ${count}.`;
  return `- **${claim}: does not hold** everywhere, only in ${count}. Outside are ${missed.map((m) => m.text).join('; ')}.`;
}

function verdicts(results: Result[]): string {
  const all = results.flatMap(({ source, truth, loads }) =>
    loads.flatMap((load) => Object.keys(truth).map((name) => ({ source, name, load, true: truth[name] }))),
  );
  type One = (typeof all)[number];
  const within = (ones: One[], bound: number, truthOf: (one: One) => number) =>
    ones.map((one) => {
      const value = error(one.load.memprof[one.name].bytes, truthOf(one));
      const text = `${one.source} ${one.name} at ${one.load.inFlight} (${percent(value)})`;
      return { holds: Math.abs(value) <= bound, text };
    });
  const calls = all.filter(({ name }) => !isBystander(name));
  const sync = calls.filter(({ source }) => source === 'cpu');
  const awaited = calls.filter(({ source }) => source !== 'cpu');
  const large = awaited.filter((one) => one.true >= GOALS.largeFrom);
  const small = awaited.filter((one) => one.true < GOALS.largeFrom);
  const bystanders = all.filter(({ name }) => isBystander(name));
  const lines: string[] = [];
  for (const [against, truthOf] of [
    ['truth', (one: One) => one.true],
    ['the function alone at the same number in flight', (one: One) => one.load.alone[one.name]],
  ] as const) {
    lines.push(`Against ${against}:\n`);
    lines.push(goal(`Synchronous work within ${GOALS.sync} %`, within(sync, GOALS.sync, truthOf)));
    lines.push(
      goal(
        `Awaited work of 100 KB or more a call within ${GOALS.large} %`,
        within(large, GOALS.large, truthOf),
      ),
    );
    lines.push(goal(`Awaited work of less within ${GOALS.small} %`, within(small, GOALS.small, truthOf)), '');
  }
  const by = (figure: 'bytes' | 'max') =>
    bystanders.map(({ source, load, name }) => {
      const bytes = load.memprof[name][figure] ?? 0;
      return { holds: bytes < GOALS.bystander, text: `${source} at ${load.inFlight} (${size(bytes)})` };
    });
  lines.push('Calls that only wait while others allocate:\n');
  lines.push(goal('A bystander under 64 KB, in the mean of its calls', by('bytes')));
  lines.push(goal('A bystander under 64 KB, in its costliest call', by('max')));
  return lines.join('\n');
}

function page({ node, args, results }: Run): string {
  const budget = process.env.MEMPROF_BUDGET;
  const ran = `${budget ? `MEMPROF_BUDGET=${budget} ` : ''}tsx bench/truth/main.ts${args.map((arg) => ` ${arg}`).join('')}`;
  const sampled = budget === '100%' ? 'each call is measured' : 'calls are sampled within the budget';
  return `# How true the figures are

Functions of different size run in random order, many at once, and each tool says what a call of each allocated.
Made by \`${ran}\` with Node ${node}; this page is written by that script. In memprof's figures ${sampled}.

_Truth_ is the bytes a call of a run of that function alone, one call at a time: V8's used size and what its
profiler of collections says they freed, less the same for an empty loop, the median of three processes; memprof is off there.
_Alone at it_ is the same with that function alone at that number in flight, in one process, since a part of the truth itself
moves under load. The tools' columns are errors of the mean call against truth; for the bystander, which allocates next to nothing, bytes. _memprof_ is
\`(total + awaited) / calls\` of \`stats()\`, _heapUsed_ the difference around the call, _async_hooks_ the growth between two
events, given to the call that AsyncLocalStorage names. What the arrays of the cpu service take is known by arithmetic. The truth
has a grain of its own: V8 takes and gives pages of 256 KB, so the two columns of truth can differ for synchronous functions as well.

## What holds

${verdicts(results)}

![Median absolute error of each tool](truth.svg)

${results.map((result) => `## ${result.source}\n\n${table(result)}\n`).join('\n')}`;
}

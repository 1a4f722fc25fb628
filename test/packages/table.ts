// How the figures of a run are laid out on the terminal. It serves main.ts and only words what it is given.

import type { Built } from './build';
import type { Case } from './cases';
import type { Comparison } from './compare';

export const say = (line: string) => void process.stdout.write(`${line}\n`);

const WIDTHS = [12, 8, 6, 10, 6, 6, 9, 8, 7, 8, 7, 7];
const NAMES = [
  'package',
  'format',
  'files',
  'functions',
  'alone',
  'lines',
  'calls',
  'called',
  'equal',
  'account',
];

const cells = (values: (string | number)[]) =>
  values
    .map((value, n) => (n < 2 ? String(value).padEnd(WIDTHS[n]) : String(value).padStart(WIDTHS[n])))
    .join('');

/** `called`: functions of the package itself that were called; `alone`: files and functions left as they were; `time`, `off`: times of the plain run, counting and switched off. */
export function headings(): string {
  return cells([...NAMES, 'time', 'off']);
}

export function row(one: Case, result: Comparison, built: Built | undefined): string {
  const times = [result.ratio, result.ratioOff].map((ratio) => (ratio > 0 ? `${ratio.toFixed(2)}x` : '-'));
  return cells([
    one.name,
    result.format,
    built?.files ?? '-',
    built?.functions ?? '-',
    built ? total(built.filesAlone) + total(built.functionsAlone) : '-',
    result.lines,
    result.calls,
    result.own,
    result.differences.length ? 'NO' : 'yes',
    result.ledger.length ? 'NO' : 'closes',
    ...times,
  ]);
}

/** What instrumenting one tree came to, and what it left alone. */
export function buildLine(one: Case, tree: string, built: Built): string {
  const { file, bytes, time } = built.slowest;
  const slowest = `slowest ${file} (${Math.round(bytes / 1000)} kB) ${Math.round(time)} ms`;
  const lines = [
    `  ${one.name} ${tree}: ${built.files} files, ${built.empty} without a function; ${built.functions} of ${built.seen} functions, ${built.own} in the package itself, in ${(built.time / 1000).toFixed(1)} s; ${slowest}`,
  ];
  for (const [what, counts] of [
    ['files', built.filesAlone],
    ['functions', built.functionsAlone],
  ] as const) {
    for (const [reason, count] of Object.entries(counts)) {
      lines.push(`    ${count} ${what} left alone: ${reason}`);
    }
  }
  return lines.join('\n');
}

const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, one) => sum + one, 0);

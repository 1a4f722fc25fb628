// `memprof diff`: what do two versions of a program allocate in a call, and which differences are real? Serves a pull request
// and the job that checks it. Must never print a name as it stands: it may hold escapes, or Markdown.

import { parseArgs } from 'node:util';
import { formatSize, parseSize, SIZE_FORMS } from '../contract/size';
import {
  type Change,
  type Difference,
  differenceOf,
  failuresOf,
  type Limit,
  type Side,
  type Whole,
} from '../profile/diff';
import { type Profile, profileOf } from '../profile/profile';
import { placed, safe, sized } from '../profile/shown';
import { recordingsAt } from './recordings';
import { UsageError } from './usage';

export const usage = `usage: memprof diff BEFORE AFTER [options]

Compares what a call of each function allocated, before and after: two recordings, or two folders of them. What lies within
the noise is left out. Several runs of a side tell how far runs differ of themselves; four of each do well.

  --before PATH     a further run before, --after PATH a further one after; as often as wanted
  --fail-on +10%    exit status 1 where a call of any function, or all calls together, for real cost more than that; or +5MB
  --format FORMAT   text (default), json, or markdown for a pull request
  --all             functions that did not change, too

Exit status: 0 done, 1 something passed --fail-on, or there is no recording to read, 2 bad usage.`;

const FORMATS = { text, json, markdown };

export function run(args: string[]): number {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      before: { type: 'string', multiple: true, default: [] },
      after: { type: 'string', multiple: true, default: [] },
      'fail-on': { type: 'string' },
      format: { type: 'string', default: 'text' },
      all: { type: 'boolean', default: false },
    },
  });
  if (positionals.length !== 0 && positionals.length !== 2)
    throw new UsageError(
      `two recordings or folders are compared, ${positionals.length} ${positionals.length === 1 ? 'was' : 'were'} named: memprof diff BEFORE AFTER.`,
    );
  const [first, second] = positionals;
  const before = first === undefined ? values.before : [first, ...values.before];
  const after = second === undefined ? values.after : [second, ...values.after];
  if (before.length === 0 || after.length === 0)
    throw new UsageError('a run of each side is needed: memprof diff BEFORE AFTER, or --before and --after.');
  if (!Object.hasOwn(FORMATS, values.format))
    throw new UsageError(`--format "${safe(values.format)}" is none of text, json, markdown.`);
  const format = FORMATS[values.format as keyof typeof FORMATS];
  const limit = values['fail-on'] === undefined ? undefined : limitOf(values['fail-on']);
  const sides = [before.map(readRun), after.map(readRun)];
  if (sides.flat().includes(undefined)) return 1;
  const difference = differenceOf(...(sides as [Profile[], Profile[]]));
  const { whole, failed } = limit ? failuresOf(difference, limit) : { whole: false, failed: [] };
  console.log(format(difference, values.all, failed, whole));
  for (const one of failed)
    console.error(
      `memprof diff: a call of ${placed(one.name, one.file, one.after?.line ?? 0)} costs ${figureOf(one.after)}, ${figureOf(one.before)} before (${shareOf(one.share)}): more than --fail-on ${values['fail-on']} allows.`,
    );
  if (whole && difference.whole)
    console.error(
      `memprof diff: all calls together cost ${wholeOf(difference.whole)}: more than --fail-on ${values['fail-on']} allows.`,
    );
  return failed.length > 0 || whole ? 1 : 0;
}

function readRun(place: string): Profile | undefined {
  const recordings = recordingsAt('diff', [place]);
  return recordings && profileOf(recordings);
}

function limitOf(text: string): Limit {
  const more = text.trim().replace(/^\+/, '');
  const share = /^(\d+(?:\.\d+)?)\s*%$/.exec(more)?.[1];
  if (share !== undefined) return { share: Number(share) / 100 };
  const bytes = parseSize(more);
  if (bytes !== undefined) return { bytes };
  throw new UsageError(
    `--fail-on "${safe(text)}" is neither a share, as +10%, nor a size, as +5MB: ${SIZE_FORMS}.`,
  );
}

const STATES: Record<Change['state'], string> = {
  changed: 'changed',
  same: 'unchanged',
  unsure: 'too few calls to tell',
  came: 'new',
  went: 'gone',
  called: 'not called before',
  uncalled: 'no longer called',
};

function shown({ changes }: Difference, all: boolean): Change[] {
  return changes.filter(({ state }) => all || (state !== 'same' && state !== 'unsure'));
}

/** What is found, in a line or two. */
function summary({ changes, runs, nodes }: Difference): string[] {
  const count = (...states: Change['state'][]) =>
    changes.filter(({ state }) => states.includes(state)).length;
  const compared = count('changed', 'same', 'unsure');
  const unsure = count('unsure');
  if (changes.length === 0)
    return ['no call was recorded: name what is to be measured, as memprof run --instrument "src/**".'];
  const lines = [
    `${count('changed')} of ${compared} functions changed, ${count('came', 'called')} came, ${count('went', 'uncalled')} went; ${runs[0]} ${runs[0] === 1 ? 'run' : 'runs'} before, ${runs[1]} after.`,
  ];
  if (unsure > 0)
    lines.push(
      `Of ${unsure} too few calls were measured to tell a change from noise; --all shows ${unsure === 1 ? 'it' : 'them'}.`,
    );
  if (runs[0] + runs[1] === 2)
    lines.push('With one run of each side, what differs from run to run is not known.');
  if (nodes)
    lines.push(
      `Recorded by different versions of Node: ${nodes.map((one) => one.map((version) => safe(version)).join(' and ')).join(' before, ')} after.`,
    );
  return lines;
}

function wholeOf({ before, after, share, estimated }: Whole): string {
  return `${sized(after, estimated)} a call on the average, ${sized(before, estimated)} before (${shareOf(share)})`;
}

function shareOf(share: number): string {
  if (share === Number.POSITIVE_INFINITY) return 'from nothing';
  const parts = Math.abs(share) < 1 ? (share * 100).toFixed(1) : String(Math.round(share * 100));
  return `${share > 0 ? '+' : ''}${parts} %`;
}

function figureOf(side: Side | undefined): string {
  return side ? sized(side.bytes, side.estimated) : '-';
}

// Steps of a histogram: never exact.
function p99Of(side: Side | undefined): string {
  return side ? `~${formatSize(side.p99)}` : '-';
}

function callsOf(side: Side | undefined): string {
  return side ? String(Math.round(side.calls)) : '-';
}

function cellsOf(one: Change): string[] {
  const of = (figure: (side: Side | undefined) => string) => `${figure(one.before)} -> ${figure(one.after)}`;
  const share = shareOf(one.share);
  const change = one.state === 'changed' ? share : one.state === 'unsure' ? `${share}?` : STATES[one.state];
  return [change, of(figureOf), of(p99Of), of(callsOf)];
}

const TITLES = ['change', 'bytes a call', 'p99 of a call', 'calls a run'];

function text(difference: Difference, all: boolean): string {
  const rows = shown(difference, all);
  const table = [TITLES, ...rows.map(cellsOf)];
  const widths = TITLES.map((_, n) => Math.max(...table.map((cells) => cells[n].length)));
  const line = (cells: string[], last: string) =>
    `${cells.map((cell, n) => (n === 0 ? cell.padStart(widths[n]) : cell.padEnd(widths[n]))).join('  ')}  ${last}`;
  const lines = summary(difference).map((one, n) => (n === 0 ? `memprof diff: ${one}` : one));
  if (difference.whole?.changed)
    lines.push(`All calls together, weighted as before: ${wholeOf(difference.whole)}.`);
  if (rows.length > 0) lines.push('', line(TITLES, 'function'));
  rows.forEach((one, n) => {
    lines.push(line(table[n + 1], placed(one.name, one.file, (one.after ?? one.before)?.line ?? 0)));
  });
  return lines.join('\n');
}

function markdown(difference: Difference, all: boolean): string {
  const rows = shown(difference, all).map((one) => {
    const place = placed(one.name, one.file, (one.after ?? one.before)?.line ?? 0);
    return `| ${[code(place), ...cellsOf(one).map((cell) => cell.replaceAll('->', '→').replaceAll('~', '\\~'))].join(' | ')} |`;
  });
  const lines = ['### memprof diff', '', ...summary(difference).map(entities)];
  if (difference.whole?.changed)
    lines.push(entities(`All calls together, weighted as before: ${wholeOf(difference.whole)}.`));
  if (rows.length > 0)
    lines.push(
      '',
      `| function | ${TITLES.join(' | ')} |`,
      `| --- | ---: |${' --- |'.repeat(TITLES.length - 1)}`,
      ...rows,
    );
  return lines.join('\n');
}

/** A name as code, in a cell of a table: what could end either of them is spelled. */
function code(name: string): string {
  return `\`${name.replace(/[`|]/g, (one) => `\\u{${one.charCodeAt(0).toString(16)}}`)}\``;
}

function entities(line: string): string {
  return line.replace(/[^\w\s.,:;()%+?-]|_/g, (one) => `&#${one.codePointAt(0)};`);
}

function json(difference: Difference, all: boolean, failed: Change[], whole: boolean): string {
  const text = JSON.stringify(
    {
      ...difference,
      changes: shown(difference, all),
      failed: failed.map(({ name, file }) => ({ name, file })),
      wholeFailed: whole,
    },
    null,
    2,
  );
  // A terminal may be shown it.
  return text.replace(/[\p{Cf}\u007f-\u009f\u2028\u2029]/gu, (one) =>
    one
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}

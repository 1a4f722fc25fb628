// `memprof explain`: why did this program die, and which function had the memory? Tells a recording as a story: what
// happened in one sentence, the culprit, then what it is drawn from. Serves whoever was woken for it, and `run`.

import { parseArgs } from 'node:util';
import type { Frame, InFlight } from '../contract/recording';
import { cost } from '../contract/recording';
import { formatSize } from '../contract/size';
import { culpritOf, lastFlight, pressureOf } from '../profile/culprit';
import { type Recording, siteOf } from '../profile/recording';
import { formatTime, percent, placed, safe, shownGiven, shownShapes, sized } from '../profile/shown';
import {
  byWeight,
  culpritLines,
  type Fate,
  fateOf,
  gapsOf,
  isNear,
  sentence,
  stateOf,
  suspectLines,
  trendSentence,
} from '../profile/story';
import { recordingsAt } from './recordings';

export const usage = `usage: memprof explain [RECORDING or FOLDER...]

Says why a recorded program died: the limit that was near, the function that had the memory, the calls that were in
flight. Recordings are made by \`memprof run\`, or by setting MEMPROF_RECORD. Default: the folder .memprof.

Exit status: 0 done, 1 there is no recording to read, 2 bad usage.`;

const IN_FLIGHT = 8;
const SPIKES = 5;
const ALERTS = 5;
const STACKS = 5;
const FUNCTIONS = 5;
const NOTES = 5;

export function run(args: string[]): number {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  const recordings = recordingsAt('explain', positionals);
  if (!recordings) return 1;
  console.log(explain(recordings));
  return 0;
}

/**
 * The story of what was recorded, as lines of text without an end of line after the last. The one that died nearest to a
 * limit is told, others have a line each.
 */
export function explain(recordings: Recording[], fate?: Fate): string {
  const [first, ...others] = byWeight(recordings, fate);
  if (first === undefined) return 'memprof: there is no recording to explain.';
  const lines = storyOf(first, fateOf(first, fate));
  if (others.length > 0) {
    lines.push('', `recorded beside it (${others.length}):`);
    for (const one of others) lines.push(`  ${sentence(one, fateOf(one, fate))}`);
  }
  return lines.join('\n');
}

function storyOf(recording: Recording, fate: Fate | undefined): string[] {
  const pressure = pressureOf(recording);
  const lines = [`memprof: ${sentence(recording, fate)}`];
  const culprit = culpritOf(recording);
  if (culprit) lines.push(...culpritLines(culprit, isNear(recording, pressure, fate)));
  else
    lines.push(
      '  No call was recorded: name what is to be measured, as `memprof run --instrument "src/**"`.',
    );
  const trend = trendSentence(recording);
  if (trend) lines.push('', trend);
  const suspects = suspectLines(recording);
  if (suspects.length > 0) lines.push('', ...suspects);
  lines.push(
    ...flightLines(recording),
    ...alertLines(recording),
    ...spikeLines(recording),
    ...liveLines(recording),
    ...functionLines(recording),
    ...noteLines(recording),
  );
  return lines;
}

function flightLines(recording: Recording): string[] {
  const flight = lastFlight(recording);
  if (!flight || flight.calls.length === 0) return [];
  const count = flight.calls.length + flight.more;
  const shown = flight.calls.slice(0, IN_FLIGHT).map((call) => {
    const site = siteOf(recording, call.site);
    const given = call.given.length > 0 ? `\n    (${shownGiven(call.given, site.params)})` : '';
    return `  ${sized(cost(call), call.awaited > 0)}  ${placed(site.name, site.file, site.line)}  ${stateOf(call, site, flight.at)}${partsOf(call)}${given}`;
  });
  const rest = count - shown.length;
  if (rest > 0) shown.push(`  and ${rest} more`);
  return [
    '',
    `in flight ${formatTime(flight.at)} after the start (${safe(flight.why)}), ${count} ${count === 1 ? 'call' : 'calls'}:`,
    ...shown,
  ];
}

function partsOf({ self, children, awaited, external }: InFlight): string {
  const parts = [
    self > 0 && `self ${formatSize(self)}`,
    children > 0 && `called ${formatSize(children)}`,
    awaited > 0 && `awaited ~${formatSize(awaited)}`,
    external > 0 && `external ${formatSize(external)}`,
  ].filter(Boolean);
  return parts.length > 0 ? ` (${parts.join(', ')})` : '';
}

function spikeLines(recording: Recording): string[] {
  const shown = recording.spikes.slice(-SPIKES).reverse();
  if (shown.length === 0) return [];
  const lines = ['', 'calls that passed their threshold, the last one first:'];
  for (const { at, site, total, awaited, external, arguments: given, awaitedValues, returned } of shown) {
    const { name, file, line } = siteOf(recording, site);
    const returns = returned === null ? '' : `: ${safe(returned)}`;
    lines.push(
      `  ${formatSize(total)}, awaited ~${formatSize(awaited)}, external ${formatSize(external)}  ${placed(name, file, line)}  at ${formatTime(at)}`,
      `    (${shownShapes(given)})${returns}`,
    );
    for (const [where, shape, bytes] of awaitedValues)
      lines.push(`    awaited at line ${where}: ${safe(shape)}, ~${formatSize(bytes)}`);
  }
  return lines;
}

function alertLines({ alerts }: Recording): string[] {
  const shown = alerts.slice(-ALERTS).reverse();
  if (shown.length === 0) return [];
  return [
    '',
    'alerts, the last one first:',
    ...shown.map(({ at, message }) => `  ${safe(message)}  at ${formatTime(at)}`),
  ];
}

function liveLines({ live }: Recording): string[] {
  const last = live.at(-1);
  if (!last || last.stacks.length === 0) return [];
  const lines = [
    '',
    `alive on the heap at ${percent(last.share)} of the ${safe(last.by)} limit, by who made it (sampled):`,
  ];
  const stacks = [...last.stacks].sort((a, b) => b.bytes - a.bytes).slice(0, STACKS);
  for (const { bytes, frames } of stacks) lines.push(`  ~${formatSize(bytes)}  ${stackOf(frames)}`);
  return lines;
}

// The innermost frames say what made it, those of the program for whom.
function stackOf(frames: Frame[]): string {
  if (frames.length === 0) return '(no stack)';
  const own = frames.filter(([, file], n) => n === 0 || (file !== '' && !file.startsWith('node:')));
  return own
    .slice(0, 3)
    .map(([name, file, line]) => placed(name, file, line))
    .join('  <-  ');
}

function functionLines(recording: Recording): string[] {
  const order = [...recording.sums]
    .map(([site, sums]) => ({ site, sums, bytes: sums.self + sums.awaited + sums.external }))
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, FUNCTIONS);
  if (order.length === 0) return [];
  const lines = ['', 'functions by what they allocated since the start, of ended calls:'];
  for (const { site, sums, bytes } of order) {
    const { name, file, line } = siteOf(recording, site);
    lines.push(
      `  ${sized(bytes, sums.awaited > 0)}  ${placed(name, file, line)}  ${Math.round(sums.calls)} calls, self ${formatSize(sums.self)}, total ${formatSize(sums.total)}, awaited ~${formatSize(sums.awaited)}, external ${formatSize(sums.external)}`,
    );
  }
  return lines;
}

function noteLines(recording: Recording): string[] {
  const notes = recording.notes
    .slice(-NOTES)
    .map(({ at, text }) => `  at ${formatTime(at)}: ${safe(text)}`)
    .concat(gapsOf(recording).map((gap) => `  ${gap}`));
  return notes.length > 0 ? ['', 'notes:', ...notes] : [];
}

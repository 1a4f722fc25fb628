// How does a program look at this moment? Turns figures into lines of text of a width and a height. Serves `memprof top`, on a
// terminal and where there is none. Must never let a name through as it stands, nor make a line that is too long.

import { formatSize } from '../contract/size';
import type { Live, Row } from '../profile/live';
import { costOf } from '../profile/recording';
import { formatTime, percent, safe, scriptOf, shownShapes, sized } from '../profile/shown';

/** Columns of a text on a terminal. */
export type Width = (text: string) => number;

export const SORTS = { b: 'bytes/s', c: 'calls/s', t: 'total', f: 'in flight' } as const;
export type Sort = keyof typeof SORTS;

export interface View {
  sort: Sort;
  filter: string;
  /** The filter is being typed. */
  typing: boolean;
  paused: boolean;
  help: boolean;
  /** Rows that are passed over. */
  top: number;
}

export interface Size {
  columns: number;
  rows: number;
}

const COLUMN = 11;
const NAME_AT_LEAST = 24;
const NONE = 'No call is recorded yet.';
const PLAIN_ROWS = 20;
const BAR = 20;
const KEYS: [string, string][] = [
  ['b c t f', 'sort by bytes/s, calls/s, total, in flight'],
  ['up down', 'scroll; page up, page down, home, end'],
  ['/', 'filter by name or file; Enter keeps it'],
  ['Esc', 'no filter'],
  ['p', 'pause, or go on'],
  ['q', 'quit'],
];
const segments = new Intl.Segmenter();

/** @returns the rows that the filter leaves, in order */
export function ordered(rows: Row[], { sort, filter }: Pick<View, 'sort' | 'filter'>): Row[] {
  const key = { b: 'bytes', c: 'calls', t: 'total', f: 'inFlight' } as const;
  const text = filter.toLowerCase();
  return rows
    .filter(({ name, file }) => `${name} ${file}`.toLowerCase().includes(text))
    .sort((a, b) => b[key[sort]] - a[key[sort]] || b.total - a.total);
}

/** Lines for the whole screen, as many as it has rows; `title`: which of them names the columns. */
export function screen(live: Live, view: View, size: Size, width: Width): { lines: string[]; title: number } {
  const { head, spikes, room } = layoutOf(live, size);
  const body = view.help ? helpLines() : functionLines(live, view, room, size.columns);
  const shown = body.slice(0, room);
  const filled = [...shown, ...new Array<string>(room - shown.length).fill('')];
  const title = titles(view.sort, size.columns).padEnd(size.columns);
  const lines = [...head, title, ...filled, ...spikes, footline(view)];
  return {
    lines: lines.slice(0, size.rows).map((line) => cut(line, size.columns, width)),
    title: head.length,
  };
}

/** How many functions a screen has room for. */
export function roomOf(live: Live, size: Size): number {
  return layoutOf(live, size).room;
}

function layoutOf(live: Live, { columns, rows }: Size): { head: string[]; spikes: string[]; room: number } {
  const head = [headline(live), ...usageLines(live, columns)];
  const spikes = rows >= 14 ? spikeLines(live).slice(0, rows >= 20 ? 3 : 1) : [];
  // Besides: the titles, and the keys.
  return { head, spikes, room: Math.max(0, rows - head.length - spikes.length - 2) };
}

/** A block of lines for a pipe or a file. */
export function plain(live: Live, sort: Sort): string {
  const rows = ordered(live.rows, { sort, filter: '' });
  const lines = [
    `memprof top: ${headline(live)}`,
    usageLines(live, Number.POSITIVE_INFINITY).join('  '),
    titles(sort, Number.POSITIVE_INFINITY),
    ...rows.slice(0, PLAIN_ROWS).map((row) => rowLine(row, sort, Number.POSITIVE_INFINITY)),
  ];
  if (rows.length === 0) lines.push(NONE);
  if (rows.length > PLAIN_ROWS) lines.push(`and ${rows.length - PLAIN_ROWS} more functions`);
  return [...lines, ...spikeLines(live)].filter((line) => line !== '').join('\n');
}

function headline(live: Live): string {
  const threads = live.threads > 1 ? `  ${live.threads} threads` : '';
  return `${scriptOf(live)}  ${fateOf(live)}  pid ${live.pid}${threads}  ${formatTime(live.age)}  ${safe(live.node)}`;
}

function fateOf({ fate, pid }: Live): string {
  switch (fate.state) {
    case 'runs':
      return 'runs';
    case 'silent':
      return `silent for ${formatTime(fate.quiet)}: it is stopped, or writes elsewhere`;
    case 'gone':
      return `gone without a last line: killed, or there is no process ${pid} here; see memprof explain`;
    default:
      if (fate.why !== 'exit') return `ended by ${safe(fate.why)}`;
      return fate.code === null ? 'exited' : `exited with status ${fate.code}`;
  }
}

function usageLines({ usage, threads }: Live, columns: number): string[] {
  if (!usage) return ['nothing is told of its memory yet'];
  const { heap, heapLimit, thread, rss, rssLimit, external, inFlight } = usage;
  const whose = threads > 1 ? ` of thread ${thread}` : '';
  const share = heapLimit > 0 ? heap / heapLimit : 0;
  const heapOf = `${percent(share)}, ${formatSize(heap)} of ${formatSize(heapLimit)}`;
  const limit = rssLimit === null ? '' : ` of ${formatSize(rssLimit)}, ${percent(rss / rssLimit)}`;
  return [
    `heap${whose} ${bar(share, columns < 60 ? BAR / 2 : BAR)} ${heapOf}`,
    ...joined(
      [`RSS ${formatSize(rss)}${limit}`, `external ${formatSize(external)}`, `in flight ${inFlight}`],
      columns,
    ),
  ];
}

/** As many in a line as there is room for. */
function joined(parts: string[], columns: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1)}  ${part}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

function bar(share: number, length: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * length);
  return `[${'#'.repeat(full)}${'-'.repeat(length - full)}]`;
}

/** The column that is sorted by is there on the narrowest screen, others as there is room. */
function columnsOf(sort: Sort, columns: number): Sort[] {
  const all = Object.keys(SORTS) as Sort[];
  const count = Math.max(1, Math.floor((columns - NAME_AT_LEAST) / (COLUMN + 1)));
  const shown = new Set([sort, ...all].slice(0, count >= all.length ? undefined : count));
  return all.filter((one) => shown.has(one));
}

function titles(sort: Sort, columns: number): string {
  const shown = columnsOf(sort, columns).map((one) =>
    (one === sort ? `[${SORTS[one]}]` : SORTS[one]).padStart(COLUMN),
  );
  return [...shown, 'function'].join(' ');
}

function functionLines(live: Live, view: View, room: number, columns: number): string[] {
  const rows = ordered(live.rows, view);
  if (rows.length === 0) return [view.filter === '' ? NONE : 'No function is named so.'];
  return rows.slice(view.top, view.top + room).map((row) => rowLine(row, view.sort, columns));
}

function rowLine(row: Row, sort: Sort, columns: number): string {
  const cells = {
    b: sized(row.bytes, row.estimated && row.bytes > 0),
    c: row.calls >= 10 ? String(Math.round(row.calls)) : row.calls.toFixed(1),
    t: sized(row.total, row.estimated),
    f: String(row.inFlight),
  };
  const place = row.file === '' ? '' : `  ${safe(row.file)}:${row.line}`;
  const shown = columnsOf(sort, columns).map((one) => cells[one].padStart(COLUMN));
  return [...shown, `${safe(row.name)}${place}`].join(' ');
}

function spikeLines({ spikes }: Live): string[] {
  return spikes.map(({ site, spike }) => {
    return `spike ${sized(costOf(spike), spike.awaited > 0)} at ${formatTime(spike.at)}  ${safe(site.name)}(${shownShapes(spike.arguments)})`;
  });
}

function footline({ typing, filter, paused }: View): string {
  const wanted = safe(filter);
  if (typing) return `/${wanted}_  Enter keeps it, Esc clears`;
  const parts = [
    paused ? 'PAUSED  p goes on' : 'p pause',
    filter === '' ? '/ filter' : `/${wanted}  Esc clears`,
  ];
  return [...parts, '? help', 'q quit', 'sort: b c t f'].join('  ');
}

function helpLines(): string[] {
  return [...KEYS.map(([key, what]) => `  ${key.padEnd(9)}${what}`), '', '  Any key goes back.'];
}

/** No more than so many columns; a character that takes two is not cut apart. */
export function cut(text: string, columns: number, width: Width): string {
  if (width(text) <= columns) return text;
  let line = '';
  let left = columns - 1;
  for (const { segment } of segments.segment(text)) {
    left -= width(segment);
    if (left < 0) break;
    line += segment;
  }
  return columns > 0 ? `${line}…` : '';
}

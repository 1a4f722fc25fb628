// What does a recording say? Reads the files that a recorded program left (docs/recording.md), line by line: a file of
// 64 MB is never held as a whole. Serves `explain` and `run`. What it reads was written by a program that died in the
// midst of a line, or by anybody: nothing there is believed to have the type that it should have.

import { closeSync, existsSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';

/** A recording's first line. Limits in bytes, `start` in ms since 1970; `rssLimit` null where there is none. */
export interface Header {
  version: string;
  start: number;
  pid: number;
  parent: number;
  thread: number;
  node: string;
  script: string;
  heapLimit: number;
  rssLimit: number | null;
  rssLimitBy: string | null;
}

/** A function; `kind`: 0 sync, 1 async, 2 generator, 3 async generator; `awaits`: the lines of its awaits. */
export interface Site {
  name: string;
  file: string;
  line: number;
  kind: number;
  awaits: number[];
}

/** Sums of a function since the start: bytes, `max` and `time` as the recorder has them. */
export interface Sums {
  calls: number;
  errors: number;
  self: number;
  total: number;
  awaited: number;
  external: number;
  max: number;
  time: number;
}

/** The process at a moment: bytes; `at` in ms since `start`, here and below. */
export interface Memory {
  at: number;
  heapUsed: number;
  external: number;
  rss: number;
  owned: number;
  unowned: number;
  inFlight: number;
  /** All processes of the control group; 0 where it has no limit. */
  group: number;
}

/** A call in flight; `state`: 1 runs, 2 waits at the await with the index `await`, 3 stands at a yield. Bytes so far. */
export interface InFlight {
  site: number;
  state: number;
  started: number;
  self: number;
  children: number;
  awaited: number;
  external: number;
  await: number;
}

export interface Flight {
  at: number;
  why: string;
  /** The one that runs first, then by cost. Calls that are known to have ended since are left out. */
  calls: InFlight[];
  more: number;
}

export type Frame = [name: string, file: string, line: number];

/** What was alive: bytes since sampling began, by the stack that made it, innermost first. */
export interface Live {
  at: number;
  share: number;
  by: string;
  stacks: { bytes: number; frames: Frame[] }[];
}

export interface Spike {
  at: number;
  site: number;
  total: number;
  awaited: number;
  external: number;
  arguments: [name: string, shape: string][];
  awaitedValues: [line: number, shape: string, bytes: number][];
  returned: string | null;
}

/** One thread of one process. */
export interface Recording {
  header: Header;
  /** Its files, the older first. */
  files: string[];
  sites: Map<number, Site>;
  /** Calls that are told by a line of their own, by site. */
  calls: Map<number, number>;
  /** The last line of sums, and the calls that ended after it, by site. */
  sums: Map<number, Sums>;
  /** Calls that only sums tell of. */
  lost: number;
  /** Oldest first; of a long recording the older ones are thinned out. */
  memory: Memory[];
  /** The last 50, 5, 50 and 50. */
  flights: Flight[];
  live: Live[];
  spikes: Spike[];
  notes: { at: number; text: string }[];
  /** How it ended by itself; `undefined`: it was killed, or still runs. */
  end: { at: number; why: string; code: number | null } | undefined;
  /** Lines that could not be read. */
  skipped: number;
}

const FORMAT = 1;
const FLIGHTS = 50;
const LIVES = 5;
const SPIKES = 50;
const NOTES = 50;
const MEMORIES = 4096;
const CHUNK = 64 * 1024;
// A line with all calls that can be in flight has some 200 KB.
const LONGEST = 8 * 1024 * 1024;
const NAME = /^memprof-.*\.jsonl$/;
// Whole names: that of a first worker ends with -1, too.
const PART = /^memprof-\d+-\d+-\d+\.jsonl$/;
const OLDER = /^memprof-\d+-\d+-\d+-1\.jsonl$/;

/**
 * The recordings in files and folders (of those, every `memprof-*.jsonl`), by their start; the parts of one thread as one.
 * @param problems gets a line for each path or file that is none, or cannot be read
 */
export function readRecordings(paths: string[], problems: string[] = []): Recording[] {
  const threads = new Map<string, { header: Header; files: string[] }>();
  for (const file of filesOf(paths, problems)) {
    const header = quietly(() => headerOf(file), file, problems);
    if (!header) continue;
    const key = `${header.start}-${header.pid}-${header.thread}`;
    const known = threads.get(key);
    if (known) known.files.push(file);
    else threads.set(key, { header, files: [file] });
  }
  return [...threads.values()]
    .map(({ header, files }) => {
      const reader = new Reader(header);
      files.sort((a, b) => Number(isOlder(b)) - Number(isOlder(a)));
      for (const file of files) quietly(() => reader.read(file), file, problems);
      return reader.recording;
    })
    .sort((a, b) => a.header.start - b.header.start || a.header.thread - b.header.thread);
}

function filesOf(paths: string[], problems: string[]): Set<string> {
  const files = new Set<string>();
  const add = (file: string) => quietly(() => files.add(realpathSync(file)), file, problems);
  for (const one of paths) {
    quietly(
      () => {
        if (statSync(one).isDirectory()) {
          for (const name of readdirSync(one).sort()) if (NAME.test(name)) add(path.join(one, name));
          return;
        }
        add(one);
        // Whoever names a recording means all that is left of it.
        const older = one.replace(/\.jsonl$/, '-1.jsonl');
        if (PART.test(path.basename(one)) && existsSync(older)) add(older);
      },
      one,
      problems,
    );
  }
  return files;
}

function isOlder(file: string): boolean {
  return OLDER.test(path.basename(file));
}

function quietly<T>(what: () => T, file: string, problems: string[]): T | undefined {
  try {
    return what();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problems.push(`${file}: ${code === 'ENOENT' ? 'there is no such file or folder' : message}`);
    return undefined;
  }
}

/** @throws where the first line is none of a recording's */
function headerOf(file: string): Header {
  let first: unknown;
  eachLine(file, (text) => {
    first = text === undefined ? undefined : parsed(text);
    return false;
  });
  const { memprof, ...given } = (first ?? {}) as Record<string, unknown>;
  if (memprof === undefined) throw new Error('this is no recording of memprof');
  if (memprof !== FORMAT)
    throw new Error(
      `a recording of format ${String(memprof)}, this memprof reads ${FORMAT}: use the one that made it`,
    );
  const { start, pid } = given;
  if (!isFigure(start) || !isFigure(pid)) throw new Error('its first line has no start or no pid');
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  const figure = (value: unknown) => (isFigure(value) ? value : 0);
  return {
    version: text(given.version),
    start,
    pid,
    parent: figure(given.parent),
    thread: figure(given.thread),
    node: text(given.node),
    script: text(given.script),
    heapLimit: figure(given.heapLimit),
    rssLimit: isFigure(given.rssLimit) ? given.rssLimit : null,
    rssLimitBy: typeof given.rssLimitBy === 'string' ? given.rssLimitBy : null,
  };
}

/** Calls back with each whole line, `undefined` for one that is too long; stops where told `false`. */
function eachLine(file: string, line: (text: string | undefined) => unknown): void {
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    let parts: Buffer[] = [];
    let size = 0;
    for (let read = 1; (read = readSync(descriptor, chunk, 0, CHUNK, null)) > 0; ) {
      let from = 0;
      for (let to = 0; (to = chunk.subarray(0, read).indexOf(10, from)) >= 0; from = to + 1) {
        size += to - from;
        const whole = size > LONGEST ? undefined : Buffer.concat([...parts, chunk.subarray(from, to)]);
        parts = [];
        size = 0;
        if (line(whole?.toString()) === false) return;
      }
      size += read - from;
      // What is too long is passed over, and not kept until it ends.
      if (size > LONGEST) parts = [];
      else parts.push(Buffer.from(chunk.subarray(from, read)));
    }
  } finally {
    closeSync(descriptor);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// JSON has no NaN, and 1e999 is read as Infinity.
function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

class Reader {
  readonly recording: Recording;
  /** When the last line of sums was written, by site. */
  private readonly summed = new Map<number, number>();

  constructor(header: Header) {
    this.recording = {
      header,
      files: [],
      sites: new Map(),
      calls: new Map(),
      sums: new Map(),
      lost: 0,
      memory: [],
      flights: [],
      live: [],
      spikes: [],
      notes: [],
      end: undefined,
      skipped: 0,
    };
  }

  read(file: string): void {
    this.recording.files.push(file);
    let first = true;
    eachLine(file, (text) => {
      if (first) first = false;
      else if (text === undefined || !this.take(parsed(text))) this.recording.skipped++;
    });
  }

  /** False where the line is none that can be read. */
  private take(line: unknown): boolean {
    if (!Array.isArray(line) || typeof line[0] !== 'string') return false;
    switch (line[0]) {
      case 'file':
        return this.file(line);
      case 'call':
        return this.call(line);
      case 'lost':
        if (!isFigure(line[1])) return false;
        this.recording.lost += line[1];
        return true;
      case 'sums':
        return this.sums(line);
      case 'memory':
        return this.memory(line);
      case 'flight':
        return this.flight(line);
      case 'live':
        return this.live(line);
      case 'spike':
        return this.spike(line);
      case 'note':
        if (!isFigure(line[1]) || typeof line[2] !== 'string') return false;
        keep(this.recording.notes, { at: line[1], text: line[2] }, NOTES);
        return true;
      case 'end':
        if (!isFigure(line[1]) || typeof line[2] !== 'string') return false;
        this.recording.end = { at: line[1], why: line[2], code: isFigure(line[3]) ? line[3] : null };
        return true;
      default:
        // A later version's.
        return true;
    }
  }

  private file([, first, file, rows]: unknown[]): boolean {
    if (!isFigure(first) || typeof file !== 'string') return false;
    const sites = listOf(rows, ([name, line, kind, awaits]) =>
      typeof name === 'string' && isFigure(line) && isFigure(kind) && Array.isArray(awaits)
        ? { name, file, line, kind, awaits: awaits.filter(isFigure) }
        : undefined,
    );
    sites?.forEach((site, n) => {
      this.recording.sites.set(first + n, site);
    });
    return sites !== undefined;
  }

  private call(line: unknown[]): boolean {
    if (!areFigures(line, 1, 9)) return false;
    const [, site, started, time, self, total, awaited, external, calls, failed] = line as number[];
    const { recording } = this;
    recording.calls.set(site, (recording.calls.get(site) ?? 0) + calls);
    const last = recording.flights.at(-1);
    const ended = last?.calls.findIndex((one) => one.site === site && one.started === started) ?? -1;
    if (ended >= 0) last?.calls.splice(ended, 1);
    // It was told in time for the sums.
    if (started + time <= (this.summed.get(site) ?? -1)) return true;
    const sums = recording.sums.get(site) ?? {
      calls: 0,
      errors: 0,
      self: 0,
      total: 0,
      awaited: 0,
      external: 0,
      max: 0,
      time: 0,
    };
    recording.sums.set(site, sums);
    sums.calls += calls;
    sums.errors += calls * failed;
    sums.self += calls * self;
    sums.total += calls * total;
    sums.awaited += calls * awaited;
    sums.external += calls * external;
    sums.max = Math.max(sums.max, total);
    sums.time += calls * time;
    return true;
  }

  private sums([, at, rows]: unknown[]): boolean {
    if (!isFigure(at)) return false;
    const read = listOf(rows, (row) => (areFigures(row, 0, 8) ? (row as number[]) : undefined));
    for (const [site, calls, errors, self, total, awaited, external, max, time] of read ?? []) {
      this.recording.sums.set(site, { calls, errors, self, total, awaited, external, max, time });
      this.summed.set(site, at);
    }
    return read !== undefined;
  }

  private memory(line: unknown[]): boolean {
    if (!areFigures(line, 1, 7)) return false;
    const [, at, heapUsed, external, rss, owned, unowned, inFlight] = line as number[];
    const group = isFigure(line[8]) ? line[8] : 0;
    const { memory } = this.recording;
    // The last hours matter most: of the older half every second one goes.
    if (memory.length === MEMORIES)
      memory.splice(0, MEMORIES / 2, ...memory.slice(0, MEMORIES / 2).filter((_, n) => n % 2 === 0));
    memory.push({ at, heapUsed, external, rss, owned, unowned, inFlight, group });
    return true;
  }

  private flight([, at, why, rows, more]: unknown[]): boolean {
    if (!isFigure(at) || typeof why !== 'string') return false;
    const calls = listOf(rows, (row) => {
      if (!areFigures(row, 0, 7)) return undefined;
      const [site, state, started, self, children, awaited, external, index] = row as number[];
      return { site, state, started, self, children, awaited, external, await: index };
    });
    if (calls) keep(this.recording.flights, { at, why, calls, more: isFigure(more) ? more : 0 }, FLIGHTS);
    return calls !== undefined;
  }

  private live([, at, share, by, rows]: unknown[]): boolean {
    if (!isFigure(at) || !isFigure(share) || typeof by !== 'string') return false;
    const stacks = listOf(rows, ([bytes, given]) => {
      const frames = listOf(given, ([name, file, line]) =>
        typeof name === 'string' && typeof file === 'string' && isFigure(line)
          ? ([name, file, line] as Frame)
          : undefined,
      );
      return isFigure(bytes) && frames ? { bytes, frames } : undefined;
    });
    if (stacks) keep(this.recording.live, { at, share, by, stacks }, LIVES);
    return stacks !== undefined;
  }

  private spike(line: unknown[]): boolean {
    const [, at, site, total, awaited, external, given, values, returned] = line;
    if (!areFigures(line, 1, 5)) return false;
    const shapes = listOf(given, ([name, shape]) =>
      typeof name === 'string' && typeof shape === 'string' ? ([name, shape] as [string, string]) : undefined,
    );
    const awaitedValues = listOf(values, ([at, shape, bytes]) =>
      isFigure(at) && typeof shape === 'string' && isFigure(bytes)
        ? ([at, shape, bytes] as [number, string, number])
        : undefined,
    );
    if (!shapes || !awaitedValues) return false;
    const figures = { at, site, total, awaited, external } as Record<
      'at' | 'site' | 'total' | 'awaited' | 'external',
      number
    >;
    const spike = { ...figures, arguments: shapes, awaitedValues };
    keep(
      this.recording.spikes,
      { ...spike, returned: typeof returned === 'string' ? returned : null },
      SPIKES,
    );
    return true;
  }
}

function keep<T>(list: T[], one: T, most: number): void {
  list.push(one);
  if (list.length > most) list.shift();
}

/** The rows of a list as `read` makes them, or `undefined` where one of them, or the list, is none. */
function listOf<T>(rows: unknown, read: (row: unknown[]) => T | undefined): T[] | undefined {
  if (!Array.isArray(rows)) return undefined;
  const made: T[] = [];
  for (const row of rows) {
    const one = Array.isArray(row) ? read(row) : undefined;
    if (one === undefined) return undefined;
    made.push(one);
  }
  return made;
}

function areFigures(line: unknown[], from: number, to: number): boolean {
  for (let n = from; n <= to; n++) if (!isFigure(line[n])) return false;
  return true;
}

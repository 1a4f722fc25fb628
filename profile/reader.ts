// What does a line of a recording say (docs/recording.md)? Makes a recording of lines, all of them or as they come. Serves
// read.ts and follow.ts. Whoever wrote them died in the midst of it, or may be anybody: nothing is believed to have the type
// that it should have.

import { FORMAT, type Frame } from '../contract/recording';
import { Histogram } from './histogram';
import {
  type Call,
  costOf,
  type Header,
  type Recording,
  type Sums,
  type Suspect,
  type Unowned,
} from './recording';

const FLIGHTS = 50;
const LIVES = 5;
const SPIKES = 50;
const ALERTS = 50;
const NOTES = 50;
const MEMORIES = 4096;
const TREND = 128;
const HEAVIEST = 100;
// Their first figure is no time.
const UNTIMED = new Set(['file', 'call', 'paths', 'places', 'lost']);

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

/** A recording's first line. @throws where it is none */
export function headerFrom(line: string | undefined): Header {
  const first = line === undefined ? undefined : parsed(line);
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

/** A recording as its lines come. */
export class Reader {
  readonly recording: Recording;
  /** When the last line of sums was written, by site and by path. */
  private readonly summed = new Map<number, number>();
  private readonly pathsSummed = new Map<number, number>();
  private lightest = 0;
  private readonly sources = new Map<string, readonly [source: string, line: number]>();

  constructor(header: Header) {
    this.recording = {
      header,
      files: [],
      sites: new Map(),
      sizes: new Map(),
      heaviest: [],
      sums: new Map(),
      trends: new Map(),
      paths: new Map(),
      pathSums: new Map(),
      sampled: new Set(),
      lost: 0,
      memory: [],
      collections: [],
      unowned: [],
      suspects: undefined,
      flights: [],
      live: [],
      spikes: [],
      alerts: [],
      notes: [],
      end: undefined,
      last: 0,
      skipped: 0,
    };
  }

  /** A line that is not the first; `undefined`: one that is too long. */
  take(text: string | undefined): void {
    if (text === undefined || !this.line(parsed(text))) this.recording.skipped++;
  }

  /** False where the line is none that can be read. */
  private line(line: unknown): boolean {
    if (!Array.isArray(line) || typeof line[0] !== 'string') return false;
    if (!UNTIMED.has(line[0]) && isFigure(line[1]) && line[1] > this.recording.last)
      this.recording.last = line[1];
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
      case 'paths':
        return this.paths(line);
      case 'by':
        return this.by(line);
      case 'gc':
        return this.collections(line);
      case 'unowned':
        return this.unowned(line);
      case 'suspects':
        return this.suspects(line);
      case 'places':
        return this.places(line);
      case 'memory':
        return this.memory(line);
      case 'flight':
        return this.flight(line);
      case 'live':
        return this.live(line);
      case 'spike':
        return this.spike(line);
      case 'alert':
        return this.alert(line);
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
    const sites = listOf(rows, ([name, line, kind, awaits, params]) =>
      typeof name === 'string' && isFigure(line) && isFigure(kind) && Array.isArray(awaits)
        ? { name, file, line, kind, awaits: awaits.filter(isFigure), params: textsOf(params) }
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
    const path = isFigure(line[10]) ? line[10] : 0;
    const own = isFigure(line[11]) ? line[11] : awaited;
    const { recording } = this;
    const ended = started + time;
    if (ended > recording.last) recording.last = ended;
    let sizes = recording.sizes.get(site);
    if (!sizes) recording.sizes.set(site, (sizes = new Histogram()));
    const bytes = total + awaited + external;
    sizes.add(bytes, calls);
    if (bytes > this.lightest || recording.heaviest.length < HEAVIEST)
      this.heavy(
        { site, path, started, time, self, total, awaited, external, calls, failed: failed > 0 },
        bytes,
      );
    if (calls > 1) recording.sampled.add(site);
    const last = recording.flights.at(-1);
    const n = last?.calls.findIndex((one) => one.site === site && one.started === started) ?? -1;
    if (n >= 0) last?.calls.splice(n, 1);
    if (path > 0 && ended > (this.pathsSummed.get(path) ?? -1)) {
      let sums = recording.pathSums.get(path);
      if (!sums) recording.pathSums.set(path, (sums = { calls: 0, self: 0, awaited: 0, external: 0 }));
      sums.calls += calls;
      sums.self += calls * self;
      sums.awaited += calls * own;
      sums.external += calls * external;
    }
    // It was told in time for the sums.
    if (ended <= (this.summed.get(site) ?? -1)) return true;
    let sums = recording.sums.get(site);
    if (!sums) recording.sums.set(site, (sums = noSums()));
    sums.calls += calls;
    sums.errors += calls * failed;
    sums.self += calls * self;
    sums.total += calls * total;
    sums.awaited += calls * awaited;
    sums.external += calls * external;
    sums.max = Math.max(sums.max, total + awaited);
    sums.time += calls * time;
    return true;
  }

  private heavy(call: Call, bytes: number): void {
    const { heaviest } = this.recording;
    heaviest.push(call);
    if (heaviest.length < 2 * HEAVIEST) return;
    heaviest.sort((a, b) => costOf(b) - costOf(a)).splice(HEAVIEST);
    this.lightest = Math.min(costOf(heaviest[HEAVIEST - 1]), bytes);
  }

  private sums([, at, rows]: unknown[]): boolean {
    if (!isFigure(at)) return false;
    const read = listOf(rows, (row) => (areFigures(row, 0, 8) ? (row as number[]) : undefined));
    for (const [site, calls, errors, self, total, awaited, external, max, time] of read ?? []) {
      this.recording.sums.set(site, { calls, errors, self, total, awaited, external, max, time });
      this.summed.set(site, at);
      let trend = this.recording.trends.get(site);
      if (!trend) this.recording.trends.set(site, (trend = []));
      thinned(trend, [at, self + awaited + external], TREND);
    }
    return read !== undefined;
  }

  private paths([, first, rows]: unknown[]): boolean {
    if (!isFigure(first)) return false;
    const read = listOf(rows, (row) => (areFigures(row, 0, 1) ? (row as number[]) : undefined));
    read?.forEach(([above, site], n) => {
      // Whatever goes on from a later one would go round in circles.
      if (above < first + n) this.recording.paths.set(first + n, { above, site });
    });
    return read !== undefined;
  }

  private by([, at, rows]: unknown[]): boolean {
    if (!isFigure(at)) return false;
    const read = listOf(rows, (row) => (areFigures(row, 0, 4) ? (row as number[]) : undefined));
    for (const [path, calls, self, awaited, external] of read ?? []) {
      this.recording.pathSums.set(path, { calls, self, awaited, external });
      this.pathsSummed.set(path, at);
    }
    return read !== undefined;
  }

  private collections(line: unknown[]): boolean {
    if (!areFigures(line, 1, 5)) return false;
    const [, at, all, major, time, freed] = line as number[];
    const live = isFigure(line[6]) ? line[6] : 0;
    thinned(this.recording.collections, { at, all, major, time, freed, live }, MEMORIES);
    return true;
  }

  private unowned([, at, rows]: unknown[]): boolean {
    const read = listOf(rows, ([bytes, name, file, line, stack]) =>
      isFigure(bytes) && typeof name === 'string' && typeof file === 'string' && isFigure(line)
        ? this.unownedInSource({ bytes, name, file, line, stack: textsOf(stack) })
        : undefined,
    );
    if (read) this.recording.unowned = read;
    return isFigure(at) && read !== undefined;
  }

  private suspects([, at, rows]: unknown[]): boolean {
    const read = listOf(rows, (row) => {
      const [name, file, , , , , , , by, shape, hint, confidence, explains, keptBy] = row;
      if (typeof name !== 'string' || typeof file !== 'string' || !areFigures(row, 2, 7)) return undefined;
      if (typeof by !== 'string' || typeof hint !== 'string') return undefined;
      const [line, growth, low, high, bytes, survivors] = row.slice(2) as number[];
      const one = { name, file, line, growth, low, high, bytes, survivors, by, hint };
      return this.suspectInSource({
        ...one,
        shape: typeof shape === 'string' ? shape : null,
        confidence: shareOf(confidence),
        explains: shareOf(explains),
        keptBy: keeperOf(keptBy),
      });
    });
    if (!isFigure(at) || !read) return false;
    this.recording.suspects = { at, all: read };
    return true;
  }

  private suspectInSource(one: Suspect): Suspect {
    const [, file, line] = this.inSource([one.name, one.file, one.line]);
    // Who keeps it is instrumented: its place is the source's already.
    return { ...one, file, line };
  }

  // Which places in sources are those that V8 has named, before or later.
  private places([, rows]: unknown[]): boolean {
    const read = listOf(rows, ([file, line, source, at]) =>
      typeof file === 'string' && isFigure(line) && typeof source === 'string' && isFigure(at)
        ? ([`${file}:${line}`, [source, at]] as const)
        : undefined,
    );
    for (const [key, place] of read ?? []) this.sources.set(key, place);
    for (const { stacks } of this.recording.live)
      for (const stack of stacks) stack.frames = stack.frames.map((one) => this.inSource(one));
    this.recording.unowned = this.recording.unowned.map((one) => this.unownedInSource(one));
    const { suspects } = this.recording;
    if (suspects) suspects.all = suspects.all.map((one) => this.suspectInSource(one));
    return read !== undefined;
  }

  private inSource(frame: Frame): Frame {
    const source = this.sources.get(`${frame[1]}:${frame[2]}`);
    return source ? [frame[0], ...source] : frame;
  }

  private unownedInSource(one: Unowned): Unowned {
    const [, file, line] = this.inSource([one.name, one.file, one.line]);
    return { ...one, file, line };
  }

  private memory(line: unknown[]): boolean {
    if (!areFigures(line, 1, 7)) return false;
    const [, at, heapUsed, external, rss, owned, unowned, inFlight] = line as number[];
    const group = isFigure(line[8]) ? line[8] : 0;
    const one = { at, heapUsed, external, rss, owned, unowned, inFlight, group };
    thinned(this.recording.memory, one, MEMORIES);
    return true;
  }

  private flight([, at, why, rows, more, counted]: unknown[]): boolean {
    if (!isFigure(at) || typeof why !== 'string') return false;
    const calls = listOf(rows, (row) => {
      if (!areFigures(row, 0, 7)) return undefined;
      const [site, state, started, self, children, awaited, external, index] = row as number[];
      const given = textsOf(row[8]);
      return { site, state, started, self, children, awaited, external, await: index, given };
    });
    const counts = listOf(counted, (row) => (areFigures(row, 0, 1) ? (row as [number, number]) : undefined));
    if (calls)
      keep(
        this.recording.flights,
        { at, why, calls, more: isFigure(more) ? more : 0, counts: counts ?? countsOf(calls) },
        FLIGHTS,
      );
    return calls !== undefined;
  }

  private live([, at, share, by, rows]: unknown[]): boolean {
    if (!isFigure(at) || !isFigure(share) || typeof by !== 'string') return false;
    const stacks = listOf(rows, ([bytes, given]) => {
      const frames = listOf(given, ([name, file, line]) =>
        typeof name === 'string' && typeof file === 'string' && isFigure(line)
          ? this.inSource([name, file, line])
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

  private alert([, at, rule, state, value, threshold, unit, about, message]: unknown[]): boolean {
    if (!isFigure(at) || !isFigure(value) || !isFigure(threshold)) return false;
    if (typeof rule !== 'string' || typeof state !== 'string') return false;
    if (typeof unit !== 'string' || typeof message !== 'string') return false;
    const [name, file, line] = Array.isArray(about) ? about : [];
    const place: Frame | null =
      typeof name === 'string' && typeof file === 'string' && isFigure(line) ? [name, file, line] : null;
    keep(this.recording.alerts, { at, rule, state, value, threshold, unit, place, message }, ALERTS);
    return true;
  }
}

// Of a recording that does not say it: of those that are shown.
function countsOf(calls: { site: number }[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const { site } of calls) counts.set(site, (counts.get(site) ?? 0) + 1);
  return [...counts];
}

function keep<T>(list: T[], one: T, most: number): void {
  list.push(one);
  if (list.length > most) list.shift();
}

// The last hours matter most: of the older half every second one goes.
function thinned<T>(list: T[], one: T, most: number): void {
  if (list.length === most)
    list.splice(0, most / 2, ...list.slice(0, most / 2).filter((_, n) => n % 2 === 0));
  list.push(one);
}

function noSums(): Sums {
  return { calls: 0, errors: 0, self: 0, total: 0, awaited: 0, external: 0, max: 0, time: 0 };
}

function shareOf(value: unknown): number | null {
  return isFigure(value) ? Math.min(1, Math.max(0, value)) : null;
}

function keeperOf(value: unknown): Suspect['keptBy'] {
  const [name, file, line] = Array.isArray(value) ? value : [];
  return typeof name === 'string' && typeof file === 'string' && isFigure(line) ? { name, file, line } : null;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
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

// Is something in this program not let go, and who makes it? Looks soon after collections, while nobody runs. Serves `stats()`, the
// log, the recorder and alerts. Must take no more of the time than its share, keep nothing of the program's alive, and never throw.

import * as v8 from 'node:v8';
import { unexplainedOf } from '../../contract/explained';
import { type Point, type Trend, trendOf } from '../../contract/trend';
import { type Growth, signals } from '../alerts/signals';
import { BESIDES, now, spent } from '../clock';
import { collectAll, isListening } from '../collections';
import { patience } from '../config';
import { EXTERNAL, LIVE, MAJORS, meter, USED } from '../heap';
import { alsoRecord, hooks, ledger, OWNED, settle, settleOwn, UNOWNED } from '../ledger';
import { logSuspects } from '../log';
import { heapLimit } from '../recorder/limits';
import type { Span } from '../span';
import { listenNoMore, listenTo } from './handed';
import { Rates } from './rates';
import { Survey } from './survivors';
import { isSame, type Leaks, type Suspect, suspectsOf } from './suspects';
import { Window } from './window';

// Collections for our sake may take this share of the process's time, and so many ms more at first, when little is known.
const SHARE = 0.006;
const CREDIT = 1000;
// A collection for our sake: not of a heap that is larger, and no sooner than so long after the last one, a share of the patience.
const SHORT_TO_COLLECT = 256e6;
const STEPS = 9;
// What there is more than after the last one, bytes and share.
const WORTH = 1e6;
const WORTH_SHARE = 0.02;
// It has found nothing new so often: the next one comes later by this factor, and sooner again where it has.
const LATER = 2;
const SOONER = 1 / 4;
const LATEST = 256;
// Points that are kept: of the older half every second one goes then.
const POINTS = 120;
// The window is opened on less than a verdict: so many points that rise for this share of the patience.
const EARLY_POINTS = 4;
// A verdict on so many, at least.
const LEAST_POINTS = 8;
const EARLY_SHARE = 1 / 4;
// It is read when so much of its age is past since the last reading, and judged at this share of the patience.
const AGED = 1 / 4;
const READ_SHARE = 1 / 6;
const JUDGED_SHARE = 1 / 2;
// Readings that do not grow any more: the window is shut.
const PATIENT = 6;
// A function is told of again once it has grown by this factor.
const DOUBLED = 2;

const MINUTE = 60_000;

class Watch {
  private heap: Point[] = [];
  private outside: Point[] = [];
  private readonly window = new Window();
  private majors = meter[MAJORS];
  private left = CREDIT;
  private leftAt = now();
  private later = 1;
  private readonly limit = heapLimit(v8.getHeapStatistics().heap_size_limit);
  private since = now();
  private allocated = ledger[OWNED] + ledger[UNOWNED];
  private calm = 0;
  private suspected: Suspect[] = [];
  private suspectedAt = 0;
  private readonly rates = new Rates();
  readonly survey = new Survey();
  private readonly told = new Map<string, number>();
  leaks: Leaks = { trend: undefined, external: undefined, suspects: [] };

  /** Soon after a collection, while nobody runs. */
  look(): void {
    const at = now();
    if (meter[MAJORS] !== this.majors) {
      this.point(at);
      this.judge(at);
    }
    this.left = Math.min(CREDIT, this.left + SHARE * (at - this.leftAt));
    this.leftAt = at;
    if (this.left < 0) return;
    if (this.window.isOpen) {
      if (at - this.window.readAt >= Math.max(READ_SHARE * patience(), AGED * this.window.age)) this.read(at);
    } else if (this.isWorth(at)) this.collect();
  }

  get step(): number {
    return patience() / STEPS;
  }

  isOpen(): boolean {
    return this.window.isOpen;
  }

  private isWorth(at: number): boolean {
    const last = this.heap.at(-1);
    const grew = meter[USED] - (last?.bytes ?? 0);
    return (
      meter[USED] < SHORT_TO_COLLECT &&
      grew > WORTH + WORTH_SHARE * (last?.bytes ?? 0) &&
      at - (last?.at ?? this.since) >= this.later * this.step
    );
  }

  private collect(): void {
    const before = this.heap.at(-1)?.bytes ?? 0;
    const grew = meter[USED] - before;
    this.costs(collectAll);
    this.point(now());
    const found = (this.heap.at(-1)?.bytes ?? 0) - before;
    this.later = found > grew / 8 ? Math.max(1, this.later * SOONER) : Math.min(LATEST, this.later * LATER);
    this.judge(now());
  }

  private read(at: number): void {
    let is = false;
    this.costs(() => {
      is = this.window.read(at);
    });
    this.point(now());
    if (is) this.judge(now());
  }

  private costs(work: () => void): void {
    const before = process.cpuUsage();
    work();
    settleOwn();
    // Processor time: V8 marks in several threads, and where others want the machine, the clock says nothing of us.
    const { user, system } = process.cpuUsage(before);
    const took = (user + system) / 1000;
    this.left -= took;
    spent[BESIDES] += took;
  }

  private point(at: number): void {
    this.majors = meter[MAJORS];
    add(this.heap, { at, bytes: meter[LIVE] }, this.step / 2);
    add(this.outside, { at, bytes: meter[EXTERNAL] }, this.step / 2);
    this.rates.take(at, patience());
    this.survey.collected();
  }

  private judge(at: number): void {
    const least = patience();
    const trend = latest(this.heap, this.limit, least);
    const external = latest(this.outside, 0, least);
    if (!this.window.isOpen) {
      this.calm = 0;
      if (this.isEarly() || trend?.grows) this.open(at);
    } else {
      this.calm = this.isEarly() || trend?.grows ? 0 : this.calm + 1;
      if (this.calm >= PATIENT) this.costs(() => this.window.shut());
    }
    const isKnown = this.window.isOpen && this.window.age >= JUDGED_SHARE * least;
    const suspects = suspectsOf({
      trend,
      external,
      kept: isKnown ? this.window.kept : [],
      survivors: trend?.grows || external?.grows ? this.survey.survivors(at, least) : [],
      // Who makes it may be known soon: whoever is handed it is named where it is not.
      handed:
        (isKnown || !this.window.isOpen) && (trend?.grows || external?.grows)
          ? this.survey.handed(at, least)
          : [],
      rates: trend?.grows || external?.grows ? this.rates.now() : [],
      unowned: this.rates.unowned,
      isWithin: (site, above) => this.survey.isWithin(site, above),
    });
    // One that comes and goes is none: it must have been one at the last look, too, some time ago.
    if (at - this.suspectedAt >= this.step) {
      const confirmed = suspects.filter((one) => this.suspected.some((other) => isSame(one, other)));
      this.leaks = { trend, external, suspects: confirmed, unexplained: unexplainedOf(confirmed) };
      this.suspected = suspects;
      this.suspectedAt = at;
    } else {
      const last = trend?.grows || external?.grows ? this.leaks.suspects : [];
      this.leaks = { trend, external, suspects: last, unexplained: unexplainedOf(last) };
    }
    this.tell();
  }

  // Rising by now, though nobody would swear to it.
  private isEarly(): boolean {
    const last = this.heap.at(-1);
    if (last === undefined) return false;
    const recent = this.heap.slice(-2 * EARLY_POINTS).filter(({ at }) => last.at - at <= patience());
    const [first] = recent;
    if (recent.length < EARLY_POINTS || last.at - first.at < EARLY_SHARE * patience()) return false;
    let rises = 0;
    for (let n = 1; n < recent.length; n++) rises += Math.sign(recent[n].bytes - recent[n - 1].bytes);
    return rises >= recent.length / 2 && last.bytes - first.bytes >= WORTH / 2;
  }

  private open(at: number): void {
    const seconds = Math.max(1, (at - this.since) / 1000);
    const rate = (ledger[OWNED] + ledger[UNOWNED] - this.allocated) / seconds;
    this.costs(() => this.window.open(at, rate));
  }

  private tell(): void {
    const { suspects, trend, external } = this.leaks;
    const news = suspects.filter(({ name, file, line, bytes }) => {
      const key = `${file}\0${line}\0${name}`;
      const known = this.told.get(key);
      if (known !== undefined && bytes < DOUBLED * known) return false;
      this.told.set(key, bytes);
      return true;
    });
    if (news.length === 0) return;
    logSuspects(news, trend?.grows ? trend : external, this.leaks.unexplained);
    hooks.suspects(suspects);
  }

  end(): void {
    if (this.window.isOpen) this.window.shut();
  }
}

// Two that are near each other are one, the lower: a collection in the midst of a request sees what that holds.
function add(points: Point[], one: Point, apart: number): void {
  const last = points.at(-1);
  if (last && one.at - last.at < apart) {
    last.bytes = Math.min(last.bytes, one.bytes);
    return;
  }
  if (points.length === POINTS)
    points.splice(0, POINTS / 2, ...points.slice(0, POINTS / 2).filter((_, n) => n % 2));
  points.push(one);
}

// Growth is told where it has come to so much, bytes and share of what there was: calls in flight are now more and now less.
const MATERIAL = 1e6;
const MATERIAL_SHARE = 0.15;

// Of all that was seen, or of the last part of it, where that has come to grow: to more than there ever was before.
function judged(points: Point[], limit: number, least: number): Trend | undefined {
  const trend = trendOf(points, limit, least);
  if (!trend?.grows) return trend;
  const grew = trend.slope * (trend.to - trend.from);
  const before = trend.live - grew;
  return { ...trend, grows: points.length >= LEAST_POINTS && grew >= MATERIAL + MATERIAL_SHARE * before };
}

function latest(points: Point[], limit: number, least: number): Trend | undefined {
  const all = judged(points, limit, least);
  if (all === undefined || all.grows) return all;
  for (const share of [1 / 2, 1 / 4]) {
    const since = all.to - share * (all.to - all.from);
    const part = judged(
      points.filter(({ at }) => at >= since),
      limit,
      least,
    );
    const before = points.filter(({ at }) => at < since).map(({ bytes }) => bytes);
    if (part?.grows && part.live > Math.max(...before)) return part;
  }
  return all;
}

let watch: Watch | undefined;
let looking = false;
let hears = false;
let timer: NodeJS.Timeout;
// Before a test puts others in their place.
const { setInterval, clearInterval } = globalThis;

/** Begins to look, or ends, as is set now. */
export function leaksChanged(): void {
  if (patience() > 0) start();
  else stop();
}

/** What is known now; `undefined` while leaks are not looked for. */
export function leaksNow(): Leaks | undefined {
  return watch?.leaks;
}

function start(): void {
  if (watch) return;
  watch = new Watch();
  hooks.isWatched = () => watch?.isOpen() ?? false;
  hear();
  listenTo(watch.survey.arguments);
  hooks.leaks = () => (watch as Watch).leaks;
  signals.growth = growth;
  signals.suspects = () => watch?.leaks.suspects ?? [];
  hooks.grows = look;
  // A program that lets nothing go makes little garbage, and has its collections seldom.
  timer = setInterval(() => {
    settle();
    look();
    settleOwn();
  }, watch.step);
  timer.unref();
}

// For alerts. What does not go on growing may be none.
function growth(): Growth | undefined {
  const trend = watch?.leaks.trend;
  if (trend === undefined) return undefined;
  const { slope, low, high, confidence, grows } = trend;
  return { slope: slope * MINUTE, low: grows ? low * MINUTE : 0, high: high * MINUTE, confidence };
}

function look(): void {
  // While nothing is counted, nobody says what was collected.
  if (looking || !watch || !isListening()) return;
  looking = true;
  try {
    watch.look();
  } catch {
    // No inspector, or a stack that is full: nothing is told then.
  } finally {
    looking = false;
  }
}

function stop(): void {
  hooks.grows = () => {};
  hooks.leaks = null;
  clearInterval(timer);
  watch?.end();
  watch = undefined;
  listenNoMore();
  if (hooks.record !== ended) return;
  hooks.record = null;
  hears = false;
}

function hear(): void {
  if (hears) return;
  hears = true;
  alsoRecord(ended);
}

function ended(span: Span): void {
  watch?.survey.ended(span);
}

export type { Leaks, Suspect };

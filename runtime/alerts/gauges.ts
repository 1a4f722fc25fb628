// What a level stands at, and how that is said. Reads figures that are there already, once a second on the program's
// thread: must stay cheap, and wait for nothing but two small files of the kernel's.

import { formatSize } from '../../contract/size';
import type { LevelRule, Unit } from './rules';
import type { Growth } from './signals';

/** Where figures come from: bytes. */
export interface Sources {
  heapUsed(): number;
  heapLimit: number;
  rssUsed(): number;
  /** `undefined` where nothing bounds the resident size but the machine. */
  rssLimit: { bytes: number; by: string } | undefined;
  growth(): Growth | undefined;
  /** Bytes allocated so far, and of them nobody's. */
  account(): { allocated: number; nobodys: number };
}

export interface Gauge {
  /** In the unit of its rule; NaN where it is not known now. */
  value(): number;
  /** What the last value was, for people. */
  text(): string;
  /** How certain that is, 0 to 1, where it is drawn by statistics. */
  confidence?(): number;
  /** Why there will never be a value here. */
  never?: string;
}

// What was allocated lately: in so many steps of so many looks each, and from so many bytes on. Summing up an account
// goes through all functions.
const STEPS = 12;
const LOOKS = 5;
const LEAST = 64e6;

export function gaugeOf({ rule, unit }: LevelRule, sources: Sources): Gauge {
  switch (rule) {
    case 'heap':
      return filled("V8's heap", "V8's limit", sources.heapUsed, sources.heapLimit, unit);
    case 'rss': {
      const { rssUsed, rssLimit } = sources;
      const limit = rssLimit?.bytes ?? Number.NaN;
      const gauge = filled('the resident size', `the limit by ${rssLimit?.by}`, rssUsed, limit, unit);
      if (unit === 'share' && rssLimit === undefined)
        gauge.never =
          'no limit of the resident size is known (set MEMPROF_RSS_LIMIT, or give a size: rss>1GB)';
      return gauge;
    }
    case 'slope':
      return growing(sources);
    case 'unowned':
      return nobodys(sources);
  }
}

function filled(what: string, whose: string, read: () => number, limit: number, unit: Unit): Gauge {
  let used = 0;
  return {
    value() {
      used = read();
      return unit === 'share' ? used / limit : used;
    },
    text: () =>
      Number.isFinite(limit)
        ? `${what} is ${formatSize(used)}, ${shareText(used / limit)} of ${whose} (${formatSize(limit)})`
        : `${what} is ${formatSize(used)}`,
  };
}

function growing({ growth }: Sources): Gauge {
  let last: Growth = { slope: 0, low: 0, high: 0, confidence: 0 };
  return {
    value() {
      const now = growth();
      if (now === undefined) return Number.NaN;
      last = now;
      // One that may be none is none.
      return last.low > 0 ? last.slope : 0;
    },
    text: () =>
      last.low > 0
        ? `the live heap grows by ~${formatSize(last.slope)} a minute (~${formatSize(last.low)} to ~${formatSize(last.high)})`
        : 'the live heap does not grow for certain',
    confidence: () => last.confidence,
  };
}

function nobodys({ account }: Sources): Gauge {
  const allocated = new Float64Array(STEPS);
  const owned = new Float64Array(STEPS);
  let steps = 0;
  let looks = 0;
  let share = Number.NaN;
  let lately = 0;
  return {
    value() {
      if (looks++ % LOOKS > 0) return share;
      const now = account();
      const last = (steps + STEPS - 1) % STEPS;
      // The account was begun anew.
      if (steps > 0 && now.allocated < allocated[last]) steps = 0;
      const from = steps < STEPS ? 0 : steps % STEPS;
      lately = steps === 0 ? 0 : now.allocated - allocated[from];
      // An idle program allocates little, and nobody owns it.
      share = lately < LEAST ? 0 : Math.max(0, now.nobodys - owned[from]) / lately;
      allocated[steps % STEPS] = now.allocated;
      owned[steps % STEPS] = now.nobodys;
      steps++;
      return share;
    },
    text: () =>
      lately < LEAST
        ? `only ${formatSize(lately)} were allocated in the last minute`
        : `~${shareText(share)} of the ${formatSize(lately)} that were allocated in the last minute is nobody's: no instrumented function owns it`,
  };
}

/** A share for people: three figures at most. */
export function shareText(share: number): string {
  return `${Number((100 * share).toFixed(1))}%`;
}

export function figureText(value: number, unit: Unit): string {
  if (unit === 'share') return shareText(value);
  return unit === 'bytes' ? formatSize(value) : `${formatSize(value)} a minute`;
}

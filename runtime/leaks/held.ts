// What do we watch, and is it alive yet? Weak references to a sample of what functions return and are handed, within bounds. Serves
// the survey. Must never keep one alive beyond the job that it looks in. Runs inside of calls: no method of Array, which a program may
// have put an instrumented function in the place of, where a call begins.

import type { Site } from '../sites';
import { Pace } from './pace';

/** One object, however many functions return it or are handed it. */
export interface Watched {
  ref: WeakRef<object>;
  /** Whose result it was first; undefined: nobody's that is known. */
  maker: Site | undefined;
  /** Functions that were seen to be handed it, and of those, for each, the nearest that had called it. */
  handedTo: { site: Site; by: Site | undefined }[];
  /** Where it was sampled, and whether it was met there again. */
  met: Map<Sample, boolean>;
  /** At which count of collections it was looked for last, and whether it was there. */
  lookedAt: number;
  isAlive: boolean;
}

/** One of a sample: it stands for `weight` calls. */
export interface Held {
  of: Watched;
  at: number;
  /** Collections of the whole heap before it came. */
  came: number;
  weight: number;
}

/** Of one function: its results, or what it was handed as one parameter. */
export class Sample {
  held: Held[] = [];
  /** Calls for which those stood that were let go. */
  died = 0;
  /** Objects that were met, and of those the ones that were met again: a pool's, or long-lived ones. */
  objects = 0;
  again = 0;

  constructor(
    readonly site: Site,
    /** From 0; -1: results. */
    readonly parameter: number,
    readonly since: number,
  ) {}
}

/** What is held of one function. */
export interface OfFunction {
  site: Site;
  results: Sample;
  resultsPace: Pace;
  /** By parameter; those without objects are not there. */
  handed: Sample[];
  handedPace: Pace;
  /** Functions that have called it; null: none that is instrumented. */
  callers: Set<Site | null>;
}

// References: a function's results and arguments together, and all functions'. Of those, arguments have half at most.
const MOST = 256;
const MOST_IN_ALL = 8192;
const MOST_HANDED = MOST_IN_ALL / 2;
// Parameters that are handed over (span.ts).
const PARAMETERS = 8;
// Calls that are looked at after a new object was met: one of them may be handed it.
const FOLLOWED = 16;
const MOST_PLACES = 64;

export class Holdings {
  readonly all = new Map<number, OfFunction>();
  private readonly seen = new WeakMap<object, Watched>();
  private count = 0;
  private handed = 0;
  /** Collections of the whole heap so far. */
  collections = 0;
  /** Calls that are to be looked at for what is known already. */
  follows = 0;

  of(id: number, site: Site, at: number): OfFunction {
    let one = this.all.get(id);
    if (one === undefined) {
      one = {
        site,
        results: new Sample(site, -1, at),
        resultsPace: new Pace(at),
        handed: [],
        handedPace: new Pace(at),
        callers: new Set(),
      };
      this.all.set(id, one);
    }
    return one;
  }

  get size(): number {
    return this.count;
  }

  known(value: object): Watched | undefined {
    return this.seen.get(value);
  }

  /** A call has returned it. What was met before is not its making: what is handed out again and again is one. */
  returned(one: OfFunction, value: object, at: number, weight: number): void {
    if (this.seen.has(value) || this.count >= MOST_IN_ALL) return;
    const watched = this.watch(value, one.site);
    this.hold(one, one.results, watched, at, weight);
  }

  /** A call was handed it as its parameter `n`. */
  given(one: OfFunction, n: number, value: object, at: number, weight: number): Watched | undefined {
    let watched = this.seen.get(value);
    let sample = one.handed[n];
    if (sample === undefined) {
      for (let missing = one.handed.length; missing <= n && missing < PARAMETERS; missing++)
        one.handed[missing] = new Sample(one.site, missing, at);
      sample = one.handed[n];
    }
    const met = watched?.met.get(sample);
    if (met !== undefined) {
      if (!met) sample.again++;
      watched?.met.set(sample, true);
      return watched;
    }
    if (this.count >= MOST_IN_ALL || this.handed >= MOST_HANDED) return watched;
    if (watched !== undefined && watched.met.size >= MOST_PLACES) return watched;
    watched ??= this.watch(value, undefined);
    this.hold(one, sample, watched, at, weight);
    this.handed++;
    return watched;
  }

  private watch(value: object, maker: Site | undefined): Watched {
    const watched: Watched = {
      ref: new WeakRef(value),
      maker,
      handedTo: [],
      met: new Map(),
      lookedAt: this.collections,
      isAlive: true,
    };
    this.seen.set(value, watched);
    this.follows = FOLLOWED;
    return watched;
  }

  private hold(one: OfFunction, sample: Sample, watched: Watched, at: number, weight: number): void {
    let size = one.results.held.length;
    let longest = one.results;
    for (let n = 0; n < one.handed.length; n++) {
      size += one.handed[n].held.length;
      if (one.handed[n].held.length > longest.held.length) longest = one.handed[n];
    }
    if (size >= MOST) {
      this.halve(longest);
      (longest.parameter < 0 ? one.resultsPace : one.handedPace).halved();
    }
    sample.held[sample.held.length] = { of: watched, at, came: this.collections, weight };
    sample.objects++;
    watched.met.set(sample, false);
    this.count++;
  }

  // Any other half would lean to the old or to the new.
  private halve(sample: Sample): void {
    const kept: Held[] = [];
    for (let n = 0; n < sample.held.length; n++) {
      const held = sample.held[n];
      if (Math.random() >= 1 / 2) continue;
      held.weight *= 2;
      kept[kept.length] = held;
    }
    this.forget(sample, sample.held.length - kept.length);
    sample.held = kept;
  }

  private forget(sample: Sample, count: number): void {
    this.count -= count;
    if (sample.parameter >= 0) this.handed -= count;
  }

  /** The whole heap was collected. */
  collected(): void {
    this.collections++;
    for (const { results, handed } of this.all.values()) {
      this.sweep(results);
      for (const one of handed) this.sweep(one);
    }
  }

  private sweep(sample: Sample): void {
    const kept: Held[] = [];
    for (const held of sample.held) {
      const { of } = held;
      if (of.lookedAt !== this.collections) {
        of.lookedAt = this.collections;
        of.isAlive = of.ref.deref() !== undefined;
      }
      if (of.isAlive) kept.push(held);
      else sample.died += held.weight;
    }
    this.forget(sample, sample.held.length - kept.length);
    sample.held = kept;
  }
}

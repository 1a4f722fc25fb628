// Which functions' results and arguments are not let go? Samples them, counts the collections that each outlives, and says who is
// handed what lives on. Serves leaks.ts. Must never take a cache that has filled, a pool or an object that is always there for a leak.

import { types } from 'node:util';
import { Kind } from '../../contract/abi';
import { now } from '../clock';
import { byteLengthOf, shapeOf } from '../shapes';
import { idOf, type Site } from '../sites';
import { sizeOf } from '../sizes';
import { type Span, WEIGHT } from '../span';
import { type Maker, makerOf } from './alive';
import { Handed } from './handed';
import { type Held, Holdings, type OfFunction, type Sample } from './held';
import { OFTEN, Skips } from './pace';

/**
 * Results of one function, or what it is handed, that outlive collections; bytes, `growth` and its bounds bytes a ms, estimated from
 * a sampled share.
 */
export interface Survivors {
  maker: Maker;
  survivors: number;
  bytes: number;
  growth: number;
  low: number;
  high: number;
  /** References that say so. */
  count: number;
  /** Of one of them. */
  shape: string;
  /** Their bytes lie outside the heap: Buffers. */
  outside: boolean;
  /** Who is handed most of them, and lets go no more than half of what it is handed: the likeliest first, others as likely. */
  keepers: Site[];
  /** Of what a function is handed: whose results most of them are, where that is known. */
  madeBy: Site | undefined;
}

// A survivor has outlived so many collections of the whole heap.
const OUTLIVED = 3;
// So many are needed to say something, and in each half of the time so many for as many in the other.
const LEAST = 8;
const LEAST_IN_HALF = 3;
const STILL = 1 / 2;
const MEASURED = 12;
const MOST_CALLERS = 16;
const DEPTH = 4;
const DEVIATIONS = 1.96;
// Of what a function is handed as one parameter: at least this share lives on, and no more than that comes again. A pool's comes again.
const KEPT = 1 / 2;
const AGAIN = 1 / 20;
// So many survivors were seen to be handed to a function, and such a share of those whose way was seen.
const LEAST_HANDED = 3;
const MOST_OF_THEM = 1 / 2;
const AS_LIKELY = 0.8;

export class Survey {
  private readonly skips = new Skips();
  private readonly holdings = new Holdings();
  /** Has arguments handed over, once it is listened to. */
  readonly arguments: Handed;

  /** @param often ms between two samples of a function, at the least, about */
  constructor(
    private readonly often = OFTEN,
    private readonly clock = now,
  ) {
    this.arguments = new Handed(this.holdings, often, clock);
  }

  /** A call has ended. */
  readonly ended = (span: Span): void => {
    const id = idOf(span.site);
    if (id >= 1 && this.skips.isDue(id)) this.take(id, span);
  };

  private take(id: number, { site, parent, result, n }: Span): void {
    const at = this.clock();
    const one = this.holdings.of(id, site, at);
    if (one.callers.size < MOST_CALLERS) one.callers.add(parent === null ? null : parent.site);
    const stands = one.resultsPace.looked(at, this.often) * n[WEIGHT];
    this.skips.set(id, one.resultsPace.next());
    if ((typeof result !== 'object' || result === null) && typeof result !== 'function') return;
    this.holdings.returned(one, result, at, stands);
  }

  /** The whole heap was collected. */
  collected(): void {
    this.holdings.collected();
  }

  /** References that are held, of all functions. */
  get size(): number {
    return this.holdings.size;
  }

  /** Whether V8 may compile `site` into `above` (null: into what is not instrumented), as far as is seen: by synchronous calls. */
  isWithin(site: Site, above: Site | null, depth = DEPTH): boolean {
    const callers = this.holdings.all.get(idOf(site))?.callers;
    if (callers === undefined || depth === 0 || site.kind !== Kind.Sync) return false;
    for (const one of callers)
      if (one === above || (one !== null && one !== site && this.isWithin(one, above, depth - 1)))
        return true;
    return false;
  }

  /** Functions of which results live on, and more and more do; `least`: ms that they must be known for. */
  survivors(at: number, least: number): Survivors[] {
    return this.each(at, least, ({ results }) => [results]);
  }

  /** Functions of which arguments do, that nobody else below them is handed. */
  handed(at: number, least: number): Survivors[] {
    return this.each(at, least, ({ handed }) => handed.filter((one) => this.isKept(one))).filter(
      ({ maker, keepers }) => keepers.some((site) => makerOf(site).key === maker.key),
    );
  }

  private each(at: number, least: number, of: (one: OfFunction) => Sample[]): Survivors[] {
    const found: Survivors[] = [];
    for (const one of this.holdings.all.values()) {
      // Of a function's parameters the one with the most.
      const [worst] = of(one)
        .map((sample) => (at - sample.since >= least ? this.survivorsOf(sample) : undefined))
        .filter((some) => some !== undefined)
        .sort((a, b) => b.growth - a.growth);
      if (worst) found.push(worst);
    }
    return found;
  }

  private old({ held }: Sample): Held[] {
    return held.filter(({ came }) => this.holdings.collections - came >= OUTLIVED);
  }

  // What a function is handed as one parameter is not let go, by and large, and is not the same again and again.
  private isKept(sample: Sample): boolean {
    const old = this.old(sample);
    const alive = weightOf(old);
    return (
      old.length >= LEAST_HANDED &&
      alive >= KEPT * (alive + sample.died) &&
      sample.again <= AGAIN * sample.objects
    );
  }

  private keeps(site: Site): boolean {
    return this.holdings.all.get(idOf(site))?.handed.some((one) => this.isKept(one)) ?? false;
  }

  // Of each survivor: who was handed it and keeps such, but for those that have handed it on to one that does.
  private keepersOf(old: Held[]): Site[] {
    const kept = new Map<Site, boolean>();
    const isKeeper = (site: Site) => {
      let is = kept.get(site);
      if (is === undefined) kept.set(site, (is = this.keeps(site)));
      return is;
    };
    const found = new Map<Site, { times: number; weight: number }>();
    let followed = 0;
    for (const { of, weight } of old) {
      if (of.handedTo.length > 0) followed += weight;
      const keepers = of.handedTo.filter(({ site }) => isKeeper(site));
      for (const { site } of keepers) {
        if (keepers.some(({ by }) => by === site)) continue;
        const one = found.get(site) ?? { times: 0, weight: 0 };
        found.set(site, { times: one.times + 1, weight: one.weight + weight });
      }
    }
    const likely = [...found]
      .filter(([, { times, weight }]) => times >= LEAST_HANDED && weight >= MOST_OF_THEM * followed)
      .sort(([, a], [, b]) => b.weight - a.weight);
    return likely.filter(([, { weight }]) => weight >= AS_LIKELY * likely[0][1].weight).map(([site]) => site);
  }

  private survivorsOf(sample: Sample): Survivors | undefined {
    const { site, since } = sample;
    const old = this.old(sample);
    if (old.length < LEAST) return undefined;
    const until = old[old.length - 1].at;
    const half = (since + until) / 2;
    const weight = weightOf(old);
    const before = old.filter(({ at }) => at < half);
    const early = weightOf(before);
    const later = weight - early;
    // What was kept at first, and no more, is a cache; what is young only, is let go in time.
    if (
      Math.min(before.length, old.length - before.length) < LEAST_IN_HALF ||
      later < STILL * early ||
      early < STILL * later
    )
      return undefined;
    const seen = measured(old);
    if (seen === undefined) return undefined;
    const bytes = seen.each * weight;
    const growth = bytes / (until - since);
    const error = DEVIATIONS / Math.sqrt(old.length);
    return {
      maker: makerOf(site),
      survivors: Math.round(weight),
      bytes,
      growth,
      low: growth * Math.max(0, 1 - error),
      high: growth * (1 + error),
      count: old.length,
      shape: seen.shape,
      outside: seen.outside,
      keepers: this.keepersOf(old),
      madeBy: sample.parameter < 0 ? site : madeBy(old),
    };
  }
}

function weightOf(held: Held[]): number {
  return held.reduce((sum, { weight }) => sum + weight, 0);
}

// Whose results at least so many of them are as of nobody known: results are sampled, too.
function madeBy(old: Held[]): Site | undefined {
  const times = new Map<Site, number>();
  for (const { of } of old) if (of.maker) times.set(of.maker, (times.get(of.maker) ?? 0) + 1);
  const [most] = [...times].sort(([, a], [, b]) => b - a);
  return most && most[1] >= LEAST_HANDED ? most[0] : undefined;
}

function measured(old: Held[]): { each: number; shape: string; outside: boolean } | undefined {
  const step = Math.max(1, Math.floor(old.length / MEASURED));
  let count = 0;
  let bytes = 0;
  let outside = false;
  let shape = '';
  for (let n = 0; n < old.length; n += step) {
    const value = old[n].of.ref.deref();
    if (value === undefined) continue;
    outside = types.isArrayBufferView(value);
    bytes += outside ? byteLengthOf(value) : sizeOf(value);
    count++;
    shape = shapeOf(value);
  }
  return count === 0 ? undefined : { each: bytes / count, shape, outside };
}

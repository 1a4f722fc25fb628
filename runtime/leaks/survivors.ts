// Which functions' results are not let go? Keeps weak references to a sample of them, and counts the collections that each outlives.
// Serves leaks.ts. Must never keep one alive beyond the job that it looks in, nor more than a few hundred of a function.

import { types } from 'node:util';
import { Kind } from '../../contract/abi';
import { now } from '../clock';
import { byteLengthOf, shapeOf } from '../shapes';
import { idOf, type Site } from '../sites';
import { sizeOf } from '../sizes';
import { type Span, WEIGHT } from '../span';
import { type Maker, makerOf } from './alive';

/** Results of one function that outlive collections; bytes, `growth` and its bounds bytes a ms, estimated from a sampled share. */
export interface Survivors {
  maker: Maker;
  survivors: number;
  bytes: number;
  growth: number;
  low: number;
  high: number;
  /** Of one of them. */
  shape: string;
  /** Their bytes lie outside the heap: Buffers. */
  outside: boolean;
}

/** A result, by when it was returned; it stands for `weight` calls. */
interface Held {
  ref: WeakRef<object>;
  at: number;
  outlived: number;
  weight: number;
}
interface Results {
  site: Site;
  since: number;
  held: Held[];
  stride: number;
  /** The stride is never less: new ones would outnumber the old, which were halved. */
  narrowest: number;
  sampledAt: number;
  /** Functions that have called it; null: none that is instrumented. */
  callers: Set<Site | null>;
}

// A function's, and all functions'.
const MOST = 256;
const MOST_IN_ALL = 8192;
// ms between two samples of a function, about.
const OFTEN = 50;
const SELDOM = 200;
const WIDEST = 1 << 20;
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

export class Survey {
  private skips = new Int32Array(256);
  private readonly all = new Map<number, Results>();
  // An object that is handed out again and again is one.
  private seen = new WeakSet<object>();
  private count = 0;

  /** @param often ms between two samples of a function, at the least, about */
  constructor(
    private readonly often = OFTEN,
    private readonly clock = now,
  ) {}

  /** A call has ended. */
  readonly ended = (span: Span): void => {
    const id = idOf(span.site);
    if (id < 1) return;
    if (id >= this.skips.length) this.widen(id);
    if (this.skips[id]-- > 0) return;
    this.take(id, span);
  };

  private widen(id: number): void {
    const wider = new Int32Array(2 * id);
    wider.set(this.skips);
    this.skips = wider;
  }

  private take(id: number, { site, parent, result, n }: Span): void {
    const at = this.clock();
    let one = this.all.get(id);
    if (one === undefined) {
      one = { site, since: at, held: [], stride: 1, narrowest: 1, sampledAt: at, callers: new Set() };
      this.all.set(id, one);
    }
    if (one.callers.size < MOST_CALLERS) one.callers.add(parent === null ? null : parent.site);
    const stands = one.stride * n[WEIGHT];
    const since = at - one.sampledAt;
    one.sampledAt = at;
    if (since < this.often) one.stride = Math.min(WIDEST, one.stride * 2);
    else if (since > SELDOM && one.stride > one.narrowest) one.stride /= 2;
    // Evenly from 0 on: as often as the stride says, in the mean, and in step with nothing.
    this.skips[id] = Math.floor(Math.random() * (2 * one.stride - 1));
    if ((typeof result !== 'object' || result === null) && typeof result !== 'function') return;
    if (this.seen.has(result) || this.count >= MOST_IN_ALL) return;
    this.seen.add(result);
    if (one.held.length >= MOST) this.halve(one);
    one.held.push({ ref: new WeakRef(result), at, outlived: 0, weight: stands });
    this.count++;
  }

  // Any other half would lean to the old or to the new.
  private halve(one: Results): void {
    const kept: Held[] = [];
    for (const held of one.held) if (Math.random() < 1 / 2) kept.push({ ...held, weight: 2 * held.weight });
    this.count -= one.held.length - kept.length;
    one.held = kept;
    one.narrowest = Math.min(WIDEST, 2 * one.narrowest);
    one.stride = Math.max(one.stride, one.narrowest);
  }

  /** The whole heap was collected. */
  collected(): void {
    for (const one of this.all.values()) {
      const kept = one.held.filter(({ ref }) => ref.deref() !== undefined);
      this.count -= one.held.length - kept.length;
      for (const held of kept) held.outlived++;
      one.held = kept;
    }
  }

  /** References that are held, of all functions. */
  get size(): number {
    return this.count;
  }

  /** Whether V8 may compile `site` into `above` (null: into what is not instrumented), as far as is seen: by synchronous calls. */
  isWithin(site: Site, above: Site | null, depth = DEPTH): boolean {
    const callers = this.all.get(idOf(site))?.callers;
    if (callers === undefined || depth === 0 || site.kind !== Kind.Sync) return false;
    for (const one of callers)
      if (one === above || (one !== null && one !== site && this.isWithin(one, above, depth - 1)))
        return true;
    return false;
  }

  /** Functions of which results live on, and more and more do; `least`: ms that they must be known for. */
  survivors(at: number, least: number): Survivors[] {
    const found: Survivors[] = [];
    for (const one of this.all.values()) {
      const survivors = at - one.since >= least ? survivorsOf(one) : undefined;
      if (survivors) found.push(survivors);
    }
    return found;
  }
}

function survivorsOf({ site, since, held }: Results): Survivors | undefined {
  const old = held.filter(({ outlived }) => outlived >= OUTLIVED);
  if (old.length < LEAST) return undefined;
  const until = old[old.length - 1].at;
  const half = (since + until) / 2;
  let early = 0;
  let weight = 0;
  for (const one of old) weight += one.weight;
  for (const one of old) if (one.at < half) early += one.weight;
  const later = weight - early;
  const count = old.filter(({ at }) => at < half).length;
  // What was kept at first, and no more, is a cache; what is young only, is let go in time.
  if (Math.min(count, old.length - count) < LEAST_IN_HALF || later < STILL * early || early < STILL * later)
    return undefined;
  const step = Math.max(1, Math.floor(old.length / MEASURED));
  let measured = 0;
  let bytes = 0;
  let outside = false;
  let shape = '';
  for (let n = 0; n < old.length; n += step) {
    const value = old[n].ref.deref();
    if (value === undefined) continue;
    outside = types.isArrayBufferView(value);
    bytes += outside ? byteLengthOf(value) : sizeOf(value);
    measured++;
    shape = shapeOf(value);
  }
  if (measured === 0) return undefined;
  const all = (bytes / measured) * weight;
  const growth = all / (until - since);
  const error = DEVIATIONS / Math.sqrt(old.length);
  return {
    maker: makerOf(site),
    survivors: Math.round(weight),
    bytes: all,
    growth,
    low: growth * Math.max(0, 1 - error),
    high: growth * (1 + error),
    shape,
    outside,
  };
}

// What that was made from now on stays alive, by function? V8's sampling profile, open while something grows, and read now and then.
// Serves leaks.ts. V8 has one profile: whoever else has it keeps it, but for the recorder's, which is of the same kind and read with it.

import { hooks } from '../ledger';
import { connected, post } from '../session';
import { giveUp } from '../stacks';
import { type Alive, aliveIn, type Maker } from './alive';

/** What a function made since the window was opened, and what of it was alive at each reading; bytes, `at` in ms. */
export interface Kept {
  maker: Maker;
  alive: Alive;
  /** From the opening, where it is 0, on. */
  series: { at: number; bytes: number }[];
  /** What of the bytes that were alive in the middle of the window is alive yet, 0 to 1. */
  survived: number;
}

interface Reading {
  at: number;
  last: number;
  bytes: Map<string, number>;
}

// One sample in so many bytes, and so many of them a second at most, each a walk up the stack.
const LEAST = 16 * 1024;
const MOST = 8 * 1024 * 1024;
const EACH_SECOND = 300;
const READINGS = 24;

export class Window {
  private readings: Reading[] = [];
  private openedAt = 0;
  private opened = false;
  kept: Kept[] = [];

  get isOpen(): boolean {
    return this.opened;
  }

  get age(): number {
    return (this.readings.at(-1)?.at ?? this.openedAt) - this.openedAt;
  }

  get count(): number {
    return this.readings.length;
  }

  get readAt(): number {
    return this.readings.at(-1)?.at ?? this.openedAt;
  }

  /** @param rate bytes a second that the program allocates */
  open(at: number, rate: number): boolean {
    // The recorder's thread samples what is alive, too: we read that. Of what is ours by then, it makes use.
    if (!hooks.isSampled()) giveUp();
    if (!connected()) return false;
    if (!hooks.isSampled()) {
      // Another session's.
      if (post('HeapProfiler.getSamplingProfile') !== undefined) return false;
      const samplingInterval = Math.round(Math.min(MOST, Math.max(LEAST, rate / EACH_SECOND)));
      if (post('HeapProfiler.startSampling', { samplingInterval }) === undefined) return false;
    }
    this.opened = true;
    this.begin(at);
    return true;
  }

  private begin(at: number): void {
    this.openedAt = at;
    this.readings = [];
    this.kept = [];
  }

  /** Collects the whole heap. False where somebody else has taken the profile: the window is shut. */
  read(at: number): boolean {
    const profile = post('HeapProfiler.getSamplingProfile')?.profile;
    if (profile === undefined) {
      this.opened = false;
      return false;
    }
    // Where somebody has begun a profile anew meanwhile, it knows nothing of what was before.
    const newest = profile.samples.reduce((last, { ordinal }) => Math.max(last, ordinal), 0);
    const before = this.readings.at(-1)?.last ?? 0;
    if (newest < before / 2) this.begin(this.readAt);
    const middle = this.middle(at);
    const alive = aliveIn(profile, middle?.last ?? -1);
    const bytes = new Map([...alive].map(([key, one]) => [key, one.bytes]));
    this.readings.push({ at, last: Math.max(newest, this.readings.at(-1)?.last ?? 0), bytes });
    if (this.readings.length > READINGS)
      this.readings.splice(0, READINGS / 2, ...this.readings.slice(0, READINGS / 2).filter((_, n) => n % 2));
    this.kept = [...alive].map(([key, one]) => {
      const were = middle?.bytes.get(key) ?? 0;
      return {
        maker: one.maker,
        alive: one,
        series: [
          { at: this.openedAt, bytes: 0 },
          ...this.readings.map((reading) => ({ at: reading.at, bytes: reading.bytes.get(key) ?? 0 })),
        ],
        survived: were > 0 ? Math.min(1, one.older / were) : 0,
      };
    });
    return true;
  }

  private middle(at: number): Reading | undefined {
    const half = (this.openedAt + at) / 2;
    return this.readings.reduce<Reading | undefined>(
      (near, one) => (near && Math.abs(near.at - half) <= Math.abs(one.at - half) ? near : one),
      undefined,
    );
  }

  shut(): void {
    if (this.opened && !hooks.isSampled()) post('HeapProfiler.stopSampling');
    this.opened = false;
    this.begin(0);
  }
}

// How near is the process to a limit of its memory? V8's own is held against what is in use on the heap, the control
// group's against the resident size. Serves the recorder's thread.

import { DEBUGGED, SAMPLED, type Start, WINDOW } from './layout';
import { usedBy } from './limits';
import { type FrameAt, Live } from './live';

// Shares of a limit: where the inspector is asked, where sampling begins, and where all is written down.
const WORTH_ASKING = 0.35;
const SAMPLE = 0.5;
const NEAR = [0.7, 0.85, 0.95];
const STEPS = 20;
// Once so much below, a share counts anew.
const SLACK = 0.1;
// Each so many polls: the kernel is asked. The program's own reading is believed for so long, ms.
const EVERY = 3;
const EVERY_GROUP = 12;
const STALE = 40;

export interface Told {
  /** Another twentieth of a limit is used. */
  step(): void;
  near(why: string): void;
  live(share: number, by: string, stacks: [number, FrameAt[]][]): void;
  note(text: string): void;
}

export class Watch {
  private polls = 0;
  private rss = 0;
  /** Bytes that all processes under the limit take; 0 where there is no such limit. */
  group = 0;
  private live: Live | undefined;
  private tried = false;
  private isDebugged = false;
  private readonly reached: Record<string, number> = { heap: 0, rss: 0 };
  private step = 0;
  private readings = 0;
  private readAt = 0;

  constructor(
    private readonly start: Start,
    private readonly told: Told,
  ) {}

  /** Bytes on the program's heap: its own last reading, or, where that is old, what V8 answered. */
  heapUsed(): number {
    const used = this.start.meter[this.start.slots.used];
    return this.isStale() && this.live ? Math.max(used, this.live.used) : used;
  }

  look(): void {
    const { meter, slots, header, group, head } = this.start;
    const { heapLimit, rssLimit } = header;
    if (meter[slots.readings] !== this.readings) {
      this.readings = meter[slots.readings];
      this.readAt = performance.now();
    }
    if (this.polls % EVERY === 0) this.rss = Math.max(process.memoryUsage.rss(), this.group);
    // Other processes of a container count against its limit, too.
    if (this.polls % EVERY_GROUP === 0 && group) this.group = usedBy(group);
    this.polls++;
    if (!this.tried) {
      const least = Math.min(heapLimit, rssLimit ?? heapLimit);
      if (this.rss < WORTH_ASKING * least && this.heapUsed() < WORTH_ASKING * heapLimit) return;
      this.connect();
    }
    if (!this.isDebugged && head[DEBUGGED] === 1) {
      this.isDebugged = true;
      this.told.note('a debugger is attached: its profiles may be in the way of ours');
    }
    // An idle program would be woken each time.
    if (this.isStale() && this.polls % EVERY === 0) this.live?.look();
    const heap = this.heapUsed() / heapLimit;
    const rss = rssLimit === null ? 0 : this.rss / rssLimit;
    if (head[SAMPLED] === 0 && Math.max(heap, rss) >= SAMPLE) {
      // A window that is open there tells of garbage, too. Whose it is has forgotten it by its next look.
      const isTaken = head[WINDOW] === 1;
      head[SAMPLED] = 1;
      this.live?.sample(heapLimit, isTaken, this.failed);
    }
    this.reach('heap', heap);
    this.reach('rss', rss);
    const step = Math.floor(Math.max(heap, rss) * STEPS);
    if (step !== this.step) this.told.step();
    this.step = step;
  }

  /** The program ends. */
  close(): void {
    this.live?.close();
    this.live = undefined;
    this.tried = true;
  }

  private isStale(): boolean {
    return performance.now() - this.readAt > STALE;
  }

  private connect(): void {
    this.tried = true;
    if (this.start.header.thread !== 0) {
      this.told.note('what lives on the heap of a worker thread cannot be asked');
      return;
    }
    try {
      this.live = new Live();
    } catch (error) {
      this.told.note(`the program's thread cannot be asked: ${(error as Error).message}`);
    }
  }

  private reach(by: string, share: number): void {
    let level = this.reached[by];
    while (level > 0 && share < NEAR[level - 1] - SLACK) level--;
    let passed = level;
    while (passed < NEAR.length && share >= NEAR[passed]) passed++;
    this.reached[by] = passed;
    if (passed === level) return;
    const percent = Math.round(NEAR[passed - 1] * 100);
    this.told.near(`${by} ${percent}%`);
    this.live?.profile((stacks) => this.told.live(NEAR[passed - 1], by, stacks), this.failed);
  }

  private readonly failed = (text: string) => this.told.note(`no profile of what lives on the heap: ${text}`);
}

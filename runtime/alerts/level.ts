// Is a level passed, and for how long? Raised once it has been for as long as is asked, and recovered once, when it has
// been clearly below for as long again. Knows no clock: it is told the time.

// Of the threshold: what is not below that may be above again at once.
const CLEAR = 0.9;

export class Level {
  isRaised = false;
  /** Since when, ms, the other side has been seen; NaN: it is not. */
  private since = Number.NaN;
  private raisedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly threshold: number,
    private readonly hold: number,
    private readonly holdOff: number,
  ) {}

  /** What changes by this value, seen at `now`. NaN: it is not known, and nothing changes. */
  see(value: number, now: number): 'raised' | 'recovered' | undefined {
    const isOther = this.isRaised ? value < CLEAR * this.threshold : value > this.threshold;
    if (!isOther) {
      this.since = Number.NaN;
      return undefined;
    }
    if (Number.isNaN(this.since)) this.since = now;
    if (now - this.since < this.hold) return undefined;
    if (!this.isRaised && now - this.raisedAt < this.holdOff) return undefined;
    this.since = Number.NaN;
    this.isRaised = !this.isRaised;
    if (!this.isRaised) return 'recovered';
    this.raisedAt = now;
    return 'raised';
  }
}

/** The same event is told once in so long, ms: by its key. */
export class Rest {
  private readonly told = new Map<string, number>();

  constructor(
    private readonly time: number,
    private readonly most = 1000,
  ) {}

  /** Whether it may be told at `now`; if so it is taken for told. */
  allows(key: string, now: number): boolean {
    const at = this.told.get(key);
    if (at !== undefined && now - at < this.time) return false;
    this.told.delete(key);
    this.told.set(key, now);
    // The one that was told first is nearest to its end.
    if (this.told.size > this.most) this.told.delete(this.told.keys().next().value as string);
    return true;
  }
}

// Which call of a function is the next one to be looked at? About as often a second, however often it is called. Serves what samples
// results and arguments. Must be in step with nothing that the program does.

// ms between two samples of a function, about.
export const OFTEN = 50;
const SELDOM = 200;
const WIDEST = 1 << 20;

/** Of one function: it is looked at once in so many calls. */
export class Pace {
  stride = 1;
  // The stride is never less: new ones would outnumber the old, which were halved.
  private narrowest = 1;

  constructor(private sampledAt: number) {}

  /** A call is looked at. Returns for how many calls it stands. */
  looked(at: number, often: number): number {
    const stands = this.stride;
    const since = at - this.sampledAt;
    this.sampledAt = at;
    if (since < often) this.stride = Math.min(WIDEST, this.stride * 2);
    else if (since > SELDOM && this.stride > this.narrowest) this.stride /= 2;
    return stands;
  }

  /** Calls until the next one. Evenly from 0 on: as often as the stride says, in the mean. */
  next(): number {
    return Math.floor(Math.random() * (2 * this.stride - 1));
  }

  /** Of what is held, half is let go. */
  halved(): void {
    this.narrowest = Math.min(WIDEST, 2 * this.narrowest);
    this.stride = Math.max(this.stride, this.narrowest);
  }
}

/** Calls to pass over, by the function's number. */
export class Skips {
  private left = new Int32Array(256);

  /** Whether this call is to be looked at. */
  isDue(id: number): boolean {
    if (id >= this.left.length) this.widen(id);
    return this.left[id]-- <= 0;
  }

  set(id: number, calls: number): void {
    this.left[id] = calls;
  }

  private widen(id: number): void {
    const wider = new Int32Array(2 * id);
    wider.set(this.left);
    this.left = wider;
  }
}

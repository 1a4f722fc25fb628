// How are the sizes of calls spread? Counts by steps of 9 %, so that a million calls take no more room than a hundred, and
// histograms of several recordings add up in any order. Mean and variance are kept beside the steps: what differs by less
// than a step differs, too.

const STEPS = 8; // to a doubling

export class Histogram {
  private readonly counts = new Map<number, number>();
  /** Calls, each as often as those that it stands for. */
  count = 0;
  /** Bytes of a call; 0 where there is none. */
  mean = 0;
  private deviations = 0;
  private squares = 0;

  /** @param times how many calls it stands for; where that is no number above 0, nothing is added */
  add(bytes: number, times = 1): void {
    if (!(times > 0)) return;
    this.put(bytes < 1 ? 0 : 1 + Math.floor(STEPS * Math.log2(bytes)), times);
    this.join(times, Math.max(0, bytes), 0, times * times);
  }

  addAll(other: Histogram): void {
    for (const [step, times] of other.counts) this.put(step, times);
    this.join(other.count, other.mean, other.deviations, other.squares);
  }

  /**
   * How many calls were measured, where each stands for as many others: so many of one weight would tell as much as these.
   */
  get measured(): number {
    return this.squares > 0 ? this.count ** 2 / this.squares : 0;
  }

  /** Of the bytes of a call, as a sample's; 0 where less than two were measured. */
  get variance(): number {
    const { measured } = this;
    return measured > 1 ? ((this.deviations / this.count) * measured) / (measured - 1) : 0;
  }

  /** How lopsided the sizes are: 0 where they are not, above 0 where few calls are large. By the steps. */
  get skewness(): number {
    let second = 0;
    let third = 0;
    const middle = this.middle();
    for (const [step, times] of this.counts) {
      const off = sizeOf(step) - middle;
      second += (times / this.count) * off ** 2;
      third += (times / this.count) * off ** 3;
    }
    return second > 0 ? third / second ** 1.5 : 0;
  }

  /** Bytes that a share of all calls stays below, 4.5 % off at most; 0 where there is no call. */
  quantile(share: number): number {
    const steps = [...this.counts].sort(([a], [b]) => a - b);
    let left = share * this.count;
    for (const [step, times] of steps) {
      left -= times;
      if (left <= 0) return sizeOf(step);
    }
    return 0;
  }

  /** Counts by the least size of a step, in order. */
  *[Symbol.iterator](): Generator<[bytes: number, count: number]> {
    for (const [step, times] of [...this.counts].sort(([a], [b]) => a - b))
      yield [step === 0 ? 0 : 2 ** ((step - 1) / STEPS), times];
  }

  private put(step: number, times: number): void {
    this.counts.set(step, (this.counts.get(step) ?? 0) + times);
  }

  // Sums of squares would lose the small difference of two large sums.
  private join(times: number, mean: number, deviations: number, squares: number): void {
    if (times === 0) return;
    const all = this.count + times;
    const off = mean - this.mean;
    this.deviations += deviations + (off ** 2 * this.count * times) / all;
    this.mean += (off * times) / all;
    this.squares += squares;
    this.count = all;
  }

  private middle(): number {
    let sum = 0;
    for (const [step, times] of this.counts) sum += (times / this.count) * sizeOf(step);
    return sum;
  }
}

function sizeOf(step: number): number {
  return step === 0 ? 0 : 2 ** ((step - 0.5) / STEPS);
}

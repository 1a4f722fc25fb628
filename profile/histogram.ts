// How are the sizes of calls spread? Counts by steps of 9 %, so that a million calls take no more room than a hundred, and
// histograms of several recordings add up in any order.

const STEPS = 8; // to a doubling

export class Histogram {
  private readonly counts = new Map<number, number>();
  /** Calls, each as often as those that it stands for. */
  count = 0;

  add(bytes: number, times = 1): void {
    this.put(bytes < 1 ? 0 : 1 + Math.floor(STEPS * Math.log2(bytes)), times);
  }

  addAll(other: Histogram): void {
    for (const [step, times] of other.counts) this.put(step, times);
  }

  /** Bytes that a share of all calls stays below, 4.5 % off at most; 0 where there is no call. */
  quantile(share: number): number {
    const steps = [...this.counts].sort(([a], [b]) => a - b);
    let left = share * this.count;
    for (const [step, times] of steps) {
      left -= times;
      if (left <= 0) return step === 0 ? 0 : 2 ** ((step - 0.5) / STEPS);
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
    this.count += times;
  }
}

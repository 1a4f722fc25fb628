/** Marks a class. */
export function Injectable(): ClassDecorator {
  return () => {};
}

const rows = (n: number): number[] => new Array(n).fill(n);

/**
 * Reads flights.
 * @memprof 5MB
 */
@Injectable()
export class FlightService {
  #calls = 0;

  constructor(
    private readonly size: number,
    readonly label = 'flights',
  ) {}

  async history(providerId: string, bookingCode?: string): Promise<number[]> {
    this.#calls++;
    const filter = bookingCode ? [providerId, bookingCode] : [providerId];
    await null;
    return rows(this.size * filter.length);
  }

  async fails(): Promise<never> {
    await null;
    const deep = () => {   throw new Error('at a known column'); };
    return deep();
  }

  get count(): number {
    return this.#calls;
  }

  /** @memprof off */
  hot(): void {}
}

/** The places of an error's first two frames. */
export function positions(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return lines.slice(0, 2).map((line) => /([^\\/]+:\d+:\d+)\)?$/.exec(line)?.[1] ?? line);
}

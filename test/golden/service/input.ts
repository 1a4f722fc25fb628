// A method of a service: the shape that most users see.
export class FlightService {
  constructor(private readonly repository: { find(filter: object): Promise<number[]> }) {}

  /** @memprof 10MB */
  async getFlightHistory(providerId: string, bookingCode?: string): Promise<number[]> {
    const filter: Record<string, string> = { providerId };
    if (bookingCode) filter.bookingCode = bookingCode;
    const rows = await this.repository.find(filter);
    return rows.filter((row) => row > 1);
  }

  untouched(): number {
    return 1;
  }
}

const service = new FlightService({ find: async (filter) => [1, 2, Object.keys(filter).length] });
service.getFlightHistory('p').then((rows) => console.log(rows, service.untouched()));

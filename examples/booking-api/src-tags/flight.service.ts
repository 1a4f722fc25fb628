// FlightService as src/flights has it, with memprof's tags on the methods that are to be measured.
// The comments are all that differs: only what is tagged is instrumented, searchFlights stays as it is.
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, Repository } from 'typeorm';
import { Flight } from '../src/flights/flight.entity.js';
import type { FlightOffer } from '../src/flights/flight.service.js';
import { FlightHistory } from '../src/flights/flight-history.entity.js';

@Injectable()
export class FlightService {
  constructor(
    @InjectRepository(Flight) private readonly flights: Repository<Flight>,
    @InjectRepository(FlightHistory) private readonly history: Repository<FlightHistory>,
  ) {}

  /**
   * The flown legs of one booking of a provider.
   * @memprof 10MB
   */
  async getFlightHistory(providerId: string, bookingCode?: string): Promise<FlightHistory[]> {
    const where: FindOptionsWhere<FlightHistory> = { providerId };
    // Without a code the filter is as wide as the provider: nobody meant that, and no test noticed.
    if (bookingCode) where.bookingCode = bookingCode;
    const rows = await this.history.find({ where, order: { departedAt: 'DESC' } });
    return rows;
  }

  /** @memprof */
  async getFlight(id: number): Promise<Flight> {
    return this.flights.findOneByOrFail({ id });
  }

  async searchFlights(origin: string, destination: string): Promise<FlightOffer[]> {
    const found = await this.flights.find({
      where: { origin, destination },
      order: { departsAt: 'ASC' },
      take: 40,
    });
    return found.map((flight) => ({
      id: flight.id,
      flight: flight.flightNumber,
      route: `${flight.origin}-${flight.destination}`,
      departs: flight.departsAt.toISOString(),
      minutes: (flight.arrivesAt.getTime() - flight.departsAt.getTime()) / 60_000,
    }));
  }
}

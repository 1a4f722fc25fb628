// Flights on sale, and the history of flown ones. Serves the flight endpoints.
// Holds the bug that the demo is about: read getFlightHistory closely.
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type FindOptionsWhere, Repository } from 'typeorm';
import { Flight } from './flight.entity.js';
import { FlightHistory } from './flight-history.entity.js';

export interface FlightOffer {
  id: number;
  flight: string;
  route: string;
  departs: string;
  minutes: number;
}

@Injectable()
export class FlightService {
  constructor(
    @InjectRepository(Flight) private readonly flights: Repository<Flight>,
    @InjectRepository(FlightHistory) private readonly history: Repository<FlightHistory>,
  ) {}

  /** The flown legs of one booking of a provider. */
  async getFlightHistory(providerId: string, bookingCode?: string): Promise<FlightHistory[]> {
    const where: FindOptionsWhere<FlightHistory> = { providerId };
    // Without a code the filter is as wide as the provider: nobody meant that, and no test noticed.
    if (bookingCode) where.bookingCode = bookingCode;
    const rows = await this.history.find({ where, order: { departedAt: 'DESC' } });
    return rows;
  }

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

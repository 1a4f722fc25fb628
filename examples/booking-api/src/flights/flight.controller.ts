// HTTP over FlightService: search, one flight, and a provider's history of a booking.
import { Controller, Get, Param, ParseIntPipe, Query } from '@nestjs/common';
import { FlightService } from './flight.service.js';

@Controller()
export class FlightController {
  constructor(private readonly flights: FlightService) {}

  @Get('flights')
  search(@Query('from') from: string, @Query('to') to: string) {
    return this.flights.searchFlights(from, to);
  }

  @Get('flights/:id')
  get(@Param('id', ParseIntPipe) id: number) {
    return this.flights.getFlight(id);
  }

  /** The newest legs and the sum of all of them: the answer stays short, whatever was read for it. */
  @Get('providers/:providerId/flight-history')
  async history(@Param('providerId') providerId: string, @Query('bookingCode') bookingCode?: string) {
    const rows = await this.flights.getFlightHistory(providerId, bookingCode);
    return {
      legs: rows.length,
      fareCents: rows.reduce((sum, row) => sum + row.fareCents, 0),
      newest: rows.slice(0, 20),
    };
  }
}

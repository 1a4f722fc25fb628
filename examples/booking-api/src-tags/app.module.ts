// The same service with the tagged FlightService in the place of the plain one.
import { Module } from '@nestjs/common';
import { controllers, imports } from '../src/app.module.js';
import { BookingService } from '../src/bookings/booking.service.js';
import { FlightService } from '../src/flights/flight.service.js';
import { PriceService } from '../src/prices/price.service.js';
import { FlightService as Tagged } from './flight.service.js';

const providers = [{ provide: FlightService, useClass: Tagged }, BookingService, PriceService];

@Module({ imports, controllers, providers })
export class AppModule {}

// The whole service: three controllers, three services, one database.
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { BookingController } from './bookings/booking.controller.js';
import { Booking } from './bookings/booking.entity.js';
import { BookingService } from './bookings/booking.service.js';
import { databaseOptions } from './database/connection.js';
import { FlightController } from './flights/flight.controller.js';
import { Flight } from './flights/flight.entity.js';
import { FlightService } from './flights/flight.service.js';
import { FlightHistory } from './flights/flight-history.entity.js';
import { PriceController } from './prices/price.controller.js';
import { Price } from './prices/price.entity.js';
import { PriceService } from './prices/price.service.js';

export const imports = [
  TypeOrmModule.forRootAsync({ useFactory: databaseOptions }),
  TypeOrmModule.forFeature([Flight, FlightHistory, Booking, Price]),
];
export const controllers = [FlightController, BookingController, PriceController];

@Module({ imports, controllers, providers: [FlightService, BookingService, PriceService] })
export class AppModule {}

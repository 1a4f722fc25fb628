// Where the service's database is: DATABASE_URL, or an embedded one that this process starts.
import type { TypeOrmModuleOptions } from '@nestjs/typeorm';
import { Booking } from '../bookings/booking.entity.js';
import { Flight } from '../flights/flight.entity.js';
import { FlightHistory } from '../flights/flight-history.entity.js';
import { Price } from '../prices/price.entity.js';
import { SCHEMA } from './schema.js';
import { startEmbedded } from './start-embedded.js';

/** TypeORM's options. A real server gets a pool of 10, the embedded one takes one connection at a time. */
export async function databaseOptions(): Promise<TypeOrmModuleOptions> {
  const given = process.env.DATABASE_URL;
  const poolSize = Number(process.env.DATABASE_POOL ?? (given ? 10 : 1));
  return {
    type: 'postgres',
    url: given ?? (await embeddedUrl()),
    poolSize,
    schema: SCHEMA,
    entities: [Flight, FlightHistory, Booking, Price],
    retryAttempts: 2,
  };
}

async function embeddedUrl(): Promise<string> {
  const database = await startEmbedded();
  // The database follows this process down; it must not hold it up.
  database.process.unref();
  database.process.channel?.unref();
  return database.url;
}

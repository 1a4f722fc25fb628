// Preloaded into the plain service: measures each call as profiling decorators do, by the difference of
// heapUsed before and after it. Serves the demo's last column: this is the way that does not work.
import { BookingService } from '../dist/plain/bookings/booking.service.js';
import { FlightService } from '../dist/plain/flights/flight.service.js';
import { PriceService } from '../dist/plain/prices/price.service.js';
import { answer, rows } from './rows.mjs';

for (const service of [FlightService, BookingService, PriceService]) {
  for (const method of Object.getOwnPropertyNames(service.prototype)) {
    if (method === 'constructor') continue;
    const name = `${service.name}.${method}`;
    const original = service.prototype[method];
    service.prototype[method] = async function (...args) {
      const before = process.memoryUsage().heapUsed;
      try {
        return await original.apply(this, args);
      } finally {
        const bytes = process.memoryUsage().heapUsed - before;
        rows.push({ name, bytes, big: method === 'getFlightHistory' && args[1] === undefined });
      }
    };
  }
}

answer();

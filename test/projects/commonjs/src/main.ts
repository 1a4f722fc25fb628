import { FlightService, positions } from './flight.service';
import { total } from './shapes';

declare const console: { log(...values: unknown[]): void };

async function main() {
  const service = new FlightService(3);
  console.log((await service.history('a')).length, service.count, total([1, 2, 3]));
  try {
    await service.fails();
  } catch (error) {
    console.log(positions(error as Error).join(' '));
  }
}
main();

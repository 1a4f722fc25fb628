// What each call truly allocates: the plain build's services, without HTTP, one call at a time.
// Serves the demo as the measure that memprof is held against, so it must share nothing with memprof.
// One process measures the big call once, the first time it happens, as the load does: what a call allocates
// depends on how far the engine has compiled its code. The demo runs several such processes.
import 'reflect-metadata';
import v8 from 'node:v8';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../dist/plain/app.module.js';
import { BookingService } from '../dist/plain/bookings/booking.service.js';
import { FlightService } from '../dist/plain/flights/flight.service.js';
import { PriceService } from '../dist/plain/prices/price.service.js';
import { LOAD, WARM_UP } from './requests.mjs';
import { answer, rows } from './rows.mjs';

/** With a young generation of this size (MB) no collection falls into the run: the difference is the truth. */
export const YOUNG_GENERATION = 256;

/**
 * The bytes that `work` allocated until it resolved, its collections, its result, and `counter`: V8's own
 * count of allocated bytes, which moves in steps of some 200 KB (Node 25 and newer, else undefined).
 */
async function measure(work) {
  const profiler = new v8.GCProfiler();
  profiler.start();
  const before = v8.getHeapStatistics();
  const result = await work();
  const after = v8.getHeapStatistics();
  // Should a collection fall into the window all the same, what it freed is put back.
  const { statistics } = profiler.stop();
  let bytes = after.used_heap_size - before.used_heap_size;
  for (const { beforeGC, afterGC } of statistics) {
    bytes += beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
  }
  const counter = after.total_allocated_bytes - before.total_allocated_bytes;
  return {
    bytes,
    counter: Number.isNaN(counter) ? undefined : counter,
    collections: statistics.length,
    result,
  };
}

async function emptyWindow() {
  const sizes = [];
  for (let n = 0; n < 25; n++) sizes.push((await measure(() => Promise.resolve())).bytes);
  return sizes.sort((a, b) => a - b)[12];
}

const app = await NestFactory.createApplicationContext(AppModule, { logger: ['error', 'warn'] });
const services = { FlightService, BookingService, PriceService };
function call({ name, args }) {
  const [service, method] = name.split('.');
  return app.get(services[service])[method](...args);
}

for (const request of WARM_UP) await call(request);
// The meter's own readings cost a few hundred bytes: they are taken off.
const tare = await emptyWindow();
for (const request of LOAD) {
  const { bytes, counter, collections, result } = await measure(() => call(request));
  const length = Array.isArray(result) ? result.length : 1;
  rows.push({
    name: request.name,
    bytes: bytes - tare,
    big: request.big === true,
    counter,
    collections,
    length,
  });
  if (request.big) break;
}

answer();
if (process.send) process.send({ measured: true });
else {
  console.table(rows.slice(-20));
  await app.close();
  process.exit();
}

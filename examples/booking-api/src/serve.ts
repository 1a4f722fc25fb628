// Starts a module as an HTTP service on the loopback interface. Serves both ways of building the example.
import 'reflect-metadata';
import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/** Listens on PORT (3000; 0 takes a free one) and prints the address once it does. */
export async function serve(module: Type): Promise<void> {
  const app = await NestFactory.create(module, { logger: ['error', 'warn'] });
  app.enableShutdownHooks();
  await app.listen(process.env.PORT ?? 3000, '127.0.0.1');
  console.log(`booking-api listens on ${await app.getUrl()}`);
}

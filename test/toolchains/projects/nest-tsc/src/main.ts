import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module';
import { OrdersService, StockService } from './orders.service';

async function main(): Promise<void> {
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false });
  console.log('total', await app.get(OrdersService).total(4));
  try {
    app.get(StockService).missing(7);
  } catch (error) {
    const [message, frame] = String((error as Error).stack).split('\n');
    console.log(message, frame.trim().replace(/\(\S*\/(?=src\/)/, '('));
  }
  console.log(
    'injected',
    Reflect.getMetadata('design:paramtypes', StockService).map((one: { name: string }) => one.name),
  );
  await app.close();
}

main();

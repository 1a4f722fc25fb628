import { Module } from '@nestjs/common';
import { OrdersService, StockService } from './orders.service';
import { PricesService } from './prices.service';

@Module({ providers: [OrdersService, PricesService, StockService] })
export class AppModule {}

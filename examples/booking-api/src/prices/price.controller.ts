// HTTP over PriceService.
import { Controller, Get, Param, ParseIntPipe, Query } from '@nestjs/common';
import { PriceService } from './price.service.js';

@Controller('flights/:id')
export class PriceController {
  constructor(private readonly prices: PriceService) {}

  @Get('prices')
  list(@Param('id', ParseIntPipe) id: number) {
    return this.prices.getPrices(id);
  }

  @Get('quote')
  quote(@Param('id', ParseIntPipe) id: number, @Query('passengers', ParseIntPipe) passengers: number) {
    return this.prices.quote(id, passengers);
  }
}

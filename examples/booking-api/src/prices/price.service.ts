// Prices of a flight, and quotes made from them. Serves the price endpoints.
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { Price } from './price.entity.js';

export interface Quote {
  flightId: number;
  passengers: number;
  options: { fareClass: string; total: string }[];
}

@Injectable()
export class PriceService {
  constructor(@InjectRepository(Price) private readonly prices: Repository<Price>) {}

  async getPrices(flightId: number): Promise<Price[]> {
    const prices = await this.prices.findBy({ flightId });
    return prices.sort((a, b) => a.cents - b.cents);
  }

  async quote(flightId: number, passengers: number): Promise<Quote> {
    const prices = await this.getPrices(flightId);
    return {
      flightId,
      passengers,
      options: prices.map((price) => ({
        fareClass: price.fareClass,
        total: `${((price.cents * passengers) / 100).toFixed(2)} ${price.currency}`,
      })),
    };
  }
}

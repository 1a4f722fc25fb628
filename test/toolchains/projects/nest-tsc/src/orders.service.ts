import { Injectable } from '@nestjs/common';
// biome-ignore lint/style/useImportType: the container asks for the class itself
import { PricesService } from './prices.service';

@Injectable()
export class OrdersService {
  constructor(private readonly prices: PricesService) {}

  /** @memprof */
  async total(count: number): Promise<number> {
    const ids = await Promise.resolve(Array.from({ length: count }, (_, id) => id));
    return ids.reduce((sum, id) => sum + this.prices.of(id), 0);
  }
}

/** @memprof */
@Injectable()
export class StockService {
  constructor(readonly prices: PricesService) {}

  missing(id: number): never {
    throw new Error(`no stock of ${this.prices.of(id)}`);
  }
}

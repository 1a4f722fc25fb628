import { Injectable } from '@nestjs/common';

@Injectable()
export class PricesService {
  of(id: number): number {
    return id * 2;
  }
}

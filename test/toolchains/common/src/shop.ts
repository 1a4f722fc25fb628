export interface Row {
  id: number;
  price: number;
}

/** @memprof */
export class Shop {
  readonly city: string;

  constructor(city: string) {
    this.city = city;
  }

  async load(count: number): Promise<Row[]> {
    const rows = await Promise.resolve(Array.from({ length: count }, (_, id) => ({ id, price: id * 2 })));
    return rows;
  }

  total(rows: Row[]): number {
    return rows.reduce((sum, row) => sum + row.price, 0);
  }
}

/** @memprof 10MB */
export const failing = (): never => {
  const reason = 'no ' + 'stock';
  throw new Error(reason);
};

export function untouched(): string {
  return 'plain';
}

// Rows have
// an id,
// a price,
// no more.

/** @memprof */
export class Shop {
  city;

  constructor(city) {
    this.city = city;
  }

  async load(count) {
    const rows = await Promise.resolve(Array.from({ length: count }, (_, id) => ({ id, price: id * 2 })));
    return rows;
  }

  total(rows) {
    return rows.reduce((sum, row) => sum + row.price, 0);
  }
}

/** @memprof 10MB */
export const failing = () => {
  const reason = 'no ' + 'stock';
  throw new Error(reason);
};

export function untouched() {
  return 'plain';
}

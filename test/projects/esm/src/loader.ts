export async function* loadAll(times: number): AsyncGenerator<number> {
  for (let i = 0; i < times; i++) yield i;
}

export const notMeasured = () => 'plain';

async function* pages(limit: number) {
  for (let page = 0; page < limit; page++) {
    const items = await Promise.resolve([page]);
    yield* items;
    if (page === 2) return Promise.resolve('early');
  }
  if (limit === 0) return;
  yield 'last';
}
async function main() {
  for (const limit of [0, 1, 9]) {
    const seen: unknown[] = [];
    const iterator = pages(limit);
    for (;;) {
      const step = await iterator.next();
      seen.push(step.value);
      if (step.done) break;
    }
    console.log(limit, seen);
  }
}
main();

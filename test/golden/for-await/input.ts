async function sum(source: AsyncIterable<number> | number[], stop?: number) {
  let total = 0;
  outer: for await (const n of source) {
    if (n === stop) break;
    for (;;) {
      if (n % 2) continue outer;
      total += await n;
      break;
    }
  }
  return total;
}
async function bare(source: number[]) {
  let total = 0;
  for await (const { n = await 3 } of source.map(() => ({}) as { n?: number })) total += n;
  return total;
}
async function main() {
  console.log(await sum([1, 2, 3, 4]), await sum([2, 4, 6], 4), await bare([0, 0]));
}
main();

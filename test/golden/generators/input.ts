function* count(max: number): Generator<number, string, string | undefined> {
  for (let i = 0; i < max; i++) {
    const got = yield i;
    if (got) return got;
  }
  return 'end';
}
function* all() {
  const last: string = yield* count(2);
  yield;
  return last;
}
const iterator = all();
for (let step = iterator.next(); ; step = iterator.next()) {
  console.log(step);
  if (step.done) break;
}
const early = count(5);
early.next();
console.log(early.next('stop'));
for (const n of count(9)) if (n === 1) break;

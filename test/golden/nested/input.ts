// Functions in functions: each has its own account; what is not selected keeps its text.
function outer(items: number[]) {
  const untouched = function inner(x: number) { return x * 2 };
  /** @memprof */
  const own = (x: number) => items.map((y) => untouched(x + y));
  return own(1).concat(String(untouched).includes('enter') ? 1 : 0);
}
async function chain(Base: Promise<new () => object>) {
  class Made extends (await Base) {
    [(await 'key') as 'key']() {
      return 1;
    }
    field = outer([1]);
  }
  return new Made();
}
chain(Promise.resolve(class {})).then((made) => console.log(made.key(), made.field));

function stays(n: number) {
  const base = 10;
  return add(n);
  function add(m: number) {
    return base + m;
  }
}
function moves(taken: any) {
  const before = typeof taken;
  function taken() {}
  function twice() {
    return 1;
  }
  async function* twice() {
    yield 2;
  }
  return [before, taken.name, Object.prototype.toString.call(twice), twice.name];
}
function overloads(n: number) {
  function pick(x: string): string;
  function pick(x: number): number;
  function pick(x: unknown) {
    return x;
  }
  return pick(n);
}
console.log(stays(1), moves(0), overloads(3));

const one = (): number => 1;
const object = (a: number) => ({ a });
const curried = (a: number) => (b: number): number => a + b;
const block = (...rest: number[]) => {
  return rest.length;
};
const nothing = () => {};
const generic = <T>(x: T): T => x;
const later = async ({ a, b: [c] }: { a: number; b: number[] }) => (await a) + c;
console.log(one(), object(2), curried(1)(2), block(1, 2), nothing(), generic('g'));
later({ a: 1, b: [2] }).then((sum) => console.log(sum));

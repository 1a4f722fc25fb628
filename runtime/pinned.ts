// What the optimizing compiler must not put into its callers. Serves the heap counter, whose accuracy is a matter of a few bytes a
// call: what a function allocates (its result object, a boxed number) differs by where it is inlined, v8.getHeapStatistics 0 to 440
// bytes. And emitted code: what is seldom run there would take the room in which the user's own functions are inlined.

interface Held<T> {
  call: () => T;
}

/** Holds `real` in a field that has held other functions: no constant to the compiler, and seldom inlined. */
export function held<T>(real: () => T, others: (() => T)[]): Held<T> {
  const box = { call: real };
  pass(box, box, real, others);
  return box;
}

/** The same, called from a single place that has seen them all: never inlined, one call more. */
export function pinned<T>(real: () => T, others: (() => T)[]): Held<T> {
  const box = { call: real };
  const pin = { call: () => box.call() };
  pass(box, pin, real, others);
  return pin;
}

function pass<T>(box: Held<T>, by: Held<T>, real: () => T, others: (() => T)[]): void {
  for (let i = 0; i < 8 * others.length; i++) {
    box.call = others[i % others.length];
    by.call();
  }
  box.call = real;
}

/** `real`, of two parameters, never inlined: all that were made here are called from one place. */
export function far<A, B, T>(real: (a: A, b: B) => T): (a: A, b: B) => T {
  const box = { call: real };
  const by = (a: A, b: B): T => box.call(a, b);
  // Without arguments: nothing but strangers is called meanwhile, who take none.
  type None = () => unknown;
  pass(box as Held<unknown>, { call: by as None }, real as None, STRANGERS);
  return by;
}
const STRANGERS = [() => 0, () => 1, () => 2, () => 3, () => 4];

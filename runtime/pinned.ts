// What a call of a function allocates (its result object, a boxed number) differs by where the optimizing compiler
// inlines it: v8.getHeapStatistics 0 to 440 bytes. Serves the heap counter, whose accuracy is a matter of a few
// bytes a call.

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

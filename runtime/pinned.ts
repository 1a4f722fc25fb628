// A function that the optimizing compiler never inlines, so that what a call of it allocates (its result
// object, a boxed number) is the same wherever it is called from. Serves the heap counter, whose
// accuracy is a matter of a few bytes a call: inlined, v8.getHeapStatistics allocates 72 to 440 bytes by
// the caller and the weather; called so, 360-384 once optimized, on Node 20 to 26.

/** `call` runs `real`: through a field that has held several functions, at a call site that has seen them all. */
export function pinned<T>(real: () => T, decoys: (() => T)[]): { call: () => T } {
  const box = { call: decoys[0] };
  for (let i = 0; i < 8 * decoys.length; i++) {
    box.call = decoys[i % decoys.length];
    box.call();
  }
  box.call = real;
  return box;
}

declare const console: { log(...values: unknown[]): void };

console.log(early(20));

/** @memprof */
function early(n: number): number {
  return n + 1;
}

/** @memprof */
interface NoBody {}

/** @memprof */
function moved(): number {
  return 1;
}
console.log(moved.toString().length > 0 ? 'text' : '');

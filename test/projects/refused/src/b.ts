export class B {
  /** @memprof 10XB */
  second() {}
}

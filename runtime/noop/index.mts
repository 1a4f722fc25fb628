// What emitted code imports where there is no Node: edge functions, browsers, sandboxed workflows. Values go
// through, nothing is counted. Serves bundlers by the export conditions; must import nothing, so that it can
// be shaken off.

import type { CallName } from '../../contract/abi.js';

class Call implements Record<CallName, unknown> {
  readonly takes = false;
  set given(_: unknown) {}
  result: unknown;
  #in: unknown;
  set in(value: unknown) {
    this.#in = value;
  }
  get out(): unknown {
    const value = this.#in;
    this.#in = undefined;
    return value;
  }
  set suspend(_: number) {}
  set yields(_: number) {}
  set resume(_: number) {}
  set returns(_: number) {}
  set last(_: number) {}
  set arg(_: unknown) {}
  doneWith<T>(value: T): T {
    return value;
  }
  suspendWith<T>(value: T, _: number): T {
    return value;
  }
  yieldsWith<T>(value: T, _: number): T {
    return value;
  }
  lastWith<T>(value: T): T {
    return value;
  }
  resumeWith<T>(value: T, _?: number): T {
    return value;
  }
  returnsWith<T>(value: T): T {
    return value;
  }
  exit(): boolean {
    // It is every call's: it must not keep what the last one returned.
    this.result = undefined;
    return false;
  }
  explain(): void {}
  caught(): void {}
  lastly(): unknown {
    return this.result;
  }
  reenter(): void {
    this.#in = undefined;
  }
  leave(_: number): void {}
  disposer(_: number): Record<symbol, () => void> {
    return { [Symbol.dispose]: () => {} };
  }
}

const call = /* @__PURE__ */ new Call();
const table = {};

export const file = (_path: string, _rows: unknown[]): object => table;
export const enter = (_table: object, _n: number): Call => call;

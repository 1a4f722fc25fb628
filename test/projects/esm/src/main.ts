#!/usr/bin/env node
'use strict';
import legacy from './legacy.cjs';
import { loadAll, notMeasured } from './loader.js';

declare const console: { log(...values: unknown[]): void };

class Job {
  async run(times: number) {
    let sum = 0;
    for await (const one of loadAll(times)) sum += one;
    return sum;
  }
}
console.log(await new Job().run(4), legacy.twice(4), notMeasured());

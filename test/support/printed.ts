// Runs a program in a context of its own, plain or with a recorder as its runtime. It serves the emitter's
// tests and must never let one program see another's globals.

import { createRequire } from 'node:module';
import vm from 'node:vm';
import type * as ts from 'typescript';
import { type InstrumentOptions, instrument } from '../../transformer/instrument';
import { type Recorder, recorder } from './recorder';

const load = createRequire(__filename);

/** The compilers that the emitter is tested with. */
export const COMPILERS = ['typescript', 'typescript-5.0', 'typescript-6.0'].map(
  (name) => load(name) as typeof ts,
);

export interface Outcome {
  /** What the program printed with `log`, and how it ended. */
  output: string[];
  recorder?: Recorder;
}

/** Runs a script; `log` and `console.log` are what it may print with. All its microtasks run too. */
export async function run(code: string, recording?: Recorder): Promise<Outcome> {
  const output: string[] = [];
  const show = (value: unknown): string => {
    if (typeof value === 'string') return value;
    return typeof value === 'function' ? 'function' : (JSON.stringify(value) ?? String(value));
  };
  const log = (...values: unknown[]) => {
    output.push(values.map(show).join(' '));
  };
  const exports = {};
  const context = vm.createContext({ log, console: { log }, exports, module: { exports } });
  context.require = (name: string) => {
    if (name === 'memprof/runtime' && recording) return recording.runtime;
    throw new Error(`nobody gave ${name} to this program`);
  };
  // Node 20 defines these in its main context only.
  const symbols = Symbol as { dispose?: symbol; asyncDispose?: symbol };
  Object.assign(context, { symbols: [symbols.dispose, symbols.asyncDispose] });
  vm.runInContext('Symbol.dispose ??= symbols[0]; Symbol.asyncDispose ??= symbols[1]', context);
  const left = (when: string) => {
    const owner = recording?.owner();
    if (owner) recording?.problems.push(`${owner.row[0]} still runs ${when}`);
  };
  try {
    vm.runInContext(code, context, { filename: 'program.js' });
    left('after the program');
  } catch (error) {
    output.push(`${(error as Error).name}: ${(error as Error).message}`);
  }
  // Programs wait for microtasks only; two turns outlast every chain of them.
  for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
  left('in the end');
  return { output, recorder: recording };
}

/** Both printers' results for one source: text, then ast. */
export function printed(code: string, options: InstrumentOptions) {
  const print = (printer: 'text' | 'ast') => {
    const warnings: string[] = [];
    const result = instrument(code, { ...options, printer, warn: (text) => warnings.push(text) });
    return { printer, warnings, ...result };
  };
  return [print('text'), print('ast')];
}

/** A program's outcome with the runtime on (recorded) and off. */
export async function onAndOff(code: string, heals = false): Promise<{ on: Outcome; off: Outcome }> {
  const on = await run(code, recorder({ explain: true, heals }));
  return { on, off: await run(code, recorder({ off: true })) };
}

// Runs one program and writes down what can be seen of it: values, who threw what, in which turn of the
// microtask queue. Serves the verdict. Nothing of a run may depend on time, chance or an earlier run.

import { types } from 'node:util';
import vm from 'node:vm';

export interface Outcome {
  /** Each line begins with the number of microtask turns that had passed. */
  trace: string[];
  /** Function bodies that began. */
  calls: number;
  /** What each driven call threw or was rejected with, by `name threw`, `name rejected`. */
  failures: Record<string, string[]>;
  /** The early error of a text that is no program. */
  early?: string;
}

export interface RunOptions {
  /** What emitted code imports. */
  runtime?: object;
  /** A realm of its own, where promises are others. */
  context?: boolean;
  /** Told of each body that begins, with its number. */
  onCall?(n: number): void;
}

const FUEL = 400;
const LINES = 1500;
const TURNS = 300;

// What instrumenting changes on purpose is a function's text: programs do not get to see it.
const HIDE = 'Function.prototype.toString = function toString() { return "function"; }';
vm.runInThisContext(HIDE);

let current: ((line: string) => void) | undefined;
process.on('unhandledRejection', (reason) => current?.(`unhandled ${show(reason)}`));

/** What a value looks like, without running anything of the program's. */
export function show(value: unknown, depth = 0): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return `function ${own(value, 'name')}/${own(value, 'length')}`;
  if (typeof value !== 'object' || value === null) return String(value);
  // A message may quote the source: the kind says enough.
  if (types.isNativeError(value))
    return /^E\d/.test(String(own(value, 'message'))) ? String(own(value, 'message')) : kindOf(value);
  if (types.isPromise(value)) return 'promise';
  if (types.isGeneratorObject(value)) return 'generator';
  if (own(value, 'globalThis') === value) return 'global';
  if (depth > 2) return '...';
  if (Array.isArray(value))
    return `[${Array.from(value.keys(), (n) => show(own(value, String(n)), depth + 1))}]`;
  const fields = Reflect.ownKeys(value).map((key) => `${String(key)}:${show(own(value, key), depth + 1)}`);
  return `{${fields}}`;
}

function kindOf(error: object): string {
  const proto = Object.getPrototypeOf(error);
  return String(own(proto, 'name') ?? 'Error');
}

function own(object: object, key: PropertyKey): unknown {
  const found = Reflect.getOwnPropertyDescriptor(object, key);
  return found && ('value' in found ? found.value : 'accessor');
}

export async function run(code: string, { runtime, context, onCall }: RunOptions = {}): Promise<Outcome> {
  const outcome: Outcome = { trace: [], calls: 0, failures: {} };
  let turn = 0;
  let fuel = FUEL;
  const say = (line: string) => {
    if (outcome.trace.length < LINES) outcome.trace.push(`${turn} ${line}`);
  };
  const failed = (name: string, how: string, error: unknown) => {
    const key = `${name} ${how}`;
    outcome.failures[key] = [...(outcome.failures[key] ?? []), show(error)];
    say(`${name} ${how} ${show(error)}`);
  };
  const given = helpers(say, failed, {
    burn: () => --fuel > 0,
    at(n) {
      outcome.calls++;
      onCall?.(n);
      if (--fuel < 0) throw given.errors[9];
      say(`at ${n}`);
    },
  });
  const globals: Record<string, unknown> = { ...given.names, require: () => runtime };
  const names = Object.keys(globals);
  // Sloppy code makes globals (`eval("x = 8")`), in the main context for whoever runs there next.
  const before = new Set(Reflect.ownKeys(globalThis));
  let start: () => void;
  try {
    if (context) {
      const script = new vm.Script(code, { filename: 'program.js' });
      const realm = vm.createContext(globals);
      vm.runInContext(HIDE, realm);
      // Node 20 defines these in its main context only.
      Object.assign(realm, { symbols: [dispose, asyncDispose] });
      vm.runInContext('Symbol.dispose ??= symbols[0]; Symbol.asyncDispose ??= symbols[1]', realm);
      start = () => script.runInContext(realm);
    } else {
      const wrapped = `(function (${names}) {${code}\n})`;
      const main = new vm.Script(wrapped, { filename: 'program.js' }).runInThisContext();
      start = () => main.call(undefined, ...names.map((name) => globals[name]));
    }
  } catch (error) {
    outcome.early = (error as Error).name;
    return outcome;
  }
  current = say;
  const count = () => {
    turn++;
    if (turn < TURNS) Promise.resolve().then(count);
  };
  Promise.resolve().then(count);
  try {
    start();
    say('started');
  } catch (error) {
    say(`top threw ${show(error)}`);
  }
  // No program has anything but microtasks: a turn of the event loop outlasts all of them.
  for (let n = 0; n < 2; n++) await new Promise(setImmediate);
  current = undefined;
  for (const key of Reflect.ownKeys(globalThis))
    if (!before.has(key)) Reflect.deleteProperty(globalThis, key);
  return outcome;
}

const dispose: symbol = (Symbol as { dispose?: symbol }).dispose ?? Symbol.for('nodejs.dispose');
const asyncDispose: symbol =
  (Symbol as { asyncDispose?: symbol }).asyncDispose ?? Symbol.for('nodejs.asyncDispose');

interface Steps {
  burn(): boolean;
  at(n: number): void;
}

// What a program is given: its log, its drivers, and everything that has effects.
function helpers(
  say: (line: string) => void,
  failed: (name: string, how: string, error: unknown) => void,
  { burn, at }: Steps,
) {
  // 4 to 7 are what closing and disposing fail with, and nothing else: the verdict relies on it.
  const errors = Array.from({ length: 11 }, (_, n) => new Error(`E${n}`));
  const counts = new Map<number, number>();
  const count = (id: number) => {
    const n = counts.get(id) ?? 0;
    counts.set(id, n + 1);
    return n;
  };
  const log = (...values: unknown[]) => {
    say(values.map((value) => show(value)).join(' '));
    return values[0];
  };
  const later = (value: unknown, turns: number): Promise<unknown> =>
    turns > 0 ? Promise.resolve().then(() => later(value, turns - 1)) : Promise.resolve(value);
  const follow = (name: string, result: unknown) => {
    if (!types.isPromise(result)) return say(`${name} returned ${show(result)}`);
    say(`${name} returned a promise`);
    Promise.prototype.then.call(
      result,
      (value) => say(`${name} resolved ${show(value)}`),
      (error) => failed(name, 'rejected', error),
    );
  };
  const attempt = (name: string, work: () => unknown) => {
    try {
      follow(name, work());
    } catch (error) {
      failed(name, 'threw', error);
    }
  };
  const of = (self: any, fn: any) => (typeof fn === 'string' ? self[fn] : fn);
  const steps = (iterator: any, script: string): (() => unknown)[] =>
    [...script].map((letter, n) => () => {
      if (letter === 'n') return iterator.next(n);
      return letter === 'r' ? iterator.return(n) : iterator.throw(errors[8]);
    });

  const names = {
    log,
    show,
    at,
    key: (_value: unknown, name = 'y') => name,
    flip: (id: number) => count(id) % 2 === 1,
    again: (id: number, turns: number) => count(id) % (turns + 1) < turns && burn(),
    boom(n: number) {
      say(`boom ${n}`);
      throw errors[n];
    },
    later,
    rejects: (n: number) => Promise.reject(errors[n]),
    never: () => new Promise(() => {}),
    // A promise that a synchronous function was left with.
    settle(value: unknown) {
      if (types.isPromise(value))
        Promise.prototype.then.call(value, undefined, (e) => say(`settled ${show(e)}`));
      return value;
    },
    thenable: (how: number, value: unknown) => ({
      // biome-ignore lint/suspicious/noThenProperty: programs await it
      then(resolve: (value: unknown) => void, reject: (error: unknown) => void) {
        say(`then ${how}`);
        if (how === 2) reject(errors[3]);
        else if (how === 1) Promise.resolve().then(() => resolve(value));
        else resolve(value);
      },
    }),
    iterator(how: number, value: unknown) {
      let n = 0;
      return {
        [Symbol.iterator]() {
          return this;
        },
        next: () => ({ value, done: n++ > 1 }),
        return() {
          say('closed');
          if (how === 1) throw errors[4];
          return how === 2 ? 1 : {};
        },
      };
    },
    asyncIterator(how: number, value: unknown) {
      let n = 0;
      return {
        [Symbol.asyncIterator]() {
          return this;
        },
        next: () => (how === 3 && n > 0 ? Promise.reject(errors[10]) : later({ value, done: n++ > 1 }, how)),
        return() {
          say('closed later');
          return how === 1 ? Promise.reject(errors[5]) : later({}, 1);
        },
      };
    },
    resource: (how: number, _value?: unknown) => ({
      [dispose]() {
        say(`disposed ${how}`);
        if (how === 2) throw errors[6];
      },
    }),
    asyncResource: (how: number, _value?: unknown) => ({
      [asyncDispose]() {
        say(`disposed later ${how}`);
        if (how === 3) throw errors[7];
        return how === 2 ? Promise.reject(errors[7]) : how === 1 ? later(1, 2) : undefined;
      },
    }),
    Base: class Base {
      made: number;
      constructor(...values: unknown[]) {
        say(`Base ${new.target === undefined} ${values.length}`);
        this.made = values.length;
      }
      m0(...values: unknown[]) {
        say(`m0 ${show(this)}`);
        return values[0];
      }
      get x() {
        return 2;
      }
      set y(value: unknown) {
        say(`y ${show(value)}`);
      }
    },
    call: (name: string, self: unknown, fn: unknown, args: unknown[]) =>
      attempt(name, () => Reflect.apply(of(self, fn), self, args)),
    get: (name: string, self: any, key: string) => attempt(name, () => self[key]),
    set: (name: string, self: any, key: string, value: unknown) =>
      attempt(name, () => {
        self[key] = value;
      }),
    create(name: string, made: new (...args: unknown[]) => unknown, args: unknown[]) {
      try {
        const result = Reflect.construct(made, args);
        say(`made ${show(result)}`);
        return result;
      } catch (error) {
        failed(name, 'threw', error);
        return undefined;
      }
    },
    // Takes a generator through a script: n(ext), r(eturn), t(hrow); q(ueued): an async one gets all at once.
    drive(name: string, self: unknown, fn: unknown, args: unknown[], script: string) {
      let iterator: any;
      try {
        iterator = Reflect.apply(of(self, fn), self, args);
      } catch (error) {
        return failed(name, 'threw', error);
      }
      const queued = script.startsWith('q');
      const all = steps(iterator, script.replace('q', ''));
      if (types.isAsyncFunction(iterator?.next) || /Async/.test(Object.prototype.toString.call(iterator))) {
        if (queued) for (const step of all) attempt(name, step);
        else {
          (async () => {
            for (const step of all) {
              await (step() as Promise<unknown>).then(
                (value) => say(`${name} gave ${show(value)}`),
                (error) => failed(name, 'rejected', error),
              );
            }
          })();
        }
      } else for (const step of all) attempt(name, step);
    },
  };
  return { names, errors };
}

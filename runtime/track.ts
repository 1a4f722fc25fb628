// `track`: measures a function that no build step reaches, by a wrapper. Serves code without the
// transformer; the wrapper is a function of its own, which the transformer's code never needs.

import { types } from 'node:util';
import { Kind } from '../contract/abi';
import { MemprofError } from '../contract/errors';
import { type Call, enter } from './emitted';
import { fileTable } from './ledger';

type AnyFunction = (this: any, ...args: any[]) => any;

/**
 * A function that does what `fn` does and is accounted for under `name`, each call of it: `const load =
 * track('load', loadRows)`. An async function gives an async one.
 * @throws {MemprofError} MEMPROF_E_TRACK for an empty name, or a generator or no function as `fn`.
 */
export function track<F extends AnyFunction>(name: string, fn: F): F {
  if (typeof name !== 'string' || name === '') {
    throw new MemprofError('MEMPROF_E_TRACK', {
      key: 'name',
      value: name,
      allowed: 'a string that is not empty',
    });
  }
  if (typeof fn !== 'function' || types.isGeneratorFunction(fn)) {
    const allowed = 'a function, sync or async; a generator is measured by the transformer only';
    throw new MemprofError('MEMPROF_E_TRACK', { key: 'fn', value: fn, allowed });
  }
  const isAsync = types.isAsyncFunction(fn);
  const table = fileTable('(tracked)', [[name, 0, isAsync ? Kind.Async : Kind.Sync, ['arguments'], [0]]]);
  const tracked: AnyFunction = isAsync
    ? async function (this: unknown, ...args: unknown[]) {
        const span = enter(table, 0);
        try {
          span.in = fn.apply(this, args);
          span.suspend = 0;
          span.in = await span.out;
          span.resume = 0;
          return (span.result = span.out);
        } finally {
          end(span, args);
        }
      }
    : function (this: unknown, ...args: unknown[]) {
        const span = enter(table, 0);
        try {
          return (span.result = new.target
            ? Reflect.construct(fn, args, new.target === tracked ? fn : new.target)
            : fn.apply(this, args));
        } finally {
          end(span, args);
        }
      };
  Object.defineProperty(tracked, 'name', { value: fn.name, configurable: true });
  Object.defineProperty(tracked, 'length', { value: fn.length, configurable: true });
  return tracked as F;
}

function end(span: Call, args: unknown[]): void {
  if (!span.exit()) return;
  span.arg = args;
  span.explain();
}

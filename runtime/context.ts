// Code outside every measured function, but inside a call's async context: a helper that goes on after an await of its
// own, a timer that the call started. Charged to that call until it ends, where the program asks for it; costs two
// readings for each callback that runs in a call's context. Must cost nothing while it is off.

import { type AsyncHook, AsyncLocalStorage, createHook } from 'node:async_hooks';
import { hooks, isCurrent, own, owner } from './ledger';
import { Closed, type Span } from './span';

/** What a context carries: spans are used again, so it says which of its lives is meant. */
interface Handle {
  span: Span;
  life: number;
}

let storage: AsyncLocalStorage<Handle | undefined> | undefined;
let hook: AsyncHook | undefined;
// Callbacks can run inside one another; the outermost one that found a call decides.
let depth = 0;
let ownedAt = 0;
let owned: Span | null = null;

/** Switches the charging by context on or off; calls in flight are seen from their next boundary on. */
export function setContext(on: boolean): void {
  if (on === (hook !== undefined)) return;
  if (on) {
    storage ??= new AsyncLocalStorage();
    hook = createHook({ before, after }).enable();
    hooks.runs = runs;
    hooks.stops = stops;
  } else {
    hook?.disable();
    hook = undefined;
    hooks.runs = null;
    hooks.stops = null;
    depth = 0;
    owned = null;
  }
}

// A span comes to run: what is started from here on carries it. The context before is that of whoever called.
function runs(span: Span): void {
  const store = storage as AsyncLocalStorage<Handle | undefined>;
  const context = store.getStore();
  const handle = (span.context as Handle | null) ?? { span, life: ++span.life };
  span.context = handle;
  if (context === handle) return;
  span.outer = context;
  store.enterWith(handle);
}

// It stops, by an await, a yield or its end: its caller goes on in its own context.
function stops(span: Span): void {
  const store = storage as AsyncLocalStorage<Handle | undefined>;
  if (span.context !== null && store.getStore() === span.context) {
    store.enterWith(span.outer as Handle | undefined);
  }
  span.outer = undefined;
}

function before(): void {
  depth++;
  if (owner() !== null) return;
  const handle = (storage as AsyncLocalStorage<Handle | undefined>).getStore();
  if (handle === undefined) return;
  const { span, life } = handle;
  if (span.life !== life || span.state === Closed || !isCurrent(span.epoch)) return;
  hooks.interrupted();
  own(span);
  owned = span;
  ownedAt = depth;
}

function after(): void {
  if (owned !== null && depth <= ownedAt) {
    // The call itself may have come to its end, or to its next await, in between.
    if (owner() === owned) {
      hooks.interrupted();
      own(null);
    }
    owned = null;
  }
  if (depth > 0) depth--;
}

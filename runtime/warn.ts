// How the runtime speaks of its own trouble: one Node warning for each kind of fault and place, on
// stderr, with a code. Never through the log, whose trouble it may be; never a throw.

import { type Code, message } from '../contract/errors';

const told = new Set<string>();

/** One warning for each code and key in the life of the process. */
export function warnOnce(code: Code, holes: Record<string, unknown>): void {
  const id = `${code} ${String(holes.key ?? '')}`;
  if (told.has(id)) return;
  told.add(id);
  process.emitWarning(message(code, holes), { type: 'memprof', code });
}

/** What was thrown, for a message: anything may be. */
export function thrown(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'something that cannot be shown';
  }
}

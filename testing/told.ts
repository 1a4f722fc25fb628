// How is a verdict told? Serves limit.ts, leak.ts and heaviest.ts. Names come from sources that nobody has checked: none of
// them may move a cursor or break a line.

import { placed, sized } from '../profile/shown';
import type { FunctionBytes } from './account';

const SHOWN = 5;

/** The functions that made it, five at most, one a line; or how to see them. */
export function toldFunctions(functions: FunctionBytes[], heading = 'made by'): string {
  if (functions.length === 0) {
    return 'No instrumented function ran: tag functions with /** @memprof */ and build with memprof/transformer (or an adapter) to see which ones made it.';
  }
  const lines = functions.slice(0, SHOWN).map((one) => `  ${toldFunction(one)}`);
  const more = functions.length - lines.length;
  if (more > 0) lines.push(`  and ${more} more`);
  return `${heading}:\n${lines.join('\n')}`;
}

function toldFunction({
  name,
  file,
  line,
  calls,
  bytes,
  awaited,
  external,
  estimated,
}: FunctionBytes): string {
  const parts = [sized(bytes, estimated)];
  if (awaited >= 1) parts.push(`and ${sized(awaited, true)} while it waited`);
  if (external >= 1) parts.push(`and ${sized(external, estimated)} of buffers`);
  return `${parts.join(' ')}  ${placed(name, file, line)}  (${toldCalls(calls)})`;
}

function toldCalls(calls: number): string {
  const shown = Number.isInteger(calls) ? `${calls}` : calls.toFixed(1);
  return `${shown} ${shown === '1' ? 'call' : 'calls'}`;
}

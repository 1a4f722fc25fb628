// The profile as V8's sampling heap profiler writes one: Chrome DevTools (Memory, Load profile), VS Code and Speedscope open it.
// Serves `memprof export --format heapprofile`, and programs. A frame whose bytes are in part estimated has a `(~)`.

import type { Exporter, ExportOptions } from './exporter';
import { type Figures, type Stack, stacksOf } from './stacks';

/** As the protocol of V8's inspector has it, HeapProfiler.SamplingHeapProfileNode; lines from 0. */
interface Node {
  callFrame: {
    functionName: string;
    scriptId: string;
    url: string;
    lineNumber: number;
    columnNumber: number;
  };
  selfSize: number;
  id: number;
  children: Node[];
}

/**
 * JSON, a `.heapprofile`: bytes by path, those on the heap where `bytes` does not say otherwise. What nobody owns is added
 * by its stacks; beside `awaited`, which is among it, only what is left of it.
 */
export const heapprofile: Exporter = (profile, options: ExportOptions = {}) => {
  const { all, isFlat } = stacksOf(profile);
  // Where what was awaited would count twice, it is left among what nobody owns.
  const { bytes = isFlat ? ['self'] : ['self', 'awaited'] } = options;
  const figures: (keyof Figures)[] = [...new Set(bytes)];
  const head = nodeOf({ functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 });
  const nodes = new Map<Stack, Node>();
  const sumOf = (figure: keyof Figures) => all.reduce((sum, stack) => sum + stack[figure], 0);
  const isWhole = !bytes.includes('awaited');
  const left = isWhole ? 0 : Math.max(0, sumOf('unowned') - sumOf('awaited'));
  for (const stack of all) {
    const isNobodys = stack.isUnowned;
    if (isNobodys && !isWhole && (stack.above || left === 0)) continue;
    const node = nodeOf(frameOf(stack, bytes), nodes.size + 2);
    if (isNobodys) node.selfSize = isWhole ? stack.unowned : left;
    else node.selfSize = figures.reduce((sum, one) => sum + stack[one], 0);
    nodes.set(stack, node);
    ((stack.above && nodes.get(stack.above)) ?? head).children.push(node);
  }
  return JSON.stringify({ head, samples: [] });
};

function nodeOf(callFrame: Node['callFrame'], id = 1): Node {
  return { callFrame, selfSize: 0, id, children: [] };
}

function frameOf({ place, isUnowned }: Stack, bytes: NonNullable<ExportOptions['bytes']>): Node['callFrame'] {
  const { name, file, line, sampled, awaits } = place;
  const isEstimated = sampled || isUnowned || (awaits && bytes.includes('awaited'));
  return {
    functionName: isEstimated ? `${name} (~)` : name,
    scriptId: '0',
    url: file,
    lineNumber: line - 1,
    columnNumber: line > 0 ? 0 : -1,
  };
}

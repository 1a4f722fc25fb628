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

/** JSON, a `.heapprofile`: bytes by path, those on the heap where `bytes` does not say otherwise. */
export const heapprofile: Exporter = (profile, { bytes = ['self', 'awaited'] }: ExportOptions = {}) => {
  const { all } = stacksOf(profile);
  const figures: (keyof Figures)[] = [...new Set(bytes), 'unowned'];
  const head: Node = {
    callFrame: { functionName: '(root)', scriptId: '0', url: '', lineNumber: -1, columnNumber: -1 },
    selfSize: 0,
    id: 1,
    children: [],
  };
  const nodes = new Map<Stack, Node>();
  for (const stack of all) {
    const node: Node = {
      callFrame: frameOf(stack, bytes),
      selfSize: figures.reduce((sum, one) => sum + stack[one], 0),
      id: nodes.size + 2,
      children: [],
    };
    nodes.set(stack, node);
    ((stack.above && nodes.get(stack.above)) ?? head).children.push(node);
  }
  return JSON.stringify({ head, samples: [] });
};

function frameOf({ place, unowned }: Stack, bytes: NonNullable<ExportOptions['bytes']>): Node['callFrame'] {
  const { name, file, line, sampled, awaits } = place;
  const isEstimated = sampled || unowned > 0 || (awaits && bytes.includes('awaited'));
  return {
    functionName: isEstimated ? `${name} (~)` : name,
    scriptId: '0',
    url: file,
    lineNumber: line - 1,
    columnNumber: line > 0 ? 0 : -1,
  };
}

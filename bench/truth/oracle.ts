// How many bytes did a stretch of the program allocate? Serves bench/truth as the truth, so it must never
// ask memprof: V8's used size, and what its profiler of collections says they freed.

import { GCProfiler, getHeapStatistics } from 'node:v8';

export async function allocated(run: () => Promise<void>): Promise<number> {
  // A collection first, so that one begun before does not end within the stretch.
  (globalThis as { gc?: () => void }).gc?.();
  const profiler = new GCProfiler();
  profiler.start();
  const before = getHeapStatistics().used_heap_size;
  await run();
  const after = getHeapStatistics().used_heap_size;
  const { statistics } = profiler.stop()!;
  let freed = 0;
  for (const { beforeGC, afterGC } of statistics) {
    freed += beforeGC.heapStatistics.usedHeapSize - afterGC.heapStatistics.usedHeapSize;
  }
  return after - before + freed;
}

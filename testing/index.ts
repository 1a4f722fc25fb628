// `memprof/test`: limits on memory as failing tests, in any runner. Serves users' tests, and nothing that runs in
// production.

export type { FunctionBytes } from './account';
export { type Heaviest, type HeaviestOptions, heaviest } from './heaviest';
export { checkLeak, type LeakOptions } from './leak';
export { type LimitOptions, limitMemory } from './limit';
export type { TestBytes } from './list';
export { type Measured, type MeasureOptions, measure } from './measure';
export type { Bytes, Run } from './once';
export type { Runner } from './runner';
export { failOnSpikes, type Spikes } from './spikes';

// `memprof` where there is no Node: the same names, and nothing is counted. Serves bundlers by the export
// conditions; must import nothing
// of Node's.

export { merge } from './merge.mjs';

const nothing = () => {};

export const configure = (_options: object): void => {};
export const enable = nothing;
export const disable = nothing;
export const reset = nothing;
export const stats = () => ({
  allocated: 0,
  owned: 0,
  awaited: 0,
  unowned: 0,
  overhead: 0,
  external: 0,
  ownTime: 0,
  elapsed: 0,
  inFlight: 0,
  functions: [],
  unownedBy: [],
});
export const track = <F,>(_name: string, fn: F): F => fn;
export const on = (_event: string, _listener: (record: never) => void): (() => void) => nothing;

// `memprof` where there is no Node: the same names, and nothing is counted. Serves bundlers by the export
// conditions; must import nothing of
// Node's.

import type { Stats } from '../stats.js';
import { merge } from './merge.mjs';

export { merge };

const nothing = () => {};

export const configure = (_options: object): void => {};
export const enable = nothing;
export const disable = nothing;
export const reset = nothing;
// Of nobody's accounts: the empty one.
export const stats = (): Stats => merge();
export const track = <F,>(_name: string, fn: F): F => fn;
export const on = (_event: string, _listener: (record: never) => void): (() => void) => nothing;

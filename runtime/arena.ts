// Where do figures lie? In memory of this thread, or, while it is recorded, in memory that the recorder's thread reads
// beside it (recorder/). Serves the spans and the tables. Must cost nothing while nothing is recorded.

import type { Table } from './sites';

/** Set by the recorder. Lengths are numbers, 8 bytes each. */
export const arena = {
  /** The numbers of a span that is made. */
  span: (length: number): Float64Array => new Float64Array(length),
  /** The sums of a file that is loaded. */
  sums: (length: number): Float64Array => new Float64Array(length),
  /** A file was loaded: its functions have numbers from here on. */
  loaded: (_table: Table): void => {},
};

/** What there is one of in a thread: so small that it may always be shared. */
export function shared(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * 8));
}

// Does what stays on the heap of a recorded program grow, and when is there no room for it any more? Looks at what was in use after
// each collection of the whole heap: what the program still needs, and what it forgot to let go. Serves whoever tells of a recording.

import { trendOf as judged, type Trend } from '../contract/trend';
import type { Recording } from './recording';

/** `undefined` where there were too few collections, or too little time. `at` in ms since the recording's start. */
export function trendOf({ collections, header }: Recording): Trend | undefined {
  const all = collections.filter(({ live, major }, n) => live > 0 && major !== collections[n - 1]?.major);
  return judged(
    all.map(({ at, live }) => ({ at, bytes: live })),
    header.heapLimit,
  );
}

// Which recordings does a command speak of? Reads those that it was named, or the usual folder's, and says what cannot be
// read. Serves the commands that tell of recordings.

import { readRecordings } from '../profile/read';
import type { Recording } from '../profile/recording';
import { safe } from '../profile/shown';

const FOLDER = '.memprof';

/** @returns `undefined` where there is none to tell of: stderr says so */
export function recordingsAt(command: string, paths: string[]): Recording[] | undefined {
  const problems: string[] = [];
  const places = paths.length > 0 ? paths : [FOLDER];
  const recordings = readRecordings(places, problems);
  for (const problem of problems)
    console.error(`memprof ${command}: ${safe(problem, Number.POSITIVE_INFINITY)}`);
  if (recordings.length > 0) return recordings;
  console.error(
    `memprof ${command}: no recording in ${places.map((place) => safe(place)).join(', ')}. Make one by \`memprof run app.js\`, or by setting MEMPROF_RECORD=${FOLDER}.`,
  );
  return undefined;
}

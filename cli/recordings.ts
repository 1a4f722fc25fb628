// Which recordings does a command read? Reads what was named on its command line, the folder .memprof by default, and tells
// on stderr what cannot be read. Serves every command that works on recordings. Must never end the process by itself.

import { readRecordings } from '../profile/read';
import type { Recording } from '../profile/recording';
import { safe } from '../profile/shown';

/** Where they lie where nobody says otherwise. */
export const FOLDER = '.memprof';

/**
 * @param command the command's name, as its messages begin with it
 * @param paths recordings and folders; where there are none, the usual folder
 * @returns `undefined` where there is no recording, which has been said: exit status 1
 */
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

/** Where the environment has them lie. Whoever asks by a command wants them, whatever was switched off elsewhere. */
export function folderOfEnvironment(): string {
  const { MEMPROF_RECORD: folder = '' } = process.env;
  return /^(?:off|0|false|no)?$/i.test(folder) ? FOLDER : folder;
}

// Files of JavaScript that a build has made: where they are, and whether they are instrumented. Serves
// `instrument` and `doctor`.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { isInstrumented } from '../integrations/build';
import { UsageError } from './usage';

/** Every file of JavaScript in the given files and folders, node_modules left out, in order. */
export function builtFiles(places: readonly string[]): string[] {
  return places.flatMap((place) => {
    const stat = statSync(place, { throwIfNoEntry: false });
    if (!stat) throw new UsageError(`there is no file or folder ${JSON.stringify(place)}`);
    if (!stat.isDirectory()) return [place];
    return readdirSync(place, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.[cm]?js$/.test(file) && !/(^|[\\/])node_modules[\\/]/.test(file))
      .sort()
      .map((file) => path.join(place, file));
  });
}

export function instrumentedAmong(files: readonly string[]): string[] {
  return files.filter((file) => isInstrumented(readFileSync(file, 'utf8')));
}

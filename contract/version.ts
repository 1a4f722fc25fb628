// Which memprof this is. Serves what names it to users, to caches and to incremental builds.

import { readFileSync } from 'node:fs';
import path from 'node:path';

export const VERSION: string = JSON.parse(
  readFileSync(path.join(__dirname, '../../package.json'), 'utf8'),
).version;

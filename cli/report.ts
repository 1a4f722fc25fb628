// `memprof report`: what do these recordings say, as a page to look at? Writes one HTML file that needs nothing else, to be sent
// and kept. Serves whoever looks into a program's memory, or shows it to others.

import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { formatSize } from '../contract/size';
import { VERSION } from '../contract/version';
import { profileOf } from '../profile/profile';
import { safe } from '../profile/shown';
import { FOLDER, recordingsAt } from './recordings';
import { documentOf } from './report/document';
import { gather } from './report/gather';
import { scriptOf } from './report/scripts';
import { UsageError } from './usage';

const FILE = 'memprof-report.html';
// Reading that much takes some seconds.
const LARGE = 50_000_000;

export const usage = `usage: memprof report [RECORDING or FOLDER...] [-o FILE]

Makes one HTML file of recordings: what happened, memory over time, the functions, who called whom, the calls that stood
out, the last moments. It loads nothing from anywhere. Default: the folder .memprof.

  -o, --output FILE    where to, default ${FILE}

Exit status: 0 done, 1 there is no recording to read or FILE cannot be written, 2 bad usage.`;

export function run(args: string[]): number {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { output: { type: 'string', short: 'o', default: FILE } },
  });
  const size = sizeOf(positionals.length > 0 ? positionals : [FOLDER]);
  if (size > LARGE) console.error(`memprof report: reading ${formatSize(size)}`);
  const recordings = recordingsAt('report', positionals);
  if (recordings === undefined) return 1;
  const output = values.output;
  if (recordings.some(({ files }) => files.some((file) => isSame(file, output))))
    throw new UsageError(
      `${safe(output, Number.POSITIVE_INFINITY)} is one of the recordings: name another file by -o`,
    );
  const data = gather(profileOf(recordings), VERSION);
  const html = documentOf(data, scriptOf(path.join(__dirname, 'report/page/main.js')));
  try {
    fs.writeFileSync(output, html);
  } catch (error) {
    console.error(
      `memprof report: cannot write ${safe(output, Number.POSITIVE_INFINITY)}: ${(error as Error).message}. Name another file by -o.`,
    );
    return 1;
  }
  const { processes, functions, omitted } = data;
  const count = functions.length + omitted;
  console.error(
    `memprof report: wrote ${safe(output, Number.POSITIVE_INFINITY)} (${formatSize(Buffer.byteLength(html))}): ${processes} ${processes === 1 ? 'process' : 'processes'}, ${count} ${count === 1 ? 'function' : 'functions'}`,
  );
  return 0;
}

/** Bytes of all recordings in files and folders; what cannot be read counts nothing. */
function sizeOf(paths: string[]): number {
  return paths.reduce((sum, one) => {
    try {
      const state = fs.statSync(one);
      if (!state.isDirectory()) return sum + state.size;
      const names = fs.readdirSync(one).filter((name) => name.endsWith('.jsonl'));
      return sum + sizeOf(names.map((name) => path.join(one, name)));
    } catch {
      return sum;
    }
  }, 0);
}

function isSame(file: string, output: string): boolean {
  return fs.existsSync(output) && fs.realpathSync(output) === file;
}

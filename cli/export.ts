// `memprof export`: recordings as a file that other tools open. Picks the exporter, and puts its bytes where they are wanted.
// Serves whoever has a viewer of their own. Must never write anything but the export to stdout.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { formatSize } from '../contract/size';
import type { Exporter, ExportOptions } from '../exporters/exporter';
import { profileOf } from '../profile/profile';
import { safe } from '../profile/shown';
import { recordingsAt } from './recordings';
import { UsageError } from './usage';

export const usage = `usage: memprof export [RECORDING or FOLDER...] [options]

Writes recordings as one file that other tools open. Default: the folder .memprof.

  --format pprof         go tool pprof -http=: FILE; Pyroscope, Parca (the default)
  --format speedscope    speedscope FILE
  --format heapprofile   Chrome DevTools: Memory, Load profile; VS Code
  --format trace         calls and memory over time: Perfetto, chrome://tracing, Chrome DevTools: Performance
  --bytes LIST           what of a function counts: self, awaited (estimated), external, with commas between.
                         Default: all, of heapprofile what is on the heap; a trace has always all
  -o, --output FILE      "-": stdout. Default: in this folder memprof.pb.gz, memprof.speedscope.json,
                         memprof.heapprofile, memprof.trace.json

Exit status: 0 done, 1 there is no recording to read, or FILE cannot be written, 2 bad usage.`;

const FORMATS: Record<string, { file: string; load(): Exporter }> = {
  pprof: {
    file: 'memprof.pb.gz',
    load: () => (require('../exporters/pprof') as typeof import('../exporters/pprof')).pprof,
  },
  speedscope: {
    file: 'memprof.speedscope.json',
    load: () => (require('../exporters/speedscope') as typeof import('../exporters/speedscope')).speedscope,
  },
  heapprofile: {
    file: 'memprof.heapprofile',
    load: () =>
      (require('../exporters/heapprofile') as typeof import('../exporters/heapprofile')).heapprofile,
  },
  trace: {
    file: 'memprof.trace.json',
    load: () => (require('../exporters/trace') as typeof import('../exporters/trace')).trace,
  },
};

const BYTES = ['self', 'awaited', 'external'] as const;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'pprof' },
      bytes: { type: 'string' },
      output: { type: 'string', short: 'o' },
    },
  });
  const format = Object.hasOwn(FORMATS, values.format) ? FORMATS[values.format] : undefined;
  if (!format)
    throw new UsageError(
      `there is no format "${safe(values.format)}": one of ${Object.keys(FORMATS).join(', ')}.`,
    );
  const { output = format.file } = values;
  if (output === '') throw new UsageError('-o has no FILE: name one, or "-" for stdout.');
  const bytes = bytesOf(values.bytes);
  if (output === '-' && values.format === 'pprof' && process.stdout.isTTY)
    throw new UsageError(
      'pprof is binary, and stdout is a terminal: name a file by -o FILE, or pipe it to a program.',
    );
  const recordings = recordingsAt('export', positionals);
  if (!recordings) return 1;
  const data = format.load()(profileOf(recordings), { bytes });
  if (output === '-') {
    await print(data);
    return 0;
  }
  try {
    writeFileSync(output, data);
  } catch (error) {
    console.error(
      `memprof export: cannot write ${safe(output)}: ${safe((error as Error).message)}. Name a file that can be written by -o FILE.`,
    );
    return 1;
  }
  const count = recordings.length === 1 ? '1 recording' : `${recordings.length} recordings`;
  console.error(
    `memprof export: wrote ${safe(output)} (${formatSize(Buffer.byteLength(data))}) of ${count}.`,
  );
  return 0;
}

function bytesOf(list: string | undefined): ExportOptions['bytes'] {
  if (list === undefined) return undefined;
  const chosen = list.split(',').map((one) => one.trim());
  const unknown = chosen.find((one) => !BYTES.some((known) => known === one));
  if (unknown !== undefined)
    throw new UsageError(`--bytes: there is no "${safe(unknown)}": one or more of ${BYTES.join(', ')}.`);
  return BYTES.filter((known) => chosen.includes(known));
}

function print(data: string | Uint8Array): Promise<void> {
  return new Promise((done, failed) => {
    // Whoever reads may have seen enough.
    process.stdout.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EPIPE' ? done() : failed(error),
    );
    process.stdout.write(data, () => done());
  });
}

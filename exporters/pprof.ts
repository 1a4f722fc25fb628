// The profile as pprof reads it, gzipped: `go tool pprof`, and whatever takes its format (Pyroscope, Parca, Speedscope).
// Serves `memprof export --format pprof`, and programs. Estimated figures have a `~` in the name of their sample type.

import { gzipSync } from 'node:zlib';
import {
  Function as Fn,
  Label,
  Line,
  Location,
  Mapping,
  Profile as Pprof,
  Sample,
  StringTable,
  ValueType,
} from 'pprof-format';
import { safe } from '../profile/shown';
import type { Exporter, ExportOptions } from './exporter';
import { type Figures, framesOf, stacksOf } from './stacks';

const NAMES: Record<keyof Figures, string> = {
  self: 'self',
  awaited: 'awaited~',
  external: 'external',
  calls: 'calls',
  unowned: 'unowned~',
};
// Nanoseconds have to fit in 63 bits.
const LATEST = 9e12;

/** Sample types: self, awaited~, external, calls, unowned~; bytes, and a count of calls. The first of them is pprof's default. */
export const pprof: Exporter = (profile, { bytes = ['self', 'awaited', 'external'] }: ExportOptions = {}) => {
  const { places, all, notes } = stacksOf(profile);
  const figures: (keyof Figures)[] = [
    ...(['self', 'awaited', 'external'] as const).filter((one) => bytes.includes(one)),
    'calls',
    'unowned',
  ];
  const stringTable = new StringTable();
  const text = (value: string) => stringTable.dedup(value);
  const isSampled = [new Label({ key: text('measured'), str: text('in samples') })];
  const script = profile.recordings[0]?.header.script ?? '';
  const data = new Pprof({
    stringTable,
    sampleType: figures.map(
      (one) => new ValueType({ type: text(NAMES[one]), unit: text(one === 'calls' ? 'count' : 'bytes') }),
    ),
    defaultSampleType: text(NAMES[figures[0]]),
    sample: all
      .filter((stack) => figures.some((one) => stack[one] > 0))
      .map(
        (stack) =>
          new Sample({
            locationId: framesOf(stack).map(({ index }) => index + 1),
            value: figures.map((one) => stack[one]),
            label: stack.place.sampled ? isSampled : [],
          }),
      ),
    // All is named: pprof has nothing to look up in a binary.
    mapping: [
      new Mapping({
        id: 1,
        filename: text(safe(script, Number.POSITIVE_INFINITY)),
        hasFunctions: true,
        hasFilenames: true,
        hasLineNumbers: true,
      }),
    ],
    location: places.map(
      ({ index, line }) =>
        new Location({ id: index + 1, mappingId: 1, line: [new Line({ functionId: index + 1, line })] }),
    ),
    function: places.map(
      ({ index, name, file, line }) =>
        new Fn({
          id: index + 1,
          name: text(name),
          systemName: text(name),
          filename: text(file),
          startLine: line,
        }),
    ),
    timeNanos: nanos(profile.start),
    durationNanos: nanos(profile.end - profile.start),
    comment: notes.map(text),
  });
  return gzipSync(data.encode());
};

function nanos(ms: number): bigint {
  return ms > 0 && ms < LATEST ? BigInt(Math.round(ms * 1e3)) * 1000n : 0n;
}

// The profile as Speedscope's own file format has it (https://www.speedscope.app/file-format-schema.json): a profile for each
// kind of bytes. Serves `memprof export --format speedscope`, and programs. Must never add estimated bytes to exact ones.

import type { Profile } from '../profile/profile';
import { scriptOf } from '../profile/shown';
import type { Exporter, ExportOptions } from './exporter';
import { type Figures, framesOf, type Stacks, stacksOf } from './stacks';

const NAMES: Partial<Record<keyof Figures, string>> = {
  self: 'self',
  awaited: 'awaited (~)',
  external: 'external',
  unowned: 'unowned (~)',
};

/** JSON: profiles named self, awaited (~), external and, where there is any, unowned (~); bytes. */
export const speedscope: Exporter = (
  profile,
  { bytes = ['self', 'awaited', 'external'] }: ExportOptions = {},
) => {
  const stacks = stacksOf(profile);
  const figures: (keyof Figures)[] = (['self', 'awaited', 'external'] as const).filter((one) =>
    bytes.includes(one),
  );
  if (stacks.all.some(({ unowned }) => unowned > 0)) figures.push('unowned');
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'memprof',
    name: `memprof: ${nameOf(profile)}`,
    activeProfileIndex: 0,
    shared: {
      frames: stacks.places.map(({ name, file, line, sampled }) => ({
        name: sampled ? `${name} (~)` : name,
        ...(file && { file }),
        ...(line && { line }),
      })),
    },
    profiles: figures.map((figure) => sampledOf(stacks, figure)),
  });
};

function nameOf({ recordings }: Profile): string {
  return [...new Set(recordings.map(({ header }) => scriptOf(header)))].join(', ');
}

function sampledOf({ all, isFlat }: Stacks, figure: keyof Figures) {
  const counted = all.filter((stack) => stack[figure] > 0);
  const weights = counted.map((stack) => stack[figure]);
  return {
    type: 'sampled',
    name: isFlat && figure === 'awaited' ? 'awaited (~, again in those that called)' : NAMES[figure],
    unit: 'bytes',
    startValue: 0,
    endValue: weights.reduce((sum, one) => sum + one, 0),
    // The outermost first.
    samples: counted.map((stack) =>
      framesOf(stack)
        .map(({ index }) => index)
        .reverse(),
    ),
    weights,
  };
}

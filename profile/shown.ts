// How are names, places and figures shown to people? Serves whoever prints or draws what a recording says, a page in a
// browser too: so it imports nothing of Node's. Must never let a name through that moves a cursor or turns a text about.

import { formatSize } from '../contract/size';

const LONGEST_NAME = 200;

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** A time in ms, for people. */
export function formatTime(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;
}

export function sized(bytes: number, estimated: boolean): string {
  return `${estimated ? '~' : ''}${formatSize(bytes)}`;
}

export function placed(name: string, file: string, line: number): string {
  return file === '' ? safe(name) : `${safe(name)}  ${safe(file)}:${line}`;
}

/** A name as a terminal may be shown it: nothing in it moves the cursor, turns the text about or breaks the line. */
export function safe(text: string, longest = LONGEST_NAME): string {
  const shown = text.length > longest ? `${text.slice(0, longest)}...` : text;
  return shown.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (one) => `\\u{${(one.codePointAt(0) as number).toString(16)}}`,
  );
}

/** Shapes, each by a name where that is known. */
export function shownShapes(shapes: readonly (readonly [name: string | undefined, shape: string])[]): string {
  return shapes
    .map(([name, shape]) => (name === undefined ? safe(shape) : `${safe(name)}: ${safe(shape)}`))
    .join(', ');
}

/** What a call in flight was called with: shapes, by the names of its function's parameters. */
export function shownGiven(shapes: string[], params: string[]): string {
  return shownShapes(shapes.map((shape, n) => [params[n], shape]));
}

/** What a program is called by: its file, wherever it was recorded. */
export function scriptOf({ script }: { script: string }): string {
  return safe(script.split(/[\\/]/).at(-1) ?? '') || 'the program';
}

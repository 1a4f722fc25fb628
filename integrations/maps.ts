// The map that a file of JavaScript came with: at its end, or beside it. Serves what works on built files.
// It must not fail for a map that is missing or broken: lines are then those of the file itself.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type Origin, originOf } from '../transformer/origin';

const COMMENT = /\n?\/\/[#@] sourceMappingURL=([^\s'"]+)\s*$/;
const DATA = /^data:application\/json[^,]*;base64,/;

export interface InputMap {
  map: object;
  /** Where it lies; absent: in the file itself. */
  file?: string;
}

/** The map of a text, where it has one that can be read. */
export function mapOf(code: string, fileName: string): InputMap | undefined {
  const url = COMMENT.exec(code.slice(-1_000_000))?.[1];
  if (!url) return undefined;
  try {
    if (DATA.test(url)) return { map: JSON.parse(Buffer.from(url.replace(DATA, ''), 'base64').toString()) };
    if (/^\w{2,}:/.test(url)) return undefined;
    const file = path.resolve(path.dirname(fileName), decodeURIComponent(url));
    return { map: JSON.parse(readFileSync(file, 'utf8')), file };
  } catch {
    return undefined;
  }
}

/** The one source of a map, its text from the disk where the map has none. */
export function sourceOf({ map, file }: InputMap, fileName: string): Origin | undefined {
  const origin = originOf(map, file ?? fileName);
  if (origin?.path === undefined || origin.text !== undefined) return origin;
  try {
    return { ...origin, text: readFileSync(origin.path, 'utf8') };
  } catch {
    return origin;
  }
}

/** The text with `map` at its end, in the place of what stood there. */
export function withInlineMap(code: string, map: object): string {
  const text = Buffer.from(JSON.stringify(map)).toString('base64');
  return `${code.replace(COMMENT, '')}\n//# sourceMappingURL=data:application/json;base64,${text}\n`;
}

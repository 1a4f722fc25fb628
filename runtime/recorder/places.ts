// Which line of the source is a line of what runs? By the source maps that lie beside it, as long as the machine is at hand
// that has them. Serves the recorder's thread. Must take little memory, since a process that asks has little left, and must
// not fail for a file that is none.

import { readFileSync, statSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A function as V8 names its place: `line` from 1, `column` from 0 on. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

export type Mapped = [file: string, line: number, source: string, sourceLine: number];

// A map of so many bytes takes some times as much to be read; a bundle of a large service has one.
const MOST_BYTES = 8e6;
const MOST_FILES = 50;
const COMMENT = /^\/\/[#@]\s*sourceMappingURL=(\S+)\s*$/gm;
const INLINE = /^data:application\/json[^,]*?(;base64)?,(.*)$/s;

export class Places {
  private readonly maps = new Map<string, { map: SourceMap; folder: string } | undefined>();
  private readonly asked = new Set<string>();
  /** All that were found: a file that is begun anew has them again. */
  readonly known: Mapped[] = [];

  /** Those that were not asked for before and have another place in a source. */
  of(places: Place[]): Mapped[] {
    const found: Mapped[] = [];
    for (const { file, line, column } of places) {
      const key = `${file}:${line}`;
      if (file === '' || file.startsWith('node:') || this.asked.has(key)) continue;
      this.asked.add(key);
      const source = this.sourceOf(file, line, column);
      if (source) found.push([file, line, ...source]);
    }
    this.known.push(...found);
    return found;
  }

  private sourceOf(file: string, line: number, column: number): [string, number] | undefined {
    try {
      const known = this.mapOf(file);
      const entry = known?.map.findEntry(line - 1, column);
      if (!known || !entry || !('originalSource' in entry) || entry.originalLine === undefined)
        return undefined;
      const { originalSource: source } = entry;
      const path = source.startsWith('file:')
        ? fileURLToPath(source)
        : /^[a-z][a-z\d+.-]+:/i.test(source)
          ? source
          : resolve(known.folder, source);
      const here = relative('', path);
      return [here.startsWith('..') || here.startsWith(sep) ? path : here, entry.originalLine + 1];
    } catch {
      return undefined;
    }
  }

  private mapOf(file: string): { map: SourceMap; folder: string } | undefined {
    if (this.maps.has(file) || this.maps.size === MOST_FILES) return this.maps.get(file);
    this.maps.set(file, undefined);
    const path = file.startsWith('file:') ? fileURLToPath(file.replace(/[?#].*$/, '')) : file;
    const read = (from: string) => (statSync(from).size <= MOST_BYTES ? readFileSync(from, 'utf8') : '');
    const comment = [...read(path).matchAll(COMMENT)].at(-1)?.[1];
    if (comment === undefined) return undefined;
    const inline = INLINE.exec(comment);
    const beside = inline ? path : resolve(dirname(path), decodeURI(comment));
    const text = inline
      ? Buffer.from(
          inline[1] ? inline[2] : decodeURIComponent(inline[2]),
          inline[1] ? 'base64' : 'utf8',
        ).toString()
      : read(beside);
    const payload = JSON.parse(text);
    const root = typeof payload.sourceRoot === 'string' ? payload.sourceRoot : '';
    const known = { map: new SourceMap(payload), folder: resolve(dirname(beside), root) };
    this.maps.set(file, known);
    return known;
  }
}

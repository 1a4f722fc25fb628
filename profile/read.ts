// Which recordings are there? Reads the files that recorded programs left, line by line: a file of 64 MB is never held as a
// whole. Serves whoever tells of them.

import { closeSync, existsSync, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileNameFrom, fileNameOf } from '../contract/recording';
import { Lines } from './lines';
import { headerFrom, Reader } from './reader';
import type { Header, Recording } from './recording';

const CHUNK = 64 * 1024;
const NAME = /^memprof-.*\.jsonl$/;

/**
 * The recordings in files and folders (of those, every `memprof-*.jsonl`), by their start; the parts of one thread as one.
 * @param problems gets a line for each path or file that is none, or cannot be read
 */
export function readRecordings(paths: string[], problems: string[] = []): Recording[] {
  const threads = new Map<string, { header: Header; files: string[] }>();
  for (const file of filesOf(paths, problems)) {
    const header = quietly(() => headerOf(file), file, problems);
    if (!header) continue;
    const key = `${header.start}-${header.pid}-${header.thread}`;
    const known = threads.get(key);
    if (known) known.files.push(file);
    else threads.set(key, { header, files: [file] });
  }
  return [...threads.values()]
    .map(({ header, files }) => {
      const reader = new Reader(header);
      files.sort((a, b) => Number(isOlder(b)) - Number(isOlder(a)));
      for (const file of files) quietly(() => readInto(reader, file), file, problems);
      return reader.recording;
    })
    .sort((a, b) => a.header.start - b.header.start || a.header.thread - b.header.thread);
}

function readInto(reader: Reader, file: string): void {
  reader.recording.files.push(file);
  let first = true;
  eachLine(file, (text) => {
    if (first) first = false;
    else reader.take(text);
  });
}

function filesOf(paths: string[], problems: string[]): Set<string> {
  const files = new Set<string>();
  const add = (file: string) => quietly(() => files.add(realpathSync(file)), file, problems);
  for (const one of paths) {
    quietly(
      () => {
        if (statSync(one).isDirectory()) {
          for (const name of readdirSync(one).sort()) if (NAME.test(name)) add(path.join(one, name));
          return;
        }
        add(one);
        // Whoever names a recording means all that is left of it.
        const name = fileNameFrom(path.basename(one));
        if (!name || name.isOlder) return;
        const older = path.join(path.dirname(one), fileNameOf({ ...name, isOlder: true }));
        if (existsSync(older)) add(older);
      },
      one,
      problems,
    );
  }
  return files;
}

function isOlder(file: string): boolean {
  return fileNameFrom(path.basename(file))?.isOlder === true;
}

function quietly<T>(what: () => T, file: string, problems: string[]): T | undefined {
  try {
    return what();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problems.push(`${file}: ${code === 'ENOENT' ? 'there is no such file or folder' : message}`);
    return undefined;
  }
}

/** @throws where the first line is none of a recording's */
export function headerOf(file: string): Header {
  let first: string | undefined;
  eachLine(file, (text) => {
    first = text;
    return false;
  });
  return headerFrom(first);
}

/** Calls back with each whole line, `undefined` for one that is too long; stops where told `false`. */
function eachLine(file: string, line: (text: string | undefined) => unknown): void {
  const descriptor = openSync(file, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK);
    const lines = new Lines();
    for (let read = 1; (read = readSync(descriptor, chunk, 0, CHUNK, null)) > 0; )
      if (!lines.push(chunk.subarray(0, read), line)) return;
  } finally {
    closeSync(descriptor);
  }
}

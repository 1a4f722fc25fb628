// Which files the options address, and what a file is called in tables, logs and messages: its path
// from the project's root with '/'. It must never put an absolute path of the build machine into output.

import path from 'node:path';
import type { Selection } from './options';

type Match = (text: string) => boolean;

// Loaded with the first glob only: most plugin entries have none, and every compiler start would pay.
const picomatch = () => require('picomatch') as typeof import('picomatch');

/** Why a glob cannot be read, or `undefined` where it can. */
export function checkGlob(glob: string): string | undefined {
  if (glob.trim() === '') return 'it is empty';
  if (glob.startsWith('!') && glob[1] !== '(') return 'a leading "!" is not supported; use "exclude"';
  try {
    picomatch().makeRe(slashes(glob), { dot: true, strictBrackets: true });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Whether one glob matches a file; a plain folder stands for everything in it, as in tsconfig's `include`. */
export function globMatches(glob: string, fileName: string, root?: string): boolean {
  let match = matchers.get(glob);
  if (!match) {
    const text = slashes(glob).replace(/^(\.\/)+/, '');
    const folder = /[*?[\]{}()!]/.test(text) ? [] : [`${text.replace(/\/+$/, '')}/**`];
    match = picomatch()([text, ...folder], { dot: true });
    matchers.set(glob, match);
  }
  const label = filePath(fileName, root);
  // The absolute path is tried only where the label says too little (outside the root) or the glob is
  // absolute itself: `exclude: ["**/build/**"]` must not drop a whole project that lives under /build.
  const absolute = /^(\/|[A-Za-z]:)/.test(slashes(glob)) || label.startsWith('../');
  return match(label) || (absolute && match(fileName.replace(/\\/g, '/')));
}

const matchers = new Map<string, Match>();

/** Whether the options (not the tags) may select functions of this file. */
export function fileSelected(selection: Selection, fileName: string): boolean {
  const { include, exclude, root, origin } = selection;
  const names = origin === undefined ? [fileName] : [fileName, origin];
  const matches = (globs?: readonly string[]) =>
    globs?.some((glob) => names.some((name) => globMatches(glob, name, root)));
  if (include && !matches(include)) return false;
  if (
    /(^|[\\/])node_modules[\\/]/.test(fileName) &&
    !include?.some((glob) => glob.includes('node_modules'))
  ) {
    return false;
  }
  return !matches(exclude);
}

/** The name of a file in tables and messages: from the root, '/' separated; `../` where it lies outside. */
export function filePath(fileName: string, root?: string): string {
  const windows = /^[A-Za-z]:[\\/]/.test(fileName) || fileName.startsWith('\\\\');
  const { isAbsolute, relative } = windows ? path.win32 : path;
  const short = isAbsolute(fileName) ? relative(root ?? process.cwd(), fileName) : fileName;
  return short.replace(/\\/g, '/').replace(/^(\.\/)+/, '');
}

/** A glob with Windows separators; one that has '/' too keeps its backslashes: they escape there. */
function slashes(glob: string): string {
  return glob.includes('/') ? glob : glob.replace(/\\/g, '/');
}

// Which `@memprof` tag stands on a node, read from the comments of the source text. Serves select.ts.
// It must never ask TypeScript for JSDoc nodes: since 5.3 tsc parses none in .ts files, and where it
// does it attaches none to a comment after `{`, after a decorator or after `export default`.

import type * as ts from 'typescript';
import { MemprofError } from '../contract/errors';
import { parseSize, SIZE_FORMS } from '../contract/size';
import { filePath } from './files';
import type { Typescript as TS } from './selected';

/** One tag: where its comment begins, and what it says. `bad` is a word that looks like a size and is none. */
export interface Tag {
  pos: number;
  off: boolean;
  /** Bytes. */
  spike?: number;
  bad?: string;
}

/**
 * What a doc comment (whole, with its delimiters) says to memprof, or `undefined`. The tag must begin a line:
 * `@memprof` in prose, in a code fence or in `{@link}` is none. Other words after it are a remark.
 */
export function parseTag(comment: string, pos = 0): Tag | undefined {
  if (!comment.includes('@memprof') || !/^\/\*\*[^*/]/.test(comment)) return undefined;
  let fence = false;
  for (const raw of comment.slice(3, -2).split(/\r\n?|[\n\u2028\u2029]/)) {
    const line = raw.replace(/^\s*\*?\s*/, '');
    if (/^(```|~~~)/.test(line)) {
      // A fence that opens and closes on one line changes nothing.
      if (!/^(```|~~~).+\1/.test(line)) fence = !fence;
      continue;
    }
    const match = fence ? null : /^@memprof(?:\s*[:=]\s*|\s+|$)(.*)$/.exec(line);
    if (match) return { pos, ...meaning(match[1].trim()) };
  }
  return undefined;
}

function meaning(words: string): { off: boolean; spike?: number; bad?: string } {
  const [first = '', second = ''] = words.split(/\s+/);
  if (/^off$/i.test(first)) return { off: true };
  if (!/^[+-]?\.?\d/.test(first)) return { off: false };
  // "1.5 GiB" is two words; "10 calls a second" is a size of 10 and a remark, "10 XB" is a mistake.
  const unit =
    /^[+-]?[\d.]+$/.test(first) && /^([kmgt]i?)?b$|^[kmgt]$|^[a-z]{1,2}b$/i.test(second) ? second : '';
  const spike = parseSize(first + unit);
  return spike === undefined ? { off: false, bad: unit ? `${first} ${unit}` : first } : { off: false, spike };
}

/**
 * The tags that stand on a declaration, nearest (last in the text) first. `holders` are the nodes that
 * a reader takes for one thing, the function first and the outermost last (`() => 1`, its declarator,
 * the list, the statement).
 */
export function tagsOn(ts: TS, sourceFile: ts.SourceFile, holders: readonly ts.Node[]): Tag[] {
  const text = sourceFile.text;
  if (!text.includes('@memprof')) return [];
  const outermost = parsed(ts, holders[holders.length - 1]);
  const start = outermost.pos < 0 ? 0 : skipTrivia(ts, text, outermost.pos);
  const found = new Map<number, Tag>();
  for (const holder of holders) {
    for (const pos of places(ts, holder)) {
      for (const range of commentsAt(ts, text, pos)) {
        if (found.has(range.pos)) continue;
        const tag = parseTag(text.slice(range.pos, range.end), range.pos);
        // Behind the declaration's first token there is no other owner than the declaration itself.
        if (tag && (range.pos > start || !belongsBefore(ts, text, range))) found.set(range.pos, tag);
      }
    }
    for (const comment of ts.getSyntheticLeadingComments?.(holder) ?? []) {
      const tag = parseTag(`/*${comment.text}*/`, -1);
      if (tag) found.set(-1, tag);
    }
  }
  return [...found.values()].sort((a, b) => b.pos - a.pos);
}

/** The parse-tree node behind one that another transformer made; itself where there is none. */
export function parsed<T extends ts.Node>(ts: TS, node: T): T {
  return node.pos >= 0 ? node : (ts.getOriginalNode(node) as T);
}

/** Where comments of a node can stand: before it, before each modifier and decorator, before its name. */
function places(ts: TS, holder: ts.Node): number[] {
  const node = parsed(ts, holder) as ts.Node & {
    modifiers?: readonly ts.Node[];
    decorators?: readonly ts.Node[];
    name?: ts.Node;
    asteriskToken?: ts.Node;
  };
  const parts = [node, ...(node.decorators ?? []), ...(node.modifiers ?? []), node.asteriskToken, node.name];
  const all = parts.filter((part) => part !== undefined && part.pos >= 0).map((part) => part!.pos);
  // `async /** @memprof */ (x) => x` and `constructor`: behind the last modifier no name follows.
  for (const modifier of [...(node.decorators ?? []), ...(node.modifiers ?? [])]) all.push(modifier.end);
  return all.filter((pos) => pos >= 0);
}

function commentsAt(ts: TS, text: string, pos: number): ts.CommentRange[] {
  return [
    ...(ts.getLeadingCommentRanges(text, pos) ?? []),
    ...(ts.getTrailingCommentRanges(text, pos) ?? []),
  ].filter((range) => text.startsWith('/**', range.pos));
}

/**
 * A comment at the end of a line of code speaks of that line (`total++; ` is the exception: after an
 * opening or separating character nothing is left to speak of).
 */
function belongsBefore(ts: TS, text: string, range: ts.TextRange): boolean {
  if (!/^[^\S\r\n]*(\r|\n|$)/.test(afterComments(ts, text, range.end))) return false;
  const line = text
    .slice(lineStart(text, range.pos), range.pos)
    .replace(/\/\*.*?\*\//g, '')
    .trimEnd();
  return line.trim() !== '' && !/[{([,;=:]$/.test(line);
}

function afterComments(ts: TS, text: string, pos: number): string {
  const last = (ts.getTrailingCommentRanges(text, pos) ?? []).pop();
  const end = last ? last.end : pos;
  return text.slice(end, end + 200);
}

function lineStart(text: string, pos: number): number {
  return Math.max(text.lastIndexOf('\n', pos - 1), text.lastIndexOf('\r', pos - 1)) + 1;
}

/** The start of the token at or after `pos`. */
export function skipTrivia(ts: TS, text: string, pos: number): number {
  let at = pos;
  if (at === 0 && text.startsWith('#!')) at = text.indexOf('\n') < 0 ? text.length : text.indexOf('\n');
  for (;;) {
    const before = at;
    while (at < text.length && /\s/.test(text[at])) at++;
    for (const range of [
      ...(ts.getLeadingCommentRanges(text, at) ?? []),
      ...(ts.getTrailingCommentRanges(text, at) ?? []),
    ]) {
      if (range.end > at) at = range.end;
    }
    if (at === before) return at;
  }
}

/** The comments of a text that hold a tag: also those that stand on nothing. Strings may look alike. */
export function tagCandidates(text: string): Tag[] {
  const found = new Map<number, Tag>();
  for (let at = text.indexOf('@memprof'); at >= 0; at = text.indexOf('@memprof', at + 1)) {
    const start = text.lastIndexOf('/**', at);
    const end = text.indexOf('*/', at);
    if (start < 0 || end < 0 || found.has(start)) continue;
    const comment = text.slice(start, end + 2);
    const tag = comment.indexOf('*/', 3) === comment.length - 2 ? parseTag(comment, start) : undefined;
    if (tag) found.set(start, tag);
  }
  return [...found.values()];
}

/** The error for a tag whose size cannot be read; its message begins with `file:line:column`. */
export function sizeError(sourceFile: ts.SourceFile, tag: Tag, root?: string): MemprofError {
  const error = new MemprofError('MEMPROF_E_TAG_SIZE', { value: tag.bad, allowed: SIZE_FORMS });
  const { line, character } = sourceFile.getLineAndCharacterOfPosition(Math.max(tag.pos, 0));
  error.message = `${filePath(sourceFile.fileName, root)}:${line + 1}:${character + 1} ${error.message}`;
  return error;
}

// Patterns against labels and decorators' names: `*` stands for any characters, dots too; the rest
// is literal and case counts. Kept apart from file globs, in which `*` stops at a slash.

/** Why a pattern cannot be read, or `undefined` where it can. */
export function checkWildcard(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'it is empty';
  if (pattern !== pattern.trim()) return 'it has blanks around it';
  if (pattern.length > 1 && pattern.startsWith('/')) return 'it looks like a regular expression';
  if (pattern.startsWith('!')) return 'a leading "!" is not supported; put @memprof off on the function';
  return undefined;
}

const compiled = new Map<string, RegExp>();

/** Whether a pattern matches the whole of `text`. */
export function matchesWildcard(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text;
  let regexp = compiled.get(pattern);
  if (!regexp) {
    const source = pattern.split(/\*+/).map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
    regexp = new RegExp(`^${source.join('.*')}$`, 's');
    compiled.set(pattern, regexp);
  }
  return regexp.test(text);
}

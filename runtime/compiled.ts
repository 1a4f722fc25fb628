// How much of what V8 calls used did the compiler take, not the program? Serves the heap counter, which leaves it out.
// Must never take the program's own objects for the compiler's for long.

import { now } from './clock';

// Space for code and the compiler's buffers is taken by the page and given back half a second later; V8 calls all of it
// used meanwhile, hundreds of kilobytes that no function allocated, with the old space's page that goes with them. The
// spaces for code hold no objects of the program at all. Of the old space a program whose objects V8 makes there at once
// (arrays that were seen to grow old) takes page after page, too: it shows by what it takes while the compiler takes none.

/** More growth than this between two readings is looked at closely: it may be the compiler's. */
export const LARGE = 32 * 1024;
// So much growth of the old space at once, while the compiler works, is a page taken, not objects made.
const SUSPECT = 64 * 1024;
const COMPILED_LITTLE = 4 * 1024;
// An allocation buffer is at most a page.
const PAGE = 256 * 1024;
// Once the compiler has taken space, for how long it is believed to work, ms, before growth began, and what of the old space it
// may take.
const COMPILING = 100;
const COMPILERS = 2 * PAGE;
// How many bytes back the program's own share of the old space is looked at.
const LATELY = 64 * 1024 * 1024;

// Slots of `known`. A typed array, since a double in a variable is boxed anew at each store.
const CODE = 0; // bytes in the spaces that hold compiled code, when last asked
const TENURED = 1; // bytes in the old space, when last asked
const CODE_AT = 2; // when the first changed much, ms
const COMPILERS_LEFT = 3; // bytes of the old space that the compiler may still be said to have taken since then
const PROGRAM_TENURED = 4; // bytes of it that the program took lately
const PROGRAM_GREW = 5; // bytes that the program allocated lately
const ASKED_AT = 6; // ms
const known = new Float64Array(7);

/** The compiler has been given work: what it takes until V8 is asked next is told as any other. */
export function compilerBegins(): void {
  known[CODE_AT] = now();
  known[COMPILERS_LEFT] = COMPILERS;
}

export function isCode(space: string): boolean {
  return (
    space === 'code_space' ||
    space === 'trusted_space' ||
    space === 'code_large_object_space' ||
    space === 'trusted_large_object_space'
  );
}

export function isTenured(space: string): boolean {
  return space === 'old_space';
}

/**
 * Bytes of the growth since the last asking that are the compiler's; negative where it gave some back.
 * `code` and `tenured`: used now in such spaces, and what was freed there since; `counted`: bytes that small
 * intervals since then have had.
 */
export function compilersOf(
  code: number,
  codeFreed: number,
  tenured: number,
  tenuredFreed: number,
  counted: number,
): number {
  const at = now();
  // Where the program stood still since then, the compiler has gone on.
  const since = known[ASKED_AT];
  known[ASKED_AT] = at;
  const codeGrew = code - known[CODE] + codeFreed;
  const tenuredGrew = tenured - known[TENURED] + tenuredFreed;
  // V8's spaces for code are never empty.
  const isFirst = known[CODE] === 0;
  known[CODE] = code;
  known[TENURED] = tenured;
  // What was used before that was taken by nobody that is asked about.
  if (isFirst) return 0;
  // In part this growth has been counted already, by the small intervals since the last asking.
  const spread = counted / 8;
  let bytes = 0;
  if (codeGrew < 0 || codeGrew > COMPILED_LITTLE + spread) {
    bytes += codeGrew;
    if (Math.abs(codeGrew) > LARGE) {
      known[CODE_AT] = at;
      known[COMPILERS_LEFT] = COMPILERS;
    }
  }
  const compiling = since - known[CODE_AT] < COMPILING && tenuredGrew <= known[COMPILERS_LEFT];
  const tenures = known[PROGRAM_TENURED] > 4 * PAGE && known[PROGRAM_TENURED] > known[PROGRAM_GREW] / 4;
  if (tenuredGrew < 0) bytes += tenuredGrew;
  else if (tenuredGrew > SUSPECT + spread && compiling && !tenures) {
    bytes += tenuredGrew;
    known[COMPILERS_LEFT] -= tenuredGrew;
  } else known[PROGRAM_TENURED] += tenuredGrew;
  return bytes;
}

/** So much did the program allocate since the last asking. */
export function programGrew(bytes: number): void {
  known[PROGRAM_GREW] += bytes;
  if (known[PROGRAM_GREW] <= LATELY) return;
  known[PROGRAM_GREW] /= 2;
  known[PROGRAM_TENURED] /= 2;
}

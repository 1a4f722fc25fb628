// Who called whom, as profilers want it: places, stacks of them, whole bytes on each. Serves the exporters that show stacks.
// Must never lose or make up a byte: all stacks together have what the profile's paths have.

import type { FunctionProfile, PathProfile, Profile } from '../profile/profile';
import { safe } from '../profile/shown';

/** A function or a frame: names as a terminal may be shown them, `file` empty and `line` 0 where they are not known. */
export interface Place {
  /** From 0, by when it first stands on a stack. */
  index: number;
  name: string;
  file: string;
  line: number;
  /** Not every call was measured: all figures are estimated. */
  sampled: boolean;
  /** Whether it awaited something, anywhere: those bytes are estimated. */
  awaits: boolean;
}

export const FIGURES = ['self', 'awaited', 'external', 'calls', 'unowned'] as const;

/**
 * Whole, never negative: bytes, and a count of `calls`. `awaited` and `unowned` are estimated, and not to be added up: what
 * was awaited is among what nobody owns.
 */
export type Figures = Record<(typeof FIGURES)[number], number>;

/** A place below those that called it; its figures are without what it called. */
export interface Stack extends Figures {
  place: Place;
  above: Stack | undefined;
  below: Stack[];
  /** Of what nobody owns: it has no other figure. */
  isUnowned: boolean;
}

export interface Stacks {
  places: Place[];
  /** All of them, each after the one above it. */
  all: Stack[];
  /** Nothing is recorded of who called whom: what one awaited counts again in those that called it. */
  isFlat: boolean;
  /** What has to be known about the figures, a sentence each. */
  notes: string[];
}

export function stacksOf(profile: Profile): Stacks {
  const grown = new Grown();
  const { paths, functions } = profile;
  if (paths.length > 0) grown.addPaths(paths);
  else for (const one of functions) grown.add(grown.placeOf(one), undefined, { ...one, unowned: 0 });
  grown.addUnowned(profile);
  const { places, all } = grown;
  const isFlat = paths.length === 0 && functions.length > 0;
  return { places, all, isFlat, notes: notesOf(profile, isFlat) };
}

/** What stands on a stack, the innermost first. */
export function framesOf(stack: Stack): Place[] {
  const frames: Place[] = [];
  for (let one: Stack | undefined = stack; one; one = one.above) frames.push(one.place);
  return frames;
}

class Grown {
  readonly places: Place[] = [];
  readonly all: Stack[] = [];
  private readonly known = new Map<string, Place>();
  private readonly sums: Figures = { self: 0, awaited: 0, external: 0, calls: 0, unowned: 0 };

  addPaths(paths: PathProfile[]): void {
    // No recursion: paths can be as deep as a recording says.
    const left = paths.map((path) => ({ path, above: undefined as Stack | undefined })).reverse();
    for (let next = left.pop(); next; next = left.pop()) {
      const { path } = next;
      const stack = this.add(this.placeOf(path.function), next.above, { ...path, unowned: 0 });
      for (let n = path.children.length - 1; n >= 0; n--) left.push({ path: path.children[n], above: stack });
    }
  }

  /** What nobody owns, below a frame that says so, which keeps what no code is known for. */
  addUnowned({ unowned, unownedBy }: Profile): void {
    const known = unownedBy.reduce((sum, { bytes }) => sum + bytes, 0);
    if (!(unowned > 0) && !(known > 0)) return;
    const none = { self: 0, awaited: 0, external: 0, calls: 0 };
    const rest = Math.max(0, unowned - known);
    const top = this.add(this.place('(unowned)', '', 0), undefined, { ...none, unowned: rest }, true);
    for (const { bytes, name, file, line, stack } of unownedBy) {
      const frames = stack.map((frame) => this.frame(frame)).reverse();
      const made = this.place(name, file, line);
      if (!frames.includes(made)) frames.push(made);
      let above = top;
      frames.forEach((place, n) => {
        const isLast = n === frames.length - 1;
        const same = isLast ? undefined : above.below.find((one) => one.place === place);
        above = same ?? this.add(place, above, { ...none, unowned: isLast ? bytes : 0 }, true);
      });
    }
  }

  add(place: Place, above: Stack | undefined, figures: Figures, isUnowned = false): Stack {
    const none = { self: 0, awaited: 0, external: 0, calls: 0, unowned: 0 };
    const stack: Stack = { place, above, below: [], isUnowned, ...none };
    for (const figure of FIGURES) stack[figure] = this.whole(figure, figures[figure]);
    above?.below.push(stack);
    this.all.push(stack);
    return stack;
  }

  placeOf({ name, file, line, sampled, awaited }: FunctionProfile): Place {
    const place = this.place(name, file, line);
    if (sampled) place.sampled = true;
    if (awaited > 0) place.awaits = true;
    return place;
  }

  private place(name: string, file: string, line: number): Place {
    const key = JSON.stringify([name, file, line]);
    let place = this.known.get(key);
    if (!place) {
      place = {
        index: this.places.length,
        name: shown(name) || '(anonymous)',
        file: shown(file),
        line: line > 0 && line < 2 ** 31 ? Math.floor(line) : 0,
        sampled: false,
        awaits: false,
      };
      this.known.set(key, place);
      this.places.push(place);
    }
    return place;
  }

  /** A frame as the runtime writes it: "name file:line". */
  private frame(text: string): Place {
    const [, name, file, line] = /^(.*) (\S+):(\d+)$/s.exec(text) ?? [];
    return name === undefined ? this.place(text, '', 0) : this.place(name, file, Number(line));
  }

  // What is cut off one figure is added to the next, so that their sum is right. A figure that no number holds exactly
  // takes up all that is left.
  private whole(figure: keyof Figures, given: number): number {
    const before = wholePart(this.sums[figure]);
    this.sums[figure] += Math.max(0, given);
    return wholePart(this.sums[figure]) - before;
  }
}

function wholePart(sum: number): number {
  return Math.min(Math.round(sum), Number.MAX_SAFE_INTEGER);
}

function shown(text: string): string {
  return safe(text, Number.POSITIVE_INFINITY);
}

function notesOf({ functions, recordings, unowned }: Profile, isFlat: boolean): string[] {
  const notes: string[] = [];
  const sampled = functions.filter((one) => one.sampled).length;
  if (functions.some(({ awaited }) => awaited > 0)) notes.push('What was awaited is estimated (~).');
  if (unowned > 0)
    notes.push(
      'What is unowned is estimated (~): nothing instrumented allocated it. What was awaited is among it.',
    );
  if (sampled > 0)
    notes.push(
      `Not every call was measured of ${sampled === 1 ? '1 function' : `${sampled} functions`}: all figures of theirs are estimated.`,
    );
  if (isFlat)
    notes.push(
      'Nothing is recorded of who called whom: each function stands alone, and what one awaited counts again in those that called it.',
    );
  else {
    const without = recordings.filter((one) => one.sums.size > 0 && one.pathSums.size === 0).length;
    if (without > 0)
      notes.push(
        `Left out, as nothing is recorded there of who called whom: ${without} of ${recordings.length} recordings.`,
      );
  }
  return notes;
}

// Names and figures as a report's page may have them. Serves whoever gathers them: each name is in the page once, and is
// nothing but a text; each figure can be drawn and added.

import { safe } from '../../profile/shown';
import type { Place } from './data';

export const LONGEST_FILE = 500;

/** Names by their index: each is in the page once. */
export class Places {
  readonly all: Place[] = [];
  private readonly known = new Map<string, number>();

  of({ name, file, line, kind = 0 }: { name: string; file: string; line: number; kind?: number }): number {
    const place: Place = [safe(name) || '(no name)', safe(file, LONGEST_FILE), line, kind];
    const key = JSON.stringify(place);
    let index = this.known.get(key);
    if (index === undefined) this.known.set(key, (index = this.all.push(place) - 1));
    return index;
  }
}

/** A figure that can be drawn and added: recordings may say anything. */
export function figure(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, value));
}

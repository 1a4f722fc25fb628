// How a time is written by a user: "30s", "5 min", plain milliseconds. Serves whatever takes one; shows none.

const UNITS: Record<string, number> = { '': 1, ms: 1, s: 1e3, min: 60e3, m: 60e3, h: 3600e3 };

/** What a message may name as allowed. */
export const DURATION_FORMS = 'a number of milliseconds, or one with a unit: 500ms, 30s, 5min, 1h';

/** Milliseconds of a written time, or `undefined` where it is none (negative, NaN, an unknown unit, no number). */
export function parseDuration(text: unknown): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : undefined;
  if (typeof text !== 'string') return undefined;
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)\s*$/i.exec(text);
  if (!match) return undefined;
  const unit = match[2].toLowerCase();
  const time = Object.hasOwn(UNITS, unit) ? Number(match[1]) * UNITS[unit] : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}

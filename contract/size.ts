// How a size is written by a user, and how one is shown: "10MB", "1.5 GiB", plain numbers.
// Decimal units are powers of 1000, as DESIGN's figures are; binary ones (KiB) of 1024.

const UNITS: Record<string, number> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** What a message may name as allowed. */
export const SIZE_FORMS = 'a number of bytes, or one with a unit: 500KB, 10MB, 1.5 GiB';

/** Bytes of a written size, or `undefined` where it is none (negative, NaN, an unknown unit, no number). */
export function parseSize(text: unknown): number | undefined {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : undefined;
  if (typeof text !== 'string') return undefined;
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)\s*$/i.exec(text);
  const unit = match && UNITS[match[2].toLowerCase()];
  return match && unit !== undefined && unit !== null ? Math.round(Number(match[1]) * unit) : undefined;
}

/** Bytes for people: three or four significant figures, decimal units. */
export function formatSize(bytes: number): string {
  const size = Math.abs(bytes);
  const sign = bytes < 0 ? '-' : '';
  if (size < 1000) return `${sign}${Math.round(size)} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let n = -1;
  let value = size;
  do {
    value /= 1000;
    n++;
  } while (value >= 999.95 && n < units.length - 1);
  return `${sign}${value.toFixed(1)} ${units[n]}`;
}

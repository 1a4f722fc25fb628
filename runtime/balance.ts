// Do claims and what is known to be nobody's come to what there was? Serves the claims: where many wait at once, what is seen
// of one call holds others' work as well, and each is taught more than its own. In sum they can't be: what there was is known
// to the byte. Looks at the last calls only, since what is nobody's differs from one load to the next.

// Of so many calls, about, and after so many at the earliest.
const CALLS = 512;
const ENOUGH = 64;

const WANTED = 0;
const THERE = 1;
const CLAIMS = 2;
const LAST = 3;
const NOBODYS = 4;
const sums = new Float64Array(5);

/**
 * A call has claimed so much; `unowned` and `background`: bytes so far, what nobody owned and what of it is known to be
 * nobody's.
 */
export function claims(bytes: number, unowned: number, background: number): void {
  const grew = unowned - sums[LAST];
  // Anew: figures were forgotten.
  if (grew < 0) sums.fill(0);
  else if (sums[CLAIMS] > 0) {
    sums[WANTED] += bytes + background - sums[NOBODYS];
    sums[THERE] += grew;
  }
  sums[WANTED] *= 1 - 1 / CALLS;
  sums[THERE] *= 1 - 1 / CALLS;
  sums[CLAIMS]++;
  sums[LAST] = unowned;
  sums[NOBODYS] = background;
}

/** The share of what there was that nobody claims, or, below nothing, of what is claimed and was not there; 1: not known. */
export function unclaimed(): number {
  if (sums[CLAIMS] < ENOUGH) return 1;
  const most = Math.max(sums[THERE], sums[WANTED]);
  return most > 0 ? (sums[THERE] - sums[WANTED]) / most : 1;
}

// How much of what grows do the suspects account for? Serves the running program and whoever tells of its recording: the same words
// in both. Must not say more of the rest than is known.

/** What there is to one: its share of what grows, and of which memory (`by` "external": of that outside the heap). */
interface Explaining {
  explains: number;
  by: string;
}

const HALF = 1 / 2;

/** In words, where suspects leave more than half of what grows unexplained; `undefined` where they do not, or there are none. */
export function unexplainedOf(suspects: readonly Explaining[]): string | undefined {
  const told: string[] = [];
  for (const [isOutside, of] of [
    [false, 'what grows on the heap'],
    [true, 'what grows outside the heap'],
  ] as const) {
    const some = suspects.filter(({ by }) => (by === 'external') === isOutside);
    const rest = 1 - some.reduce((sum, { explains }) => sum + explains, 0);
    if (some.length > 0 && rest > HALF)
      told.push(
        `~${Math.round(100 * rest)} % of ${of} is explained by none of these: code that is not instrumented makes it, or many functions a little each`,
      );
  }
  return told.length > 0 ? told.join('; ') : undefined;
}

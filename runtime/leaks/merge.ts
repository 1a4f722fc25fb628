// What leaks in several isolates, as one. Serves ../merge.ts. Takes what came by a message or as JSON and changes none of it;
// ../noop/merge.mts does the same, and a test holds the two together.

import { unexplainedOf } from '../../contract/explained';
import type { Trend } from '../../contract/trend';
import type { Leaks, Suspect } from './suspect';

/**
 * By function: growth, bytes and survivors are added, `low` and `high` are as far from the growth as the root of the sum of the
 * squares says, since isolates err each for itself; the confidence is the greatest, of what holds in one of them at least; what else
 * is told is of the isolate where it grows most. Trends likewise; `from` and `to` are the first and last, each by its own clock, and
 * `left` is the shortest. `undefined` where none of them looked for leaks.
 */
export function mergedLeaks(accounts: { leaks?: Leaks }[]): Leaks | undefined {
  const all = accounts.flatMap(({ leaks }) => (leaks ? [leaks] : []));
  if (all.length === 0) return undefined;
  const trend = trendOf(all.map((one) => one.trend));
  const external = trendOf(all.map((one) => one.external));
  const suspects = suspectsOf(all);
  const unexplained = unexplainedOf(suspects);
  return {
    ...(trend && { trend }),
    ...(external && { external }),
    suspects,
    ...(unexplained !== undefined && { unexplained }),
  } as Leaks;
}

function suspectsOf(all: Leaks[]): Suspect[] {
  const found = new Map<string, Suspect>();
  // From the one that grows most on: it says by what it is known, and how.
  const each = all.flatMap((leaks) =>
    leaks.suspects.map((one) => ({ one, part: one.explains * slopeIn(leaks, one) })),
  );
  for (const { one, part } of each.sort((a, b) => b.one.growth - a.one.growth)) {
    const key = JSON.stringify([one.file, one.line, one.name]);
    const sum = found.get(key);
    if (sum === undefined) {
      found.set(key, { ...one, explains: part });
      continue;
    }
    const growth = sum.growth + one.growth;
    sum.low = Math.max(0, growth - Math.hypot(sum.growth - sum.low, one.growth - one.low));
    sum.high = growth + Math.hypot(sum.high - sum.growth, one.high - one.growth);
    sum.growth = growth;
    sum.survivors += one.survivors;
    sum.bytes += one.bytes;
    sum.confidence = Math.max(sum.confidence, one.confidence);
    sum.explains += part;
    sum.keptBy ??= one.keptBy;
  }
  const suspects = [...found.values()].sort((a, b) => b.growth - a.growth);
  for (const isOutside of [false, true]) {
    const some = suspects.filter(({ by }) => (by === 'external') === isOutside);
    const grown = all.reduce((sum, leaks) => sum + Math.max(0, trendIn(leaks, isOutside)?.slope ?? 0), 0);
    const told = some.reduce((sum, { explains }) => sum + explains, 0);
    const whole = Math.max(grown, told);
    for (const one of some) one.explains = whole > 0 ? one.explains / whole : 0;
  }
  return suspects;
}

function trendIn({ trend, external }: Leaks, isOutside: boolean): Trend | undefined {
  return isOutside ? external : trend;
}

function slopeIn(leaks: Leaks, { by }: Suspect): number {
  return Math.max(0, trendIn(leaks, by === 'external')?.slope ?? 0);
}

function trendOf(trends: (Trend | undefined)[]): Trend | undefined {
  let sum: Trend | undefined;
  for (const one of trends) {
    if (!one) continue;
    if (sum === undefined) {
      sum = { ...one };
      continue;
    }
    const slope = sum.slope + one.slope;
    sum.low = slope - Math.hypot(sum.slope - sum.low, one.slope - one.low);
    sum.high = slope + Math.hypot(sum.high - sum.slope, one.high - one.slope);
    sum.slope = slope;
    sum.confidence = Math.max(sum.confidence, one.confidence);
    sum.from = Math.min(sum.from, one.from);
    sum.to = Math.max(sum.to, one.to);
    sum.points += one.points;
    sum.live += one.live;
    if (one.left !== undefined) sum.left = Math.min(sum.left ?? one.left, one.left);
    sum.grows ||= one.grows;
  }
  // As it is once it came by JSON: without what is not there.
  if (sum && sum.left === undefined) delete (sum as Partial<Trend>).left;
  return sum;
}

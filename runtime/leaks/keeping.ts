// Where is kept what is not let go? Tells of each suspect who is handed what it makes, and, where nobody is known who makes it, makes a
// suspect of whom it is handed to. Serves the suspects. Must say "perhaps" where no object says so itself.

import type { Trend } from '../../contract/trend';
import type { Site } from '../sites';
import type { Survivors } from './survivors';
import {
  hintOf,
  isSame,
  type Known,
  MINUTE,
  placeOf,
  type Suspect,
  sampledAbove,
  UNEXPLAINED,
  type Where,
  whereOf,
} from './suspect';

// Growths are of one thing, within this factor.
const ALIKE = 2;

/** Says of suspects what their results, that live on, were handed to. */
export function tellKeepers(found: Suspect[], { survivors }: Known): void {
  for (const { maker, keepers } of survivors) {
    const suspect = found.find((one) => isSame(one, maker));
    if (suspect === undefined || suspect.keptBy !== null) continue;
    const [keeper, ...others] = keepers.filter((site) => !isSame(whereOf(site), maker));
    if (keeper === undefined) continue;
    suspect.keptBy = whereOf(keeper);
    suspect.hint = hintOf(
      suspect.hint,
      `handed to ${told(suspect.keptBy)}, whose arguments are not let go`,
      as(others),
    );
  }
}

/** What functions are handed, where it is not known whose it is: a hint of a suspect that makes as much, or a suspect. */
export function fromArguments(found: Suspect[], { handed }: Known, trend: Trend, explained: number): void {
  const unknown = handed.filter(
    ({ maker, outside }) => !outside && !found.some(({ keptBy }) => keptBy !== null && isSame(keptBy, maker)),
  );
  const makers = found.filter(({ by, keptBy }) => by === 'live heap' && keptBy === null);
  for (const one of unknown) {
    if (one.madeBy === undefined) {
      const alike = makers.filter(
        ({ growth }) => growth <= ALIKE * one.growth * MINUTE && one.growth * MINUTE <= ALIKE * growth,
      );
      const rivals = unknown.filter(
        ({ growth }) => growth <= ALIKE * one.growth && one.growth <= ALIKE * growth,
      );
      const [maker] = alike;
      if (alike.length === 1 && rivals.length === 1 && !isSame(maker, one.maker)) {
        maker.hint = hintOf(
          maker.hint,
          `perhaps handed to ${told(placeOf(one.maker))}, whose arguments are not let go, ~as much as this`,
        );
        continue;
      }
    }
    suspected(found, one, trend, explained);
  }
}

function suspected(found: Suspect[], one: Survivors, trend: Trend, explained: number): void {
  if (found.some((other) => isSame(other, one.maker))) return;
  // What they refer to may be shared: no more than nothing else explains.
  const growth = Math.min(one.growth, trend.slope - explained);
  if (growth < UNEXPLAINED * trend.slope) return;
  const share = growth / one.growth;
  const others = one.keepers.filter((site) => !isSame(whereOf(site), one.maker));
  // Each one would be told; they are about the same objects.
  if (others.some((site) => found.some((other) => other.by === 'arguments' && isSame(other, whereOf(site)))))
    return;
  found.push({
    ...placeOf(one.maker),
    survivors: one.survivors,
    bytes: one.bytes,
    growth: growth * MINUTE,
    low: share * one.low * MINUTE,
    high: share * one.high * MINUTE,
    confidence: (trend.confidence * sampledAbove(growth, trend.slope, one.count)) / (1 + others.length),
    explains: growth / trend.slope,
    by: 'arguments',
    keptBy: placeOf(one.maker),
    shape: one.shape,
    hint: hintOf('its arguments are not let go', as(others), madeBy(one.madeBy)),
  });
}

/** In words, who makes what is handed; empty where that is not known. */
export function madeBy(site: Site | undefined): string {
  return site === undefined ? '' : `${told(whereOf(site))} makes them`;
}

export function as(others: Site[]): string {
  return others.length === 0 ? '' : `as likely ${others.map((site) => told(whereOf(site))).join(' or ')}`;
}

function told({ name, file, line }: Where): string {
  return `${name} (${file}:${line})`;
}

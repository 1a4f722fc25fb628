// Who makes the memory outside the heap that is not let go? Buffers have no stacks: results and arguments that live on say most, else
// who makes about as much as stays. Serves the suspects.

import type { Trend } from '../../contract/trend';
import { makerOf } from './alive';
import { as, madeBy } from './keeping';
import type { Rate } from './rates';
import type { Survivors } from './survivors';
import {
  AS_LIKELY,
  ENOUGH,
  hintOf,
  isSame,
  type Known,
  MINUTE,
  placeOf,
  SHARE,
  type Suspect,
  sampledAbove,
  whereOf,
} from './suspect';

export function fromOutside(found: Suspect[], { survivors, handed, rates }: Known, trend: Trend): void {
  const { slope, low, high, confidence } = trend;
  const isKept = (one: Survivors) => one.outside && one.growth >= SHARE * slope;
  const results = survivors.filter(isKept);
  const kept =
    results.length > 0 ? results : handed.filter((one) => isKept(one) && one.growth >= ENOUGH * slope);
  for (const one of kept) {
    const others = one.keepers.filter((site) => !isSame(whereOf(site), one.maker));
    found.push({
      ...placeOf(one.maker),
      survivors: one.survivors,
      bytes: one.bytes,
      growth: one.growth * MINUTE,
      low: one.low * MINUTE,
      high: one.high * MINUTE,
      confidence: confidence * sampledAbove(one.growth, slope, one.count),
      explains: one.growth / slope,
      by: 'external',
      keptBy: results.length > 0 ? null : placeOf(one.maker),
      shape: one.shape,
      hint:
        results.length > 0
          ? hintOf('outside the heap: Buffers that it returns are not let go')
          : hintOf(
              'outside the heap: Buffers that it is handed are not let go',
              as(others),
              madeBy(one.madeBy),
            ),
    });
  }
  if (kept.length > 0) return;
  const off = ({ outside }: Rate) => Math.abs(Math.log(outside / slope));
  const likely = rates.filter(({ outside }) => outside >= ENOUGH * slope).sort((a, b) => off(a) - off(b));
  const [nearest] = likely;
  if (nearest === undefined) return;
  found.push({
    ...placeOf(makerOf(nearest.site)),
    survivors: 0,
    bytes: Math.min(nearest.bytes, slope * MINUTE),
    growth: slope * MINUTE,
    low: Math.max(0, low) * MINUTE,
    high: high * MINUTE,
    // Of those that make about as much any could be it.
    confidence: confidence / likely.filter((one) => off(one) <= off(nearest) + AS_LIKELY).length,
    explains: 1,
    by: 'external',
    keptBy: null,
    shape: null,
    hint: hintOf('outside the heap: of those that make Buffers it makes about as much as stays'),
  });
}

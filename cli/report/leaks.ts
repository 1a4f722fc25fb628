// What was not let go, as each thread has found out while it ran? Serves the report's page. Must hand on nothing that is not `safe`,
// and nothing of a thread that has found nobody.

import type { Recording } from '../../profile/recording';
import { moreOf, restOf, trendSentence } from '../../profile/story';
import type { LeakData } from './data';
import { figure, type Places } from './places';

const SUSPECTS = 20;

export function leaksOf(recordings: Recording[], places: Places): LeakData[] {
  return recordings.flatMap((recording) => {
    const { header, suspects } = recording;
    if (!suspects || suspects.all.length === 0) return [];
    return {
      label: `pid ${header.pid}${header.thread > 0 ? `, thread ${header.thread}` : ''}`,
      at: figure(suspects.at),
      trend: trendSentence(recording) ?? null,
      suspects: suspects.all.slice(0, SUSPECTS).map((one) => ({
        place: places.of(one),
        growth: figure(one.growth),
        low: figure(one.low),
        high: figure(one.high),
        bytes: figure(one.bytes),
        confidence: one.confidence,
        explains: one.explains,
        keptBy: one.keptBy && places.of(one.keptBy),
        hint: moreOf(one),
      })),
      rest: restOf(suspects.all) ?? null,
    };
  });
}

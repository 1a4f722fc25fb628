// What stays in memory and should not, who makes it, how fast, and who keeps it? Serves whoever looks for a leak. All of it is
// estimated; a report of recordings that hold no suspect has no such part.

import { percent } from '../../../profile/shown';
import type { LeakData, PageData, Place } from '../data';
import { at, bytes, figure, make, part, placed, table } from './dom';

export function showLeaks({ leaks, places }: PageData): void {
  if (leaks.length === 0) return;
  const place = part('leaks');
  leaks.forEach((one, n) => {
    const details = make(
      'details',
      { class: 'thread' },
      make('summary', {}, make('b', {}, one.label), ` found out ${at(one.at)}`),
      one.trend !== null && make('p', {}, one.trend),
      tableOf(one, n + 1, places),
      one.rest !== null && make('p', { class: 'note' }, one.rest),
    );
    details.open = n === 0;
    place.append(details);
  });
}

function tableOf({ label, suspects }: LeakData, number: number, places: Place[]): HTMLElement {
  return table(
    `What is not let go, ${number}: ${label}`,
    [
      'Made by',
      'A minute',
      'At least',
      'At most',
      'Of all',
      'Confidence',
      'Alive',
      'Kept by',
      'What is known',
    ],
    suspects.map((one) => [
      placed(places[one.place]),
      bytes(one.growth, true),
      bytes(one.low, true),
      bytes(one.high, true),
      one.explains === null ? '' : figure(percent(one.explains), true),
      one.confidence === null ? '' : one.confidence.toFixed(2),
      bytes(one.bytes, true),
      one.keptBy === null ? '' : placed(places[one.keptBy]),
      one.hint,
    ]),
    ['Kept by', 'What is known'],
  );
}

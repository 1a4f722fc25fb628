// How did it end? For each thread: its end, the calls in flight with the shapes of their arguments, what was alive on the heap,
// and what the recorder had to say. Serves whoever was woken because a program died.

import { percent } from '../../../profile/shown';
import type { FlightCall, LastMoments, PageData, Place } from '../data';
import { at, bytes, make, part, placed, table } from './dom';

export function showLast({ last, places }: PageData): void {
  const place = part('last');
  last.forEach((one, n) => {
    const details = make(
      'details',
      { class: 'thread' },
      make('summary', {}, make('b', {}, one.label)),
      ...moments(one, n + 1, places),
    );
    // The one that died nearest to its limit comes first.
    details.open = n === 0;
    place.append(details);
  });
}

function moments(
  { label, sentence, flight, live, notes }: LastMoments,
  number: number,
  places: Place[],
): HTMLElement[] {
  const parts: HTMLElement[] = [make('p', {}, sentence)];
  if (flight && flight.calls.length > 0) {
    const { calls, count } = flight;
    parts.push(
      make(
        'h3',
        {},
        `In flight ${at(flight.at)} (${flight.why}): ${count} ${count === 1 ? 'call' : 'calls'}`,
      ),
      table(
        `Calls in flight, ${number}: ${label}`,
        ['Function', 'State', 'Given', 'So far', 'Self', 'Called', 'Awaited', 'External'],
        calls.map((one) => rowOf(one, places)),
        ['State', 'Given'],
      ),
    );
    if (count > calls.length) parts.push(make('p', { class: 'note' }, `and ${count - calls.length} more`));
  }
  if (live && live.stacks.length > 0) {
    const list = make('ul', { class: 'cards' });
    for (const { bytes: size, frames } of live.stacks) {
      const head = [bytes(size, true), ' ', frames.length > 0 ? placed(places[frames[0]]) : '(no stack)'];
      const callers = frames.slice(1).map((frame) => make('li', {}, placed(places[frame])));
      list.append(
        make(
          'li',
          {},
          ...(callers.length > 0
            ? [make('details', {}, make('summary', {}, ...head), make('ol', { class: 'stack' }, ...callers))]
            : head),
        ),
      );
    }
    parts.push(
      make(
        'h3',
        {},
        `Alive on the heap ${at(live.at)}, at ${percent(live.share)} of the ${live.by} limit (sampled)`,
      ),
      list,
    );
  }
  if (notes.length > 0) {
    const list = make('ul');
    for (const [when, text] of notes)
      list.append(make('li', {}, when === null ? text : `${at(when)}: ${text}`));
    parts.push(make('h3', {}, 'Notes'), list);
  }
  return parts;
}

function rowOf(
  { place, state, self, children, awaited, external, given }: FlightCall,
  places: Place[],
): (Node | string)[] {
  return [
    placed(places[place]),
    state,
    given === '' ? '' : make('code', {}, given),
    bytes(self + children + awaited + external, awaited > 0),
    bytes(self, false),
    bytes(children, false),
    bytes(awaited, true),
    bytes(external, false),
  ];
}

// Which calls stood out? Those that passed their threshold, with the shapes of what they were given, awaited and returned,
// and the heaviest. Serves whoever asks for what input a function grows.

import { formatTime } from '../../../profile/shown';
import type { HeavyCall, PageData, SpikeData } from '../data';
import { at, bytes, facts, figure, make, more, part, placed, table } from './dom';

const SPIKES = 10;
const HEAVIEST = 10;

export function showSpikes({ spikes, places }: PageData): void {
  const place = part('spikes');
  if (spikes.length === 0) {
    place.append(make('p', {}, 'No call passed its threshold.'));
    return;
  }
  const list = make('ol', { class: 'cards' });
  const show = (some: SpikeData[]) =>
    list.append(...some.map((one) => make('li', {}, ...spikeOf(one, places))));
  show(spikes.slice(0, SPIKES));
  place.append(list);
  const rest = spikes.slice(SPIKES);
  if (rest.length > 0) place.append(more(`Show ${rest.length} more`, () => show(rest)));
}

function spikeOf(one: SpikeData, places: PageData['places']): HTMLElement[] {
  const { total, awaited, external, given, awaitedValues, returned } = one;
  const head = make(
    'p',
    { class: 'head' },
    bytes(total + awaited + external, awaited > 0),
    ' ',
    placed(places[one.place]),
    ` ${at(one.at)}`,
  );
  const values = make('ul');
  for (const [line, shape, size] of awaitedValues)
    values.append(make('li', {}, `line ${line}: `, make('code', {}, shape), ', ', bytes(size, true)));
  return [
    head,
    facts(
      ['total', bytes(total, false)],
      ['awaited', bytes(awaited, true)],
      ['external', bytes(external, false)],
      ['given', given === '' ? 'nothing' : make('code', {}, given)],
      ['awaited values', awaitedValues.length > 0 ? values : 'none'],
      ['returned', returned === null ? 'nothing told' : make('code', {}, returned)],
    ),
  ];
}

export function showHeaviest({ heaviest, places }: PageData): void {
  const place = part('heaviest');
  if (heaviest.length === 0) {
    place.append(make('p', {}, 'No call has a line of its own.'));
    return;
  }
  const head = ['Function', 'When', 'Cost', 'Self', 'Total', 'Awaited', 'External', 'Time', 'Ended'];
  const rows = (some: HeavyCall[]) =>
    some.map((one) => {
      const { self, total, awaited, external, calls, failed } = one;
      const sampled = calls > 1;
      return [
        placed(places[one.place]),
        at(one.at),
        bytes(total + awaited + external, awaited > 0),
        bytes(self, false),
        bytes(total, false),
        bytes(awaited, true),
        bytes(external, false),
        formatTime(one.time),
        make(
          'span',
          {},
          failed ? 'threw' : 'returned',
          sampled && make('small', {}, ', stands for ', figure(String(Math.round(calls)), true), ' calls'),
        ),
      ];
    });
  const shown = make('div', {}, table('Heaviest calls', head, rows(heaviest.slice(0, HEAVIEST))));
  place.append(shown);
  if (heaviest.length > HEAVIEST)
    place.append(
      more(`Show all ${heaviest.length}`, () =>
        shown.replaceChildren(table('Heaviest calls', head, rows(heaviest))),
      ),
    );
}

// What happened? The sentence, the culprit, and what else was recorded. Serves whoever opens the page and reads no further.

import { formatTime } from '../../../profile/shown';
import type { PageData } from '../data';
import { make, more, part } from './dom';

const OTHERS = 3;

export function showStory({ story, start, length, tracks, processes, version }: PageData): void {
  const place = part('story');
  place.append(make('p', { class: 'sentence' }, story.sentence));
  const [who, why] = story.culprit;
  if (who !== undefined)
    place.append(make('p', { class: 'culprit' }, make('strong', {}, ...sizedOf(who)), make('br'), why ?? ''));
  else
    place.append(
      make(
        'p',
        { class: 'culprit' },
        'No call was recorded: name what is to be measured, as ',
        make('code', {}, 'memprof run --instrument "src/**"'),
      ),
    );
  if (story.trend !== null) place.append(make('p', {}, story.trend));
  if (story.others.length > 0) {
    const list = make('ul');
    const show = (some: string[]) => list.append(...some.map((one) => make('li', {}, one)));
    show(story.others.slice(0, OTHERS));
    place.append(make('h3', {}, `Recorded beside it (${story.others.length})`), list);
    const rest = story.others.slice(OTHERS);
    if (rest.length > 0) place.append(more(`Show ${rest.length} more`, () => show(rest)));
  }
  const threads = tracks.length > processes ? `, ${tracks.length} threads` : '';
  const count = `${processes} ${processes === 1 ? 'process' : 'processes'}${threads}`;
  const date = new Date(start);
  // Beyond what a calendar has.
  const when = Number.isNaN(date.getTime())
    ? ''
    : `${date.toISOString().replace('T', ' ').slice(0, 19)} UTC, `;
  part('about').textContent = `${when}${formatTime(length)}, ${count}; memprof ${version}`;
}

// Its size stands last; where it is estimated, it looks like the others that are.
function sizedOf(who: string): (string | Node)[] {
  const [, name, size] = /^(.*)(~\S+ \S+)$/s.exec(who) ?? [];
  return size === undefined ? [who] : [name, make('span', { class: 'estimated' }, size)];
}

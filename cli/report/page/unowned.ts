// What does no instrumented function own, and which code made it? Serves whoever wonders what the table leaves out: libraries
// that are not instrumented, module code, Node itself. All of it is estimated.

import { percent } from '../../../profile/shown';
import type { PageData, UnownedData } from '../data';
import { bytes, make, more, part, placed } from './dom';

const SHOWN = 10;

export function showUnowned({ owned, unowned, unownedBy, places }: PageData): void {
  const place = part('unowned');
  const share = owned + unowned > 0 ? `, ~${percent(unowned / (owned + unowned))} of what was allocated` : '';
  place.append(
    make(
      'p',
      {},
      'Owned by instrumented functions: ',
      bytes(owned, false),
      '. By none: ',
      bytes(unowned, true),
      `${share}.`,
    ),
  );
  if (unownedBy.length === 0) {
    place.append(make('p', {}, 'The recording does not say which code made it.'));
    return;
  }
  const list = make('ul', { class: 'cards' });
  const show = (some: UnownedData[]) =>
    list.append(
      ...some.map((one) => {
        const head = [bytes(one.bytes, true), ' ', placed(places[one.place])];
        if (one.stack.length === 0) return make('li', {}, ...head);
        const stack = make('ol', { class: 'stack' }, ...one.stack.map((frame) => make('li', {}, frame)));
        return make('li', {}, make('details', {}, make('summary', {}, ...head), stack));
      }),
    );
  show(unownedBy.slice(0, SHOWN));
  place.append(list);
  const rest = unownedBy.slice(SHOWN);
  if (rest.length > 0) place.append(more(`Show ${rest.length} more`, () => show(rest)));
}

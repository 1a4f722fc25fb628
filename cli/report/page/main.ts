// The report's page: reads the data that stands in it and has each part show its own. Serves the browser; a part that fails
// says so in its place, and the others are shown.

import type { PageData } from '../data';
import { showHeaviest, showSpikes } from './calls';
import { make, part } from './dom';
import { showFlame } from './flame';
import { showFunctions } from './functions';
import { showLast } from './last';
import { showLeaks } from './leaks';
import { showMemory } from './memory';
import { showStory } from './story';
import { startTheme } from './theme';
import { showUnowned } from './unowned';

const PARTS: [id: string, show: (data: PageData) => void][] = [
  ['story', showStory],
  ['memory', showMemory],
  ['functions', showFunctions],
  ['flame', showFlame],
  ['spikes', showSpikes],
  ['heaviest', showHeaviest],
  ['leaks', showLeaks],
  ['unowned', showUnowned],
  ['last', showLast],
];

startTheme(part('theme'));
const data = JSON.parse(part('data').textContent ?? '') as PageData;
for (const [id, show] of PARTS) {
  try {
    show(data);
  } catch (error) {
    part(id).append(make('p', { role: 'alert' }, `This part cannot be shown: ${String(error)}`));
    console.error(error);
  }
}
// What is folded on the screen is wanted on paper.
window.addEventListener('beforeprint', () => {
  for (const one of document.querySelectorAll('details')) one.open = true;
});

// Who called whom, and what it cost: a flame graph from above to below, width is bytes. What is awaited or outside the heap has
// a frame of its own below the function that claims it, so that exact and estimated bytes are told apart. Serves whoever asks
// on whose behalf a function allocates; mouse and keyboard do the same.

import flamegraph, { type Drawn } from 'd3-flame-graph';
import { select } from 'd3-selection';
import { sized } from '../../../profile/shown';
import type { PageData } from '../data';
import { make, part } from './dom';
import { color, whenThemed } from './theme';

type Kind = 'all' | 'function' | 'small' | 'awaited' | 'external';

interface Frame {
  name: string;
  /** Where it stands, or of which function it is a part. */
  owner: string;
  kind: Kind;
  value: number;
  /** Some of it is estimated. */
  estimated: boolean;
  calls: number;
  children: Frame[];
}

const CELL = 20;
// Narrower ones cannot be seen, nor clicked.
const NARROWEST = 0.7;

export function showFlame(data: PageData): void {
  const place = part('flame');
  const root = treeOf(data);
  if (root.value <= 0) {
    place.append(make('p', {}, 'No bytes are recorded of any call.'));
    return;
  }
  if (!data.hasPaths)
    place.append(
      make(
        'p',
        { class: 'note' },
        'These recordings do not say who called whom: each function stands alone, and what one awaited of another is counted with both.',
      ),
    );
  const details = make('p', { class: 'details', role: 'status' });
  const box = make('div', { class: 'flame' });
  const graph = flamegraph<Frame>();
  const drawn = () => [...box.querySelectorAll<SVGGElement>('g.frame')];
  const frameOf = (one: Element) => (one as unknown as { __data__: Drawn<Frame> }).__data__;
  let current: Drawn<Frame> | undefined;
  // The library draws anew at each step; what a keyboard and a reader of the screen need is put on again.
  const dress = () => {
    const all = drawn();
    const here = all.find((one) => frameOf(one) === current) ?? all[0];
    for (const one of all) {
      one.setAttribute('role', 'button');
      one.setAttribute('tabindex', one === here ? '0' : '-1');
      one.setAttribute('aria-label', labelOf(frameOf(one)));
    }
  };
  const update = () => {
    graph.width(widthOf(box)).update();
    dress();
  };
  graph
    .width(widthOf(place))
    .cellHeight(CELL)
    .inverted(true)
    .transitionDuration(0)
    .minFrameSize(NARROWEST)
    .title('')
    .label(labelOf)
    .setColorMapper((one) => colorOf(one))
    .setSearchMatch(({ data: { name, owner } }, term) =>
      `${name} ${owner}`.toLowerCase().includes(term.toLowerCase()),
    )
    .setSearchHandler((found) => {
      const estimated = found.some(({ data: { estimated } }) => estimated);
      const outermost = found.filter((one) => !found.includes(one.parent as Drawn<Frame>));
      const sum = outermost.reduce((bytes, { data: { value } }) => bytes + value, 0);
      details.textContent = `${found.length} ${found.length === 1 ? 'frame' : 'frames'} found, ${sized(sum, estimated)}`;
    })
    .setDetailsHandler((text) => {
      if (text !== null) details.textContent = text;
    })
    .onClick((one) => {
      current = one;
      details.textContent = labelOf(one);
      dress();
    });
  const search = make('input', {
    type: 'search',
    id: 'flame-search',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  search.addEventListener('input', () => {
    const term = search.value.trim();
    if (term === '') {
      graph.clear();
      details.textContent = '';
    } else graph.search(term);
    dress();
  });
  const reset = make('button', { type: 'button', id: 'flame-reset' }, 'Show all');
  reset.addEventListener('click', () => {
    graph.resetZoom();
    dress();
  });
  place.append(
    make('p', {}, make('label', { for: 'flame-search' }, 'Search frames: '), search, ' ', reset),
    keyOf(),
    details,
    box,
    make(
      'p',
      { class: 'note' },
      'Click a frame to zoom, the topmost to see all. Keyboard: arrows move between frames, Enter zooms, Escape shows all.',
    ),
  );
  select(box).datum(root).call(graph);
  box.querySelector('svg')?.setAttribute('role', 'group');
  box.querySelector('svg')?.setAttribute('aria-label', 'Flame graph');
  box.addEventListener('keydown', (event) => {
    const at = (event.target as Element).closest('g.frame');
    if (at === null) return;
    const one = frameOf(at);
    if (event.key === 'Enter' || event.key === ' ') graph.zoomTo(one);
    else if (event.key === 'Escape') graph.resetZoom();
    else {
      const to = moved(one, event.key, new Set(drawn().map(frameOf)));
      if (to === undefined) return;
      current = to;
    }
    event.preventDefault();
    dress();
    drawn()
      .find((other) => frameOf(other) === current)
      ?.focus();
  });
  box.addEventListener('focusin', (event) => {
    const at = (event.target as Element).closest('g.frame');
    if (at === null) return;
    current = frameOf(at);
    details.textContent = labelOf(current);
    dress();
  });
  window.addEventListener('resize', update);
  whenThemed(update);
}

function widthOf(place: Element): number {
  return Math.max(280, place.clientWidth);
}

/** Where an arrow leads; `undefined` where there is nothing. */
function moved(one: Drawn<Frame>, key: string, drawn: Set<Drawn<Frame>>): Drawn<Frame> | undefined {
  const beside = (one.parent?.children ?? []).filter((other) => drawn.has(other));
  const n = beside.indexOf(one);
  if (key === 'ArrowUp') return one.parent ?? undefined;
  if (key === 'ArrowDown') return one.children?.find((other) => drawn.has(other));
  if (key === 'ArrowLeft') return beside[n - 1];
  return key === 'ArrowRight' ? beside[n + 1] : undefined;
}

function labelOf({ data: { name, owner, kind, value, estimated, calls } }: Drawn<Frame>): string {
  const size = sized(value, estimated);
  if (kind === 'all') return `all calls: ${size}`;
  if (kind === 'small') return `${name}: ${size}`;
  if (kind === 'awaited') return `awaited by ${owner}, estimated: ${size}`;
  if (kind === 'external') return `external, outside the heap, by ${owner}: ${size}`;
  return `${name}: ${size}, ${calls} ${calls === 1 ? 'call' : 'calls'}${owner === '' ? '' : `  ${owner}`}`;
}

function colorOf({ data: { kind, owner }, highlight }: Drawn<Frame>): string {
  if (highlight) return color('found');
  if (kind === 'awaited') return 'url(#awaited-fill)';
  if (kind === 'external') return 'url(#external-fill)';
  if (kind !== 'function') return color('frame-none');
  let hash = 0;
  for (let n = 0; n < owner.length; n++) hash = (hash * 31 + owner.charCodeAt(n)) % 997;
  return `hsl(${15 + (hash % 40)} ${70 + (hash % 5) * 5}% ${68 + (hash % 4) * 4}%)`;
}

function keyOf(): HTMLElement {
  const item = (kind: string, text: string) =>
    make('span', {}, make('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }), text);
  return make(
    'p',
    { class: 'key' },
    item('exact', 'allocated by a function and those that it called'),
    item('awaited', '~awaited: estimated'),
    item('outside', 'external: outside the heap'),
  );
}

function treeOf({ frames, places }: PageData): Frame {
  const frame = (
    name: string,
    owner: string,
    kind: Kind,
    value: number,
    estimated: boolean,
    calls = 0,
  ): Frame => ({
    name,
    owner,
    kind,
    value,
    estimated,
    calls,
    children: [],
  });
  const root = frame('all', '', 'all', 0, false);
  const all = frames.map(([, place, calls, self, awaited, external, sampled]) => {
    const value = self + awaited + external;
    if (place < 0) return frame(`${calls} smaller ones`, '', 'small', value, sampled === 1 || awaited > 0);
    const [name, file, line] = places[place];
    const one = frame(
      name,
      file === '' ? '' : `${file}:${line}`,
      'function',
      value,
      sampled === 1 || awaited > 0,
      calls,
    );
    if (awaited > 0) one.children.push(frame('~awaited', name, 'awaited', awaited, true));
    if (external > 0) one.children.push(frame('external', name, 'external', external, sampled === 1));
    return one;
  });
  // Those that were called stand after their callers.
  for (let n = all.length - 1; n >= 0; n--) {
    const above = all[frames[n][0]] ?? root;
    above.children.unshift(all[n]);
    above.value += all[n].value;
    if (all[n].estimated) above.estimated = true;
  }
  return root;
}

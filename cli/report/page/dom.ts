// How does the page make its elements? Serves every part of it. Text goes in as text alone: nothing here reads HTML.

import { formatTime, sized } from '../../../profile/shown';
import type { Place } from '../data';

type Child = Node | string | undefined | false;

/** An element with attributes (not `style`: the page's policy forbids it) and what stands in it. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const child of children) if (child !== undefined && child !== false) element.append(child);
  return element;
}

/** An element of the page's frame. @throws where the page has none such: it would be another version's */
export function part(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no part "${id}"`);
  return element;
}

/** Bytes; estimated ones look it. */
export function bytes(size: number, estimated: boolean): HTMLElement {
  const isNothing = size === 0;
  return make(
    'span',
    isNothing ? { class: 'nothing' } : estimated ? { class: 'estimated' } : {},
    sized(size, estimated && !isNothing),
  );
}

export function figure(text: string, estimated: boolean): HTMLElement {
  return make('span', estimated ? { class: 'estimated' } : {}, `${estimated ? '~' : ''}${text}`);
}

/** A function's name and where it stands. */
export function placed([name, file, line, kind]: Place): HTMLElement {
  const kinds = ['', 'async', 'generator', 'async generator'];
  return make(
    'span',
    { class: 'place' },
    make('b', {}, name),
    kind > 0 && make('small', { class: 'kind' }, ` ${kinds[kind] ?? ''}`),
    file !== '' && make('small', { class: 'file' }, ` ${file}:${line}`),
  );
}

/** Something that went together: a term and what there is to it. */
export function facts(...rows: [string, Child][]): HTMLElement {
  const list = make('dl', { class: 'facts' });
  for (const [term, what] of rows) list.append(make('div', {}, make('dt', {}, term), make('dd', {}, what)));
  return list;
}

export function at(ms: number): string {
  return `at ${formatTime(ms)}`;
}

/** A part that scrolls by itself where the page is narrow; the keyboard reaches it. */
export function scrolling(label: string, ...children: Child[]): HTMLElement {
  return make(
    'div',
    { class: 'scrolling', tabindex: '0', role: 'region', 'aria-label': `Table: ${label}` },
    ...children,
  );
}

/** A button that shows what is not shown yet, and goes. */
export function more(text: string, show: () => void): HTMLButtonElement {
  const button = make('button', { type: 'button', class: 'more' }, text);
  button.addEventListener('click', () => {
    button.remove();
    show();
  });
  return button;
}

/** A table's head and its rows; the first column and those in `texts` hold text, the others figures. */
export function table(label: string, head: string[], rows: Child[][], texts: string[] = []): HTMLElement {
  const kind = (n: number): Record<string, string> =>
    n === 0 ? { class: 'first' } : texts.includes(head[n]) ? { class: 'text' } : {};
  const body = make('tbody');
  for (const row of rows) body.append(make('tr', {}, ...row.map((cell, n) => make('td', kind(n), cell))));
  const heads = head.map((one, n) => make('th', { scope: 'col', ...kind(n) }, one));
  return scrolling(
    label,
    make('table', {}, make('caption', {}, label), make('thead', {}, make('tr', {}, ...heads)), body),
  );
}

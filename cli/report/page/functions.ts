// Which function cost what? The table of functions: sorted by a column's button, searched by name and file. Serves whoever
// knows what to look for. Must stay quick with thousands: the first rows are shown, the others when asked for.

import { costOf } from '../../../profile/recording';
import { formatTime } from '../../../profile/shown';
import type { FunctionData, PageData, Place } from '../data';
import { bytes, figure, make, part, placed, scrolling } from './dom';

const SHOWN = 200;
const SVG = 'http://www.w3.org/2000/svg';

interface Column {
  label: string;
  about: string;
  value?: (one: FunctionData) => number;
  cell: (one: FunctionData, place: Place) => Node;
}

const COLUMNS: Column[] = [
  { label: 'Function', about: 'name and place', cell: (_, place) => placed(place) },
  {
    label: 'Cost',
    about: 'total, awaited and external together',
    value: costOf,
    cell: (one) => bytes(costOf(one), one.sampled || one.awaited > 0),
  },
  {
    label: 'Calls',
    about: 'ended calls',
    value: ({ calls }) => calls,
    cell: ({ calls, sampled }) => figure(String(calls), sampled),
  },
  {
    label: 'Self',
    about: 'what its own calls allocated',
    value: ({ self }) => self,
    cell: ({ self, sampled }) => bytes(self, sampled),
  },
  {
    label: 'Total',
    about: 'self, and what it called',
    value: ({ total }) => total,
    cell: ({ total, sampled }) => bytes(total, sampled),
  },
  {
    label: 'Awaited',
    about: 'claimed for what was awaited: estimated',
    value: ({ awaited }) => awaited,
    cell: ({ awaited }) => bytes(awaited, true),
  },
  {
    label: 'External',
    about: 'outside the heap: Buffers',
    value: ({ external }) => external,
    cell: ({ external, sampled }) => bytes(external, sampled),
  },
  {
    label: 'Max',
    about: 'the costliest call, total and awaited',
    value: ({ max }) => max,
    cell: ({ max, awaited, sampled }) => bytes(max, sampled || awaited > 0),
  },
  {
    label: 'p50',
    about: 'half of its calls cost less',
    value: ({ p50 }) => p50 ?? -1,
    cell: ({ p50 }) => share(p50),
  },
  {
    label: 'p99',
    about: '99 of 100 calls cost less',
    value: ({ p99 }) => p99 ?? -1,
    cell: ({ p99 }) => share(p99),
  },
  {
    label: 'Time',
    about: 'from call to end, waiting too',
    value: ({ time }) => time,
    cell: ({ time, sampled }) => figure(formatTime(time), sampled),
  },
  {
    label: 'Errors',
    about: 'calls that threw',
    value: ({ errors }) => errors,
    cell: ({ errors, sampled }) => figure(String(errors), sampled && errors > 0),
  },
  {
    label: 'Trend',
    about: 'bytes over the time of the recording',
    cell: ({ trend }, [name]) => sparkline(trend, name),
  },
];

export function showFunctions({ functions, places, omitted }: PageData): void {
  const place = part('functions');
  if (functions.length === 0) {
    place.append(make('p', {}, 'No call was recorded.'));
    return;
  }
  const names = functions.map(({ place: n }) => `${places[n][0]} ${places[n][1]}`.toLowerCase());
  const search = make('input', { type: 'search', id: 'search', autocomplete: 'off', spellcheck: 'false' });
  const count = make('p', { class: 'note', role: 'status' });
  const body = make('tbody');
  const all = make('button', { type: 'button', class: 'more' });
  let sortBy = COLUMNS[1];
  let down = true;
  let most = SHOWN;
  const heads = COLUMNS.map((column) => {
    const button = make('button', { type: 'button', title: column.about }, column.label);
    const head = make('th', { scope: 'col' }, column === COLUMNS.at(-1) ? column.label : button);
    button.addEventListener('click', () => {
      down = sortBy === column ? !down : column.value !== undefined;
      sortBy = column;
      draw();
    });
    return head;
  });
  const draw = () => {
    const term = search.value.trim().toLowerCase();
    const found = functions.map((_, n) => n).filter((n) => names[n].includes(term));
    const { value } = sortBy;
    const order = value
      ? (a: number, b: number) => value(functions[a]) - value(functions[b])
      : (a: number, b: number) => (names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : 0);
    found.sort((a, b) => (down ? order(b, a) : order(a, b)) || a - b);
    heads.forEach((head, n) => {
      if (COLUMNS[n] === sortBy) head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    });
    const shown = found.slice(0, most);
    body.replaceChildren(...shown.map((n) => rowOf(functions[n], places[functions[n].place])));
    all.hidden = found.length <= shown.length;
    all.textContent = `Show all ${found.length}`;
    const rest = omitted > 0 ? `; ${omitted} more, the cheapest, are left out` : '';
    count.textContent = `${found.length} of ${functions.length} functions${found.length > shown.length ? `, the first ${shown.length} shown` : ''}${rest}`;
  };
  search.addEventListener('input', () => {
    most = SHOWN;
    draw();
  });
  all.addEventListener('click', () => {
    most = Number.POSITIVE_INFINITY;
    draw();
  });
  place.append(
    make('p', {}, make('label', { for: 'search' }, 'Search functions: '), search),
    count,
    scrolling(
      'Functions',
      make(
        'table',
        { id: 'table' },
        make('caption', {}, 'Functions'),
        make('thead', {}, make('tr', {}, ...heads)),
        body,
      ),
    ),
    all,
  );
  draw();
}

function rowOf(one: FunctionData, place: Place): HTMLElement {
  return make(
    'tr',
    {},
    ...COLUMNS.map(({ cell }, n) =>
      n === 0
        ? make('th', { scope: 'row', class: 'first' }, cell(one, place))
        : make('td', {}, cell(one, place)),
    ),
  );
}

function share(size: number | null): Node {
  return size === null ? make('span', { class: 'nothing' }, 'not told') : bytes(size, true);
}

function sparkline(trend: number[], name: string): Node {
  if (trend.length === 0) return make('span', { class: 'nothing' }, 'none');
  const svg = document.createElementNS(SVG, 'svg');
  const step = 80 / (trend.length - 1);
  const line = trend
    .map((share, n) => `${n === 0 ? 'M' : 'L'}${(n * step).toFixed(1)} ${(20 - share * 0.19).toFixed(1)}`)
    .join('');
  for (const [key, value] of Object.entries({
    viewBox: '0 0 80 21',
    class: 'trend',
    role: 'img',
    'aria-label': `Trend of ${name}`,
  }))
    svg.setAttribute(key, value);
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', line);
  svg.append(path);
  return svg;
}

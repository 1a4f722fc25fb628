// How did the memory go? A chart for each thread: heap, RSS, external memory, their limits, collections and spikes. Serves
// whoever looks for the moment when it began. The mouse zooms by dragging, the keyboard by buttons.

import uPlot from 'uplot';
import { formatSize } from '../../../contract/size';
import { formatTime, percent } from '../../../profile/shown';
import type { PageData, Place, TrackData } from '../data';
import { make, part } from './dom';
import { color, whenThemed } from './theme';

const HEIGHT = 300;
// Where a limit is further away than that, it would press everything else flat.
const FAR = 4;

interface Series {
  label: string;
  color: string;
  values: (number | null)[];
  shown: boolean;
  dash?: number[];
  scale?: 'share';
}

/** What the reader chose: it outlasts a change of colours. */
interface View {
  shown: Map<string, boolean>;
  zoom?: { min: number; max: number };
}

export function showMemory({ tracks, places }: PageData): void {
  const place = part('memory');
  const used = tracks.filter(({ at }) => at.length > 0);
  if (used.length === 0) {
    place.append(make('p', {}, 'Nothing is recorded of the memory.'));
    return;
  }
  const chart = make('div', { class: 'chart' });
  let track = used[0];
  const view: View = { shown: new Map() };
  let stop: () => void = () => {};
  const draw = () => {
    stop();
    stop = chartOf(chart, track, places, view);
  };
  if (used.length > 1) {
    const select = make('select', { id: 'thread' });
    select.append(...used.map(({ label }, n) => make('option', { value: String(n) }, label)));
    select.addEventListener('change', () => {
      track = used[Number(select.value)];
      view.zoom = undefined;
      draw();
    });
    place.append(make('p', {}, make('label', { for: 'thread' }, 'Thread: '), select));
  }
  place.append(chart);
  whenThemed(draw);
}

function seriesOf(track: TrackData): Series[] {
  const level = (value: number) => track.at.map(() => value);
  const near = (limit: number, values: (number | null)[]) => limit <= FAR * most(values);
  const all: Series[] = [
    { label: 'Heap', color: 'heap', values: track.heap, shown: true },
    { label: 'RSS', color: 'rss', values: track.rss, shown: true },
    { label: 'External', color: 'external', values: track.external, shown: true },
  ];
  if (track.heapLimit > 0)
    all.push({
      label: "V8's heap limit",
      color: 'heap',
      values: level(track.heapLimit),
      shown: near(track.heapLimit, track.heap),
      dash: [8, 5],
    });
  if (track.rssLimit !== null)
    all.push({
      label: `RSS limit${track.rssLimitBy === '' ? '' : ` by ${track.rssLimitBy}`}`,
      color: 'rss',
      values: level(track.rssLimit),
      shown: near(track.rssLimit, track.rss),
      dash: [2, 4],
    });
  if (track.collecting.some((share) => share !== null))
    all.push({
      label: 'Collecting',
      color: 'collecting',
      values: track.collecting,
      shown: true,
      scale: 'share',
    });
  return all;
}

/** Draws it as the reader had it, and gives what takes it away again. */
function chartOf(place: HTMLElement, track: TrackData, places: Place[], view: View): () => void {
  const all = seriesOf(track).map((one) => ({ ...one, shown: view.shown.get(one.label) ?? one.shown }));
  const { zoom } = view;
  const hasShare = all.some(({ scale }) => scale === 'share');
  const canvas = make('div', { class: 'plot', role: 'img', 'aria-label': summary(track) });
  const range = make('p', { class: 'range', 'aria-live': 'polite' });
  const readout = make('p', { class: 'readout' });
  const legend = make('div', { class: 'legend' });
  const axis = {
    stroke: color('dim'),
    grid: { stroke: color('line'), width: 1 },
    ticks: { stroke: color('line') },
  };
  const seconds = track.at.map((ms) => ms / 1000);
  const width = () => Math.max(200, place.clientWidth);
  place.replaceChildren(
    canvas,
    make('div', { class: 'under' }, range, readout),
    zoomButtons(() => plot, seconds),
    legend,
    marksNote(track, places),
  );
  const plot = new uPlot(
    {
      width: width(),
      height: HEIGHT,
      legend: { show: false },
      cursor: { drag: { x: true, y: false } },
      scales: {
        x: { time: false },
        y: { range: (_, __, most) => [0, Math.max(1, (most ?? 0) * 1.05)] },
        share: { range: [0, 1] },
      },
      series: [
        {},
        ...all.map(({ label, color: name, shown, dash, scale }) => ({
          label,
          stroke: color(name),
          fill: scale === 'share' ? `${color(name)}33` : undefined,
          width: dash ? 1.5 : 2,
          dash,
          show: shown,
          scale: scale ?? 'y',
          points: { show: seconds.length < 3 },
        })),
      ],
      axes: [
        { ...axis, values: (_, splits) => splits.map((one) => clock(one, splits[1] - splits[0])), space: 70 },
        { ...axis, scale: 'y', values: (_, splits) => splits.map(formatSize), size: 74 },
        ...(hasShare
          ? [
              {
                ...axis,
                grid: { show: false },
                scale: 'share',
                side: 1 as const,
                values: (_: uPlot, splits: number[]) => splits.map(percent),
                size: 56,
              },
            ]
          : []),
      ],
      hooks: {
        setScale: [
          (one, key) => {
            if (key !== 'x') return;
            const { min = 0, max = 0 } = one.scales.x;
            view.zoom = { min, max };
            const step = (max - min) / 100;
            range.textContent = `Shown: ${clock(min, step)} to ${clock(max, step)}`;
          },
        ],
        setCursor: [
          ({ cursor: { idx } }) => {
            readout.textContent = typeof idx === 'number' ? readAt(all, idx, seconds[idx]) : '';
          },
        ],
        draw: [(one) => drawMarks(one, track)],
      },
    },
    [seconds, ...all.map(({ values: some }) => some)] as uPlot.AlignedData,
    canvas,
  );
  all.forEach(({ label, color: name, shown, dash }, n) => {
    const swatch = make('span', { class: `swatch ${dash ? 'dashed' : ''} ${name}`, 'aria-hidden': 'true' });
    const button = make('button', { type: 'button', 'aria-pressed': String(shown) }, swatch, label);
    button.addEventListener('click', () => {
      const show = button.getAttribute('aria-pressed') !== 'true';
      button.setAttribute('aria-pressed', String(show));
      view.shown.set(label, show);
      plot.setSeries(n + 1, { show });
    });
    legend.append(button);
  });
  if (zoom) plot.setScale('x', zoom);
  const resize = () => plot.setSize({ width: width(), height: HEIGHT });
  window.addEventListener('resize', resize);
  return () => {
    window.removeEventListener('resize', resize);
    plot.destroy();
  };
}

/** What stands under the cursor, in words. */
function readAt(all: Series[], index: number, at: number): string {
  const told = all.flatMap(({ label, values, scale }) => {
    const value = values[index];
    if (value === null || value === undefined) return [];
    return `${label} ${scale === 'share' ? percent(value) : formatSize(value)}`;
  });
  return `At ${clock(at, 0.1)}: ${told.join(', ')}`;
}

// Seconds, in as many digits as tell two of them apart; beyond two minutes as a clock has it.
function clock(seconds: number, step: number): string {
  const digits = step > 0 ? Math.min(3, Math.max(0, Math.ceil(-Math.log10(step)))) : 1;
  if (seconds < 120) return `${seconds.toFixed(digits)} s`;
  const whole = Math.round(seconds);
  const two = (figure: number) => String(figure).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  const part = step < 1 ? (seconds - Math.floor(seconds)).toFixed(digits).slice(1) : '';
  const rest = two(step < 1 ? Math.floor(seconds) % 60 : whole % 60) + part;
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${rest}`;
}

function most(values: (number | null)[]): number {
  return Math.max(...values.map((value) => value ?? 0));
}

/** The chart in words. */
function summary(track: TrackData): string {
  const peak = (values: (number | null)[]) => {
    const highest = most(values);
    const index = Math.max(0, values.indexOf(highest));
    return `${formatSize(highest)} at ${formatTime(track.at[index])}`;
  };
  const heap = track.heap.filter((size) => size !== null);
  return `Memory of ${track.label}: heap from ${formatSize(heap[0] ?? 0)} to ${formatSize(heap.at(-1) ?? 0)}, at most ${peak(track.heap)}; RSS at most ${peak(track.rss)}; external memory at most ${peak(track.external)}; ${track.major.length} collections of the whole heap, ${track.spikes.length} spikes.`;
}

// Collections of the whole heap below, spikes above.
function drawMarks({ ctx, bbox, valToPos }: uPlot, track: TrackData): void {
  const size = 6 * devicePixelRatio;
  const within = (at: number) => {
    const x = valToPos(at / 1000, 'x', true);
    return x >= bbox.left && x <= bbox.left + bbox.width ? x : undefined;
  };
  ctx.save();
  ctx.fillStyle = color('collecting');
  for (const [at] of track.major) {
    const x = within(at);
    if (x !== undefined)
      ctx.fillRect(x - devicePixelRatio, bbox.top + bbox.height - 2 * size, 2 * devicePixelRatio, 2 * size);
  }
  ctx.fillStyle = color('spike');
  for (const [at] of track.spikes) {
    const x = within(at);
    if (x === undefined) continue;
    ctx.beginPath();
    ctx.moveTo(x - size, bbox.top);
    ctx.lineTo(x + size, bbox.top);
    ctx.lineTo(x, bbox.top + 1.6 * size);
    ctx.fill();
  }
  ctx.restore();
}

function marksNote({ major, spikes }: TrackData, places: Place[]): HTMLElement {
  const times = major.reduce((sum, [, one]) => sum + one, 0);
  const names = [...new Set(spikes.map(([, place]) => places[place][0]))].slice(0, 3).join(', ');
  const marks = [
    times > 0 && `Bars below: ${times} ${times === 1 ? 'collection' : 'collections'} of the whole heap.`,
    spikes.length > 0 &&
      `Triangles above: ${spikes.length} ${spikes.length === 1 ? 'call' : 'calls'} that passed the threshold (${names}).`,
    'Drag to zoom, double click to see all.',
  ].filter(Boolean);
  return make('p', { class: 'note' }, marks.join(' '));
}

function zoomButtons(plot: () => uPlot, seconds: number[]): HTMLElement {
  const first = seconds[0];
  const last = seconds[seconds.length - 1];
  const go = (by: number, zoom: number) => () => {
    const { min = first, max = last } = plot().scales.x;
    const width = Math.min(last - first, (max - min) * zoom);
    const middle = (min + max) / 2 + by * (max - min);
    const from = Math.max(first, Math.min(last - width, middle - width / 2));
    plot().setScale('x', { min: from, max: from + width });
  };
  const buttons: [string, () => void][] = [
    ['Zoom in', go(0, 0.5)],
    ['Zoom out', go(0, 2)],
    ['Earlier', go(-0.5, 1)],
    ['Later', go(0.5, 1)],
    ['All', () => plot().setScale('x', { min: first, max: last })],
  ];
  const group = make('div', { class: 'buttons', role: 'group', 'aria-label': 'Time that is shown' });
  for (const [label, run] of buttons) {
    const button = make('button', { type: 'button' }, label);
    button.addEventListener('click', run);
    group.append(button);
  }
  return group;
}

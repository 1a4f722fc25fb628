// The chart of docs/truth.md: the median absolute error of each tool, by source and number in flight. Serves
// readers in dark and in light; it must never cut a bar.

import { median } from '../median';
import { error, isBystander, type Load, type Result, TOOLS, type ToolName } from './report';

const COLORS: Record<ToolName, string> = { memprof: '#2f8f5b', heapUsed: '#d9822b', hooks: '#7a6fd0' };
const LABELS: Record<ToolName, string> = {
  memprof: 'memprof',
  heapUsed: 'heapUsed difference',
  hooks: 'async_hooks',
};
const TOP = 50;
const HEIGHT = 240;
const LEFT = 70;
const BAR = 11;
const LOW = -1;

function medianError({ truth }: Result, load: Load, tool: ToolName): number {
  const names = Object.keys(truth).filter((name) => !isBystander(name));
  return median(names.map((name) => Math.abs(error(load[tool][name].bytes, truth[name]))));
}

export function chart(results: Result[]): string {
  const parts: string[] = [];
  const bottom = TOP + HEIGHT;
  const worst = Math.max(
    1000,
    ...results.flatMap((r) => r.loads.flatMap((load) => TOOLS.map((tool) => medianError(r, load, tool)))),
  );
  const high = Math.ceil(Math.log10(worst));
  const y = (percent: number) => {
    const log = Math.max(LOW, Math.log10(Math.max(percent, 1e-9)));
    return TOP + HEIGHT * (1 - (log - LOW) / (high - LOW));
  };
  let x = LEFT + 10;
  for (const result of results) {
    const began = x;
    for (const load of result.loads) {
      for (const tool of TOOLS) {
        const value = medianError(result, load, tool);
        // What is under the scale's end is still drawn, as a stub.
        const top = Math.min(y(value), bottom - 2);
        const title = `${result.source}, ${load.inFlight} in flight, ${LABELS[tool]}: ${value.toFixed(2)} %`;
        parts.push(
          `<rect x="${x}" y="${top.toFixed(1)}" width="${BAR - 1}" height="${(bottom - top).toFixed(1)}" fill="${COLORS[tool]}"><title>${title}</title></rect>`,
        );
        x += BAR;
      }
      parts.push(
        `<text x="${x - 1.5 * BAR}" y="${bottom + 16}" text-anchor="middle">${load.inFlight}</text>`,
      );
      x += 8;
    }
    parts.push(
      `<text class="name" x="${(began + x - 8) / 2}" y="${bottom + 36}" text-anchor="middle">${result.source}</text>`,
    );
    x += 18;
  }
  const width = Math.max(x, 620);
  const grid: string[] = [];
  for (let log = LOW; log <= high; log++) {
    const at = y(10 ** log).toFixed(1);
    grid.push(`<line x1="${LEFT}" x2="${width - 10}" y1="${at}" y2="${at}"/>`);
    grid.push(`<text x="${LEFT - 8}" y="${Number(at) + 4}" text-anchor="end">${10 ** log} %</text>`);
  }
  const legend = TOOLS.map((tool, i) => {
    const at = LEFT + i * 160;
    return `<rect x="${at}" y="14" width="12" height="12" fill="${COLORS[tool]}"/><text x="${at + 18}" y="24">${LABELS[tool]}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${bottom + 66}" width="${width}" height="${bottom + 66}" role="img" aria-label="Median absolute error by tool, log scale">
<style>
text { font: 12px system-ui, sans-serif; fill: #333; }
.name { font-weight: 600; }
line { stroke: #888; stroke-opacity: 0.35; }
@media (prefers-color-scheme: dark) { text { fill: #ddd; } }
</style>
${[...legend, ...grid, ...parts].join('\n')}
<text x="${LEFT}" y="${bottom + 58}">Median of the functions' absolute errors, by calls in flight; log scale, a stub is 0.1 % or less.</text>
</svg>
`;
}

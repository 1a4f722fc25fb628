// How does a report's page look? Light and dark, on a phone and on paper. Serves the page, whose policy allows no style but
// this; colours that its script draws with are the variables at the top.

export const STYLES = `
:root {
  color-scheme: light;
  --ground: #ffffff; --card: #f5f6f8; --text: #1c2128; --dim: #555e6a; --line: #d5d9df; --accent: #0b57a4;
  --alarm: #a3251b; --heap: #0b62b8; --rss: #8a3ffc; --external: #0a7a55; --collecting: #a85400; --spike: #c2185b;
  --found: #ff7be5; --frame-none: #d9dde3; --estimated: #7a4a00;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme="light"]) {
    color-scheme: dark;
    --ground: #14171c; --card: #1e232b; --text: #e7eaee; --dim: #a5afbb; --line: #39414c; --accent: #7cb8ff;
    --alarm: #ff9a8f; --heap: #5aa9ff; --rss: #c39bff; --external: #41d19c; --collecting: #ffb060; --spike: #ff7aa8;
    --found: #ff9dec; --frame-none: #aab3bf; --estimated: #f0b866;
  }
}
:root[data-theme="dark"] {
  color-scheme: dark;
  --ground: #14171c; --card: #1e232b; --text: #e7eaee; --dim: #a5afbb; --line: #39414c; --accent: #7cb8ff;
  --alarm: #ff9a8f; --heap: #5aa9ff; --rss: #c39bff; --external: #41d19c; --collecting: #ffb060; --spike: #ff7aa8;
  --found: #ff9dec; --frame-none: #aab3bf; --estimated: #f0b866;
}
* { box-sizing: border-box; }
html { scroll-behavior: auto; }
body { margin: 0 auto; padding: 0 1rem 3rem; max-width: 90rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
header { position: relative; padding-top: 1rem; }
h1 { font-size: 1.35rem; margin: 0 9rem 0 0; }
h2 { font-size: 1.2rem; margin: 0 0 .3rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
section { margin-top: 2.2rem; padding-top: 1.2rem; border-top: 1px solid var(--line); min-width: 0; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: .6rem 0; }
a { color: var(--accent); }
nav a { padding: .15rem 0; }
#about, .note, .range, small, .details { color: var(--dim); }
#about { margin: .1rem 9rem .4rem 0; }
.note, .range, .details { font-size: .88rem; }
.details { min-height: 1.5em; }
button, select, input { font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--line);
  border-radius: 5px; padding: .25rem .6rem; max-width: 100%; }
button { cursor: pointer; }
button:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
#theme { position: absolute; top: 1rem; right: 0; }
input[type="search"] { width: 18rem; }
.estimated { font-style: italic; color: var(--estimated); text-decoration: underline dotted; text-underline-offset: 3px; }
.nothing { color: var(--dim); }
.sentence { font-size: 1.1rem; }
.culprit { border-left: 4px solid var(--alarm); background: var(--card); padding: .6rem .9rem; border-radius: 0 6px 6px 0; }
.culprit strong { color: var(--alarm); white-space: pre-wrap; }
code { font: .9em ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.place b { font-weight: 600; overflow-wrap: anywhere; }
.file { overflow-wrap: anywhere; }
.under { display: flex; flex-wrap: wrap; gap: 0 1.5rem; min-height: 2.3em; }
.scrolling { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .87rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
th, td { text-align: right; padding: .28rem .42rem; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; vertical-align: top; }
th:first-child, td.first { text-align: left; white-space: normal; min-width: 15.5rem; }
thead th { background: var(--card); font-weight: 600; }
thead button { background: none; border: 0; padding: 0; font-weight: 600; }
thead button { text-decoration: underline dotted var(--dim); text-underline-offset: 3px; }
th[aria-sort="descending"] button::after { content: " \\2193"; color: var(--text); }
th[aria-sort="ascending"] button::after { content: " \\2191"; color: var(--text); }
tbody tr:last-child > * { border-bottom: 0; }
tbody tr:hover { background: var(--card); }
td .file, th .file { display: block; font-size: .9em; }
td.text { text-align: left; white-space: normal; min-width: 9rem; }
th.text { text-align: left; }
.trend { width: 80px; height: 21px; display: inline-block; }
.trend path { fill: none; stroke: var(--heap); stroke-width: 1.5; }
.more { margin-top: .6rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .3rem; margin: .4rem 0; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem .6rem; }
.legend button[aria-pressed="false"] { text-decoration: line-through; color: var(--dim); }
.readout { font-size: .88rem; font-variant-numeric: tabular-nums; }
.swatch { display: inline-block; width: 1.3em; height: .8em; margin-right: .4em; border-radius: 2px; vertical-align: baseline; }
.legend .swatch { height: 0; border-top: 3px solid; vertical-align: middle; }
.swatch.dashed { border-top-style: dashed; }
.swatch.heap { color: var(--heap); } .swatch.rss { color: var(--rss); } .swatch.external { color: var(--external); }
.swatch.collecting { color: var(--collecting); }
.key { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .88rem; }
.swatch.exact { background: hsl(35 80% 72%); }
.swatch.awaited { background: repeating-linear-gradient(45deg, #6b7f99 0 2px, #d7e3f4 2px 6px); }
.swatch.outside { background: radial-gradient(circle, #1f6b4c 1px, #bfe8d5 1.5px) 0 0 / 6px 6px; }
.awaited-ground { fill: #d7e3f4; } .awaited-line { fill: #a9bdd9; } .external-ground { fill: #bfe8d5; } .external-dot { fill: #7cc4a3; }
.patterns { position: absolute; }
.chart, .flame { overflow: hidden; }
.flame { overflow-y: auto; max-height: 44rem; }
.flame svg { display: block; }
.flame rect { stroke: var(--ground); stroke-width: 1; }
.flame g { cursor: pointer; }
.flame g:focus { outline: none; }
.flame g:focus-visible rect { stroke: var(--text); stroke-width: 2.5; }
.flame g.fade { opacity: .65; }
.d3-flame-graph-label { font-size: 12px; line-height: 19px; padding: 0 4px; color: #14171c; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.cards { padding: 0; list-style: none; }
.cards > li { border: 1px solid var(--line); border-radius: 6px; padding: .45rem .8rem; margin: .4rem 0; overflow-wrap: anywhere; }
.head { font-weight: 400; }
.facts { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; margin: .2rem 0 0; font-size: .92rem; }
.facts div { min-width: 0; }
.facts dt { color: var(--dim); font-size: .82rem; }
.facts dd { margin: 0; }
.facts ul { margin: 0; padding-left: 1.1rem; }
.stack { font-size: .88rem; margin: .3rem 0; }
.thread { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .8rem; margin: .5rem 0; }
summary { cursor: pointer; }
.uplot, .uplot *, .uplot *::before, .uplot *::after { box-sizing: border-box; }
.u-wrap { position: relative; user-select: none; }
.u-over, .u-under { position: absolute; }
.u-under { overflow: hidden; }
.uplot canvas { display: block; position: relative; width: 100%; height: 100%; }
.u-axis { position: absolute; }
.u-select { background: color-mix(in srgb, var(--accent) 25%, transparent); position: absolute; pointer-events: none; }
.u-cursor-x, .u-cursor-y { position: absolute; left: 0; top: 0; pointer-events: none; will-change: transform; }
.u-hz .u-cursor-x { height: 100%; border-right: 1px dashed var(--dim); }
.u-hz .u-cursor-y { width: 100%; border-bottom: 1px dashed var(--dim); }
.u-cursor-pt { position: absolute; top: 0; left: 0; border-radius: 50%; border: 0 solid; pointer-events: none; will-change: transform; }
.u-axis.u-off, .u-select.u-off, .u-cursor-x.u-off, .u-cursor-y.u-off, .u-cursor-pt.u-off { display: none; }
@media (max-width: 40rem) {
  body { padding: 0 .6rem 2rem; font-size: 14px; }
  h1, #about { margin-right: 7.5rem; }
  th:first-child, td.first { min-width: 9.5rem; }
  input[type="search"] { width: 100%; }
}
@media print {
  :root, :root[data-theme="dark"] { color-scheme: light; --ground: #fff; --card: #fff; --text: #000; --dim: #333; --line: #bbb; --estimated: #5a3600; --alarm: #8a1a12; }
  body { font-size: 10pt; max-width: none; padding: 0; }
  nav, button, input, select, label, .buttons, #theme { display: none; }
  thead button { display: inline; }
  thead button::after, th[aria-sort] button::after { content: ""; }
  .legend button { display: inline; border: 0; }
  .scrolling, .flame { overflow: visible; border: 0; max-height: none; }
  table { font-size: 7pt; }
  th, td { padding: 1pt 3pt; }
  th:first-child, td.first { min-width: 0; }
  section { break-inside: auto; }
  tr, .cards > li, .chart { break-inside: avoid; }
}
`;

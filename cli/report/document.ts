// The report's HTML: one file that asks for nothing. Serves `memprof report`. Its policy lets run what the file itself holds,
// by its hash, and nothing else; what recordings say stands in it as data that no parser of HTML can take for its own.

import { createHash } from 'node:crypto';
import type { PageData } from './data';
import { STYLES } from './styles';

const SECTIONS: [id: string, title: string, about: string][] = [
  ['story', 'What happened', ''],
  ['memory', 'Memory over time', ''],
  ['functions', 'Functions', 'Of ended calls, all threads together.'],
  ['flame', 'Who called whom', 'Width is bytes.'],
  ['spikes', 'Spikes', 'Calls that passed their threshold, the costliest first; shapes, never values.'],
  ['heaviest', 'Heaviest calls', 'Of the calls that have a line of their own.'],
  [
    'leaks',
    'What is not let go',
    'Functions that make what stays in memory, as the program has found out while it ran (MEMPROF_LEAKS).',
  ],
  ['unowned', 'What no function owns', 'Code that is not instrumented, by what it allocated.'],
  [
    'last',
    'The last moments',
    'For each thread what is known of its end; the one nearest to its limit first.',
  ],
];

/** @param script of classic kind, from `scriptOf` */
export function documentOf(data: PageData, script: string): string {
  // Only where there is something to tell.
  const sections = SECTIONS.filter(([id]) => id !== 'leaks' || data.leaks.length > 0);
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(STYLES)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>memprof report</title>
<style>${STYLES}</style>
</head>
<body>
<header>
<h1>memprof report</h1>
<p id="about"></p>
<button type="button" id="theme">Theme</button>
<nav aria-label="Parts of the report">${sections.map(([id, title]) => `<a href="#${id}-part">${title}</a>`).join(' ')}</nav>
<p class="note">Figures with a <span class="estimated">~</span>, in italics and underlined, are estimated: claimed for what was awaited, or sampled. All others are exact.</p>
</header>
<main>
<noscript><p>This page is drawn by the script that it holds: allow scripts to see it.</p></noscript>
${sections
  .map(
    ([id, title, about]) =>
      `<section id="${id}-part" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>${about === '' ? '' : `<p class="note">${about}</p>`}<div id="${id}"></div></section>`,
  )
  .join('\n')}
</main>
<svg width="0" height="0" aria-hidden="true" class="patterns"><defs>
<pattern id="awaited-fill" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" class="awaited-ground"/><rect width="2" height="6" class="awaited-line"/></pattern>
<pattern id="external-fill" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" class="external-ground"/><circle cx="3" cy="3" r="1" class="external-dot"/></pattern>
</defs></svg>
<script type="application/json" id="data">${embedded(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that can stand in a script element: nothing in it ends the element, or begins a comment. */
export function embedded(data: unknown): string {
  return JSON.stringify(data).replace(
    /[<\u2028\u2029]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

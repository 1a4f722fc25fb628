// Makes docs/top.svg: the screen of `memprof top` while it watches a program that runs. Serves the documentation; run it by
// `npx tsx test/cli/picture.ts`. Must never show what no terminal has shown.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../support/node';
import { Pseudo } from './pseudo';
import { Folder } from './support';

const COLUMNS = 96;
const ROWS = 17;
const [WIDTH, HEIGHT, MARGIN] = [8, 18, 14];

const SHOP = `const { setTimeout: pause } = require('node:timers/promises');
const recent = [];
class Shop {
  async find(query) {
    await pause(20);
    return this.parse(JSON.stringify(Array.from({ length: query.limit }, (_, id) => ({ id, name: 'flight ' + id }))));
  }
  parse(text) {
    return JSON.parse(text);
  }
}
async function thumbnail(size) {
  await pause(15);
  return Buffer.alloc(size * size * 4);
}
function remember(flights) {
  recent.push(flights);
  if (recent.length > 100) recent.shift();
}
async function answer(shop, n) {
  const [flights] = await Promise.all([shop.find({ limit: 200 + (n % 100) }), thumbnail(150)]);
  remember(flights);
}
async function main() {
  const shop = new Shop();
  for (let n = 0; ; n++) await Promise.all([answer(shop, n), answer(shop, n + 50), answer(shop, n + 75)]);
}
main();
`;

async function main(): Promise<void> {
  const folder = new Folder({ 'shop.js': SHOP });
  const cli = path.join(ROOT, 'dist/cli/main.js');
  const instrument = path.join(folder.path, 'shop.js');
  const program = spawn(process.execPath, [cli, 'run', '--instrument', instrument, 'shop.js'], {
    cwd: folder.path,
    stdio: 'ignore',
  });
  try {
    await begun(folder.path);
    const top = new Pseudo(['top', '--interval', '500'], folder.path, { columns: COLUMNS, rows: ROWS });
    const isFull = (lines: string[]) =>
      ['main', 'find', 'parse', 'thumbnail', 'remember', 'answer'].every((name) =>
        lines.some((line) => line.includes(`${name}  shop.js:`)),
      );
    await top.until(isFull);
    await top.drawn(8);
    const lines = await top.until(isFull);
    fs.writeFileSync(path.join(ROOT, 'docs/top.svg'), svgOf(lines));
    console.log(lines.join('\n'));
    top.type('q');
    await top.end();
  } finally {
    program.kill();
  }
}

/** Once there is a recording. */
async function begun(folder: string): Promise<void> {
  const recordings = path.join(folder, '.memprof');
  fs.mkdirSync(recordings, { recursive: true });
  await new Promise<void>((done) => {
    const watcher = fs.watch(recordings, () => {
      watcher.close();
      done();
    });
  });
}

function svgOf(lines: string[]): string {
  const width = COLUMNS * WIDTH + 2 * MARGIN;
  const height = ROWS * HEIGHT + 2 * MARGIN;
  const title = lines.findIndex((line) => line.includes('[bytes/s]'));
  const texts = lines.flatMap((line, n) => {
    const text = line.trimEnd();
    if (text === '') return [];
    const from = text.length - text.trimStart().length;
    const x = MARGIN + from * WIDTH;
    const y = MARGIN + n * HEIGHT + 13;
    const long = (text.length - from) * WIDTH;
    return [
      `<text x="${x}" y="${y}" textLength="${long}"${n === title ? ' class="title"' : ''}>${escaped(text.trimStart())}</text>`,
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="memprof top">
<style>text{font:13px ui-monospace,Menlo,Consolas,monospace;fill:#d6dae0;white-space:pre}.title{fill:#16191d}</style>
<rect width="${width}" height="${height}" rx="8" fill="#16191d"/>
<rect x="${MARGIN}" y="${MARGIN + title * HEIGHT - 1}" width="${COLUMNS * WIDTH}" height="${HEIGHT}" fill="#d6dae0"/>
${texts.join('\n')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (one) => `&#${one.charCodeAt(0)};`);
}

main();

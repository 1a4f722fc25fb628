// Makes docs/report.png, the picture of a report that the docs show: `npx tsx test/report/pictures.ts FOLDER`, with a folder of
// recordings, e.g. of examples/booking-api: `npm run build:memprof`, MEMPROF_RECORD=FOLDER MEMPROF_SPIKE=20MB
// `npm run start:memprof` there, and `npm run load` beside it. Serves whoever keeps the docs; no test runs it.

import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Folder } from '../cli/support';
import { ROOT } from '../support/node';
import { startBrowser } from './browser';

const WIDTH = 1200;
const MOST = 300_000;
const PICTURE = path.join(ROOT, 'docs/report.png');

async function main([from]: string[]): Promise<void> {
  if (from === undefined)
    throw new Error('no folder of recordings is named: npx tsx test/report/pictures.ts FOLDER');
  const folder = new Folder({});
  const { status, stderr } = folder.memprof(['report', path.resolve(from), '-o', 'report.html']);
  if (status !== 0) throw new Error(stderr);
  const browser = await startBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 }, colorScheme: 'light' });
    await page.goto(pathToFileURL(path.join(folder.path, 'report.html')).href);
    await page.locator('#flame g.frame').first().waitFor();
    // What happened, the memory, the functions, who called whom.
    const end = await page.locator('#spikes-part').evaluate((one) => one.getBoundingClientRect().top);
    await page.screenshot({ path: PICTURE, fullPage: true, clip: { x: 0, y: 0, width: WIDTH, height: end } });
  } finally {
    await browser.close();
  }
  const { size } = fs.statSync(PICTURE);
  console.log(`${path.relative(ROOT, PICTURE)}: ${size} bytes`);
  if (size > MOST)
    throw new Error(`docs/report.png has ${size} bytes, more than ${MOST}: record a shorter run`);
}

main(process.argv.slice(2));

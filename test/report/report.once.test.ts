// The report as a reader has it: in a real browser, from a file. Whether its parts do what they offer, whether the page asks
// for nothing and holds its own policy, whether hostile names stay names, and whether everybody can use it.

import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recordingOf } from '../cli/recordings';
import { Folder } from '../cli/support';
import { ROOT } from '../support/node';
import { startBrowser } from './browser';
import { HOSTILE, hostileText, manyText, NAME, sampleText, WORKER, workerText } from './sample';

const AXE = require.resolve('axe-core/axe.min.js');
const PICTURES = path.join(ROOT, '.cache/report');
const folder = new Folder({
  [`.memprof/${NAME}`]: sampleText(),
  [`.memprof/${WORKER}`]: workerText(),
  [`hostile/${NAME}`]: hostileText(),
  [`hostile/${WORKER}`]: hostileText({ pid: 9, start: 1e300 }),
});

let browser: Browser;
const opened: { page: Page; said: string[]; asked: string[] }[] = [];

test.before(async () => {
  assert.is(folder.memprof(['report']).status, 0);
  assert.is(folder.memprof(['report', 'hostile', '-o', 'hostile.html']).status, 0);
  fs.mkdirSync(PICTURES, { recursive: true });
  browser = await startBrowser();
});
test.after(() => browser?.close());

// Whatever a test does: no page complains, none asks for anything. Not by a hook: uvu passes over a hook's error after a test's.
function pages(name: string, body: () => Promise<void>): void {
  test(name, async () => {
    let failed: unknown;
    await body().catch((error) => {
      failed = error;
    });
    const used = opened.splice(0).map((one) => ({ ...one, url: one.page.url().replace(/#.*/, '') }));
    for (const { page } of used) await page.close();
    if (failed) throw failed;
    for (const { said, asked, url } of used) assert.equal([said, [...new Set(asked)]], [[], [url]]);
  });
}

async function open(
  file = 'memprof-report.html',
  { width = 1280, height = 900, theme = 'light' as 'light' | 'dark' } = {},
): Promise<Page> {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  });
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (one) => said.push(`${one.type()}: ${one.text()}`));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('dialog', (dialog) => {
    said.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  page.on('request', (request) => asked.push(request.url()));
  opened.push({ page, said, asked });
  await page.addInitScript({ path: AXE });
  await page.goto(pathToFileURL(path.join(folder.path, file)).href);
  return page;
}
const names = (page: Page) => page.locator('#table tbody th b').allTextContents();
const frames = (page: Page) =>
  page.locator('#flame g.frame').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
const frame = (page: Page, label: string) => page.locator(`#flame g.frame[aria-label^="${label}"]`);
// Widths are animated for no time, by the browser's next frame.
async function widthOf(page: Page, label: string): Promise<number> {
  const rect = frame(page, label).locator('rect');
  return rect.evaluate(async (one) => {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return Math.round(one.getBoundingClientRect().width);
  });
}
const text = async (part: Locator) => (await part.textContent()) ?? '';

pages('what happened stands first, with the culprit', async () => {
  const page = await open();
  assert.match(
    await text(page.locator('#story .sentence')),
    /^server\.js \(pid 4711\) has no last line .* 86 %\)\.$/,
  );
  assert.match(
    await text(page.locator('#story .culprit')),
    /^the culprit: parseAll\s+src\/shop\.ts:20\s+220\.2 MBit ran when/,
  );
  assert.match(
    await text(page.locator('#story li')),
    /^resize-worker\.js \(pid 4711, thread 1\) exited with status 0 after 19\.5 s/,
  );
});

pages(
  'functions: the costliest first, sorted by each button both ways, and the sorting is said',
  async () => {
    const page = await open();
    assert.equal(await names(page), ['Shop.find', 'parseAll', 'loadImages', 'resize', 'remember']);
    const head = (label: string) => page.locator('#table thead th', { hasText: label });
    assert.is(await head('Cost').getAttribute('aria-sort'), 'descending');
    await page.locator('#table').getByRole('button', { name: 'External' }).click();
    assert.equal((await names(page)).slice(0, 2), ['loadImages', 'resize']);
    assert.equal(
      [await head('Cost').getAttribute('aria-sort'), await head('External').getAttribute('aria-sort')],
      [null, 'descending'],
    );
    await page.locator('#table').getByRole('button', { name: 'Calls' }).click();
    assert.equal(await names(page), ['remember', 'Shop.find', 'parseAll', 'resize', 'loadImages']);
    await page.locator('#table').getByRole('button', { name: 'Calls' }).click();
    assert.equal(await names(page), ['loadImages', 'resize', 'Shop.find', 'parseAll', 'remember']);
    assert.is(await head('Calls').getAttribute('aria-sort'), 'ascending');
    await page.locator('#table').getByRole('button', { name: 'Function' }).click();
    assert.equal(await names(page), ['loadImages', 'parseAll', 'remember', 'resize', 'Shop.find']);
  },
);

pages('functions: figures are those of the recording, estimated ones look it', async () => {
  const page = await open();
  const row = page.locator('#table tbody tr').first();
  const cells = await row.locator('td').allTextContents();
  assert.equal(cells.slice(0, 6), ['~692.1 MB', '600', '62.9 MB', '566.2 MB', '~125.8 MB', '0 B']);
  assert.equal(cells.slice(9, 11), ['18.0 s', '3']);
  assert.is(await row.locator('td').nth(4).locator('.estimated').count(), 1);
  assert.is(await row.locator('td').nth(3).locator('.estimated').count(), 0);
  assert.is(await row.locator('svg path').count(), 1);
  // No call of its own line, no spread.
  assert.is(
    await text(page.locator('#table tbody tr', { hasText: 'parseAll' }).locator('td').nth(7)),
    'not told',
  );
});

pages('functions: the search finds names and files, and says how many', async () => {
  const page = await open();
  await page.getByLabel('Search functions').fill('IMAGES');
  assert.equal(await names(page), ['loadImages', 'resize']);
  assert.match(await text(page.locator('#functions [role=status]')), /^2 of 5 functions$/);
  await page.getByLabel('Search functions').fill('(');
  assert.equal(await names(page), []);
});

pages('the chart is zoomed by dragging, and shows all at a double click; buttons do the same', async () => {
  const page = await open();
  const range = () => text(page.locator('#memory .range'));
  const plot = page.locator('#memory .u-over');
  const whole = await range();
  assert.is(whole, 'Shown: 1.0 s to 60.0 s');
  const box = (await plot.boundingBox())!;
  await page.mouse.move(box.x + 1, box.y + 50);
  assert.is(
    await text(page.locator('#memory .readout')),
    "At 1.0 s: Heap 68.2 MB, RSS 189.8 MB, External 27.3 MB, V8's heap limit 1.0 GB",
  );
  await page.mouse.move(box.x + box.width * 0.25, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 60, { steps: 4 });
  await page.mouse.up();
  const [, from, to] = /^Shown: ([\d.]+) s to ([\d.]+) s$/.exec(await range())!;
  assert.ok(Math.abs(Number(from) - 15.8) < 0.5 && Math.abs(Number(to) - 30.5) < 0.5, `${from} to ${to}`);
  await plot.dblclick();
  assert.is(await range(), whole);
  await page.getByRole('button', { name: 'Zoom in' }).click();
  assert.is(await range(), 'Shown: 15.8 s to 45.3 s');
  await page.getByRole('button', { name: 'All', exact: true }).click();
  assert.is(await range(), whole);
});

pages('the chart: one for each thread, lines can be hidden, its summary says the peak', async () => {
  const page = await open();
  const label = async () => (await page.locator('#memory .plot').getAttribute('aria-label')) ?? '';
  assert.match(
    await label(),
    /^Memory of server\.js, pid 4711: .*8 collections of the whole heap, 2 spikes\.$/,
  );
  const rss = page.locator('#memory .legend button', { hasText: /^RSS$/ });
  await rss.click();
  assert.is(await rss.getAttribute('aria-pressed'), 'false');
  assert.match(await text(page.locator('#memory .legend')), /V8's heap limit/);
  await page.getByLabel('Thread').selectOption({ label: 'resize-worker.js, pid 4711, thread 1' });
  assert.match(await label(), /^Memory of resize-worker\.js, pid 4711, thread 1: heap from 21\.0 MB/);
  assert.is(await page.locator('#memory canvas').count(), 1);
});

pages('the flame graph: exact, awaited and external bytes have frames of their own', async () => {
  const page = await open();
  const all = await frames(page);
  assert.equal(all.sort(), [
    'Shop.find: ~692.1 MB, 600 calls  src/shop.ts:10',
    'all calls: ~972.0 MB',
    'awaited by Shop.find, estimated: ~125.8 MB',
    'awaited by loadImages, estimated: ~31.5 MB',
    'external, outside the heap, by loadImages: 188.7 MB',
    'external, outside the heap, by resize: 52.4 MB',
    'loadImages: ~274.7 MB, 15 calls  src/images/load.ts:5',
    'main: ~972.0 MB, 1 call  src/images/load.ts:25',
    'parseAll: 440.4 MB, 600 calls  src/shop.ts:20',
    'remember: 62.9 MB, 1800 calls  src/shop.ts:30',
    'resize: 53.5 MB, 180 calls  src/images/load.ts:15',
  ]);
  const fill = (label: string) => frame(page, label).locator('rect').getAttribute('fill');
  assert.is(await fill('awaited by Shop.find'), 'url(#awaited-fill)');
  assert.is(await fill('external, outside the heap, by resize'), 'url(#external-fill)');
  assert.match((await fill('parseAll')) ?? '', /^hsl/);
});

pages('the flame graph: a click zooms, the button shows all', async () => {
  const page = await open();
  const whole = await widthOf(page, 'main');
  assert.ok((await widthOf(page, 'loadImages')) < whole / 2);
  await frame(page, 'loadImages').click();
  assert.is(await widthOf(page, 'loadImages'), whole);
  assert.is(await frame(page, 'parseAll').count(), 0);
  await page.locator('#flame-reset').click();
  assert.ok((await widthOf(page, 'loadImages')) < whole / 2);
  assert.is(await frame(page, 'parseAll').count(), 1);
});

pages('the flame graph: the keyboard reaches each frame and zooms', async () => {
  const page = await open();
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
  await page.locator('#flame-reset').focus();
  await page.keyboard.press('Tab');
  assert.match(await focused(), /^all calls/);
  for (const [key, label] of [
    ['ArrowDown', /^main/],
    ['ArrowDown', /^Shop\.find/],
    ['ArrowRight', /^loadImages/],
    ['ArrowDown', /^resize/],
    ['ArrowRight', /^awaited by loadImages/],
    ['ArrowUp', /^loadImages/],
    ['Enter', /^loadImages/],
  ] as const) {
    await page.keyboard.press(key);
    assert.match(await focused(), label);
  }
  assert.is(await widthOf(page, 'loadImages'), await widthOf(page, 'all calls'));
  assert.match(await text(page.locator('#flame .details')), /^loadImages: ~274\.7 MB/);
  await page.keyboard.press('Escape');
  assert.ok((await widthOf(page, 'loadImages')) < (await widthOf(page, 'main')) / 2);
});

pages('the flame graph: the search marks what it finds, and sums it once', async () => {
  const page = await open();
  await page.getByLabel('Search frames').fill('images/load');
  // All of them hang below one: its bytes are theirs.
  assert.is(await text(page.locator('#flame .details')), '3 frames found, ~972.0 MB');
  const found = await frame(page, 'resize').locator('rect').getAttribute('fill');
  assert.is.not(await frame(page, 'parseAll').locator('rect').getAttribute('fill'), found);
  await page.getByLabel('Search frames').fill('[');
  assert.is(await text(page.locator('#flame .details')), '0 frames found, 0 B');
});

pages('spikes, heaviest calls, unowned code: shapes, stacks, and the rest on demand', async () => {
  const page = await open();
  const spikes = page.locator('#spikes .cards > li');
  assert.is(await spikes.count(), 2);
  const first = await text(spikes.first());
  assert.match(first, /^~52\.4 MB Shop\.find async src\/shop\.ts:10 at 44\.5 s/);
  assert.match(
    first,
    /code: string\(12\), options: \{limit: number, all: boolean\}.*line 14: \{rows: Array\(90000\)\}, ~6\.3 MB/,
  );
  const heavy = page.locator('#heaviest tbody tr');
  assert.is(await heavy.count(), 10);
  assert.match(await text(heavy.first()), /^Shop\.find.*at 39\.0 s~43\.8 MB.*threw$/);
  await page.locator('#heaviest').getByRole('button', { name: 'Show all 40' }).click();
  assert.is(await heavy.count(), 40);
  assert.match(await text(page.locator('#unowned p').first()), /712\.0 MB\. By none: ~188\.7 MB, ~21 %/);
  await page.locator('#unowned summary').first().click();
  assert.match(await text(page.locator('#unowned .stack').first()), /onData \(\/app\/node_modules\/pg/);
});

pages(
  'the last moments: calls in flight with what they were given, what was alive, notes, how it ended',
  async () => {
    const page = await open();
    const thread = page.locator('#last details.thread').first();
    const rows = await thread.locator('table tbody tr').allTextContents();
    assert.is(rows.length, 3);
    assert.match(rows[0], /^parseAll.*runs, for 500 mstext: string\(19283746\)220\.2 MB/);
    assert.match(
      rows[1],
      /waits at line 14, begun 2\.0 s beforecode: string\(12\), options: \{limit: number\}~37\.7 MB/,
    );
    const all = await text(thread);
    assert.match(all, /heap 90%\): 5 calls/);
    assert.match(all, /and 2 more/);
    assert.match(all, /at 85 % of the heap limit \(sampled\)~440\.4 MB parseAll/);
    assert.match(all, /17 ended calls have no line of their own/);
    assert.match(await text(page.locator('#last details.thread').nth(1)), /exited with status 0/);
  },
);

pages('light and dark: as the system says, then as the button says, also after a reload', async () => {
  const page = await open('memprof-report.html', { theme: 'dark' });
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.is(await ground(), 'rgb(20, 23, 28)');
  await page.getByRole('button', { name: 'Light theme' }).click();
  assert.is(await ground(), 'rgb(255, 255, 255)');
  await page.reload();
  assert.is(await ground(), 'rgb(255, 255, 255)');
  await page.getByRole('button', { name: 'Dark theme' }).click();
  assert.is(await ground(), 'rgb(20, 23, 28)');
});

pages('a change of colours leaves the chart as the reader had it', async () => {
  const page = await open();
  await page.locator('#memory .legend button', { hasText: /^RSS$/ }).click();
  await page.getByRole('button', { name: 'Zoom in' }).click();
  await page.getByRole('button', { name: 'Dark theme' }).click();
  const rss = page.locator('#memory .legend button', { hasText: /^RSS$/ });
  assert.is(await rss.getAttribute('aria-pressed'), 'false');
  assert.is(await text(page.locator('#memory .range')), 'Shown: 15.8 s to 45.3 s');
});

pages('a recording that says next to nothing: each part says so', async () => {
  folder.write({ [`bare/${NAME}`]: recordingOf([], { start: 1e300 }) });
  assert.is(folder.memprof(['report', 'bare', '-o', 'bare.html']).status, 0);
  const page = await open('bare.html');
  const told = await page.locator('main').textContent();
  for (const line of [
    'No call was recorded: name what is to be measured',
    'Nothing is recorded of the memory.',
    'No bytes are recorded of any call.',
    'No call passed its threshold.',
    'No call has a line of its own.',
    'The recording does not say which code made it.',
    'app.js (pid 4711) has no last line',
  ])
    assert.ok(told?.includes(line), line);
  // No calendar has its start.
  assert.match(await text(page.locator('#about')), /^0 ms, 1 process; memprof \d/);
  assert.is(await page.locator('[role=alert]').count(), 0);
});

pages('nothing is loaded, and no foreign script or style has an effect', async () => {
  let asked = 0;
  const server = http.createServer((_, response) => {
    asked++;
    response.end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const page = await browser.newPage();
  // What loads this file gives names to functions by a function of its own.
  await page.addInitScript('globalThis.__name = (it) => it');
  try {
    await page.goto(pathToFileURL(path.join(folder.path, 'memprof-report.html')).href);
    const kept = await page.evaluate(
      async (url) => {
        const refused = new Set<string>();
        Object.assign(window, { refused });
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
          refused.add(effectiveDirective),
        );
        const tried = async (what: () => unknown) => {
          try {
            await what();
            return 'done';
          } catch {
            return 'refused';
          }
        };
        const image = new Image();
        const failed = new Promise((done) => image.addEventListener('error', done));
        image.src = url;
        await failed;
        const styled = document.createElement('p');
        styled.setAttribute('style', 'position: fixed');
        const style = document.createElement('style');
        style.textContent = 'h1 { position: fixed }';
        const frame = document.createElement('iframe');
        frame.src = url;
        document.body.append(styled, style, frame);
        const results = [
          await tried(() => fetch(url)),
          await tried(() => {
            document.body.innerHTML = '<b>x</b>';
          }),
          await tried(() => {
            document.createElement('script').text = 'window.ran = 1';
          }),
        ];
        const position = (element: Element) => getComputedStyle(element).position;
        return {
          results,
          positions: [position(styled), position(document.querySelector('h1')!)],
        };
      },
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    );
    assert.equal(kept.results, ['refused', 'refused', 'refused']);
    assert.equal(kept.positions, ['static', 'static']);
    // The browser tells of it when it finds time.
    const told = ['connect-src', 'frame-src', 'img-src', 'style-src-attr', 'style-src-elem'];
    await page.waitForFunction((all) => {
      const { refused } = window as unknown as { refused: Set<string> };
      return all.every((one) => refused.has(one));
    }, told);
    assert.is(asked, 0);
  } finally {
    await page.close();
    server.close();
  }
});

pages('hostile names stay names: in every part, and nothing runs', async () => {
  const page = await open('hostile.html');
  const all = await names(page);
  assert.is(all.length, HOSTILE.length);
  for (const name of [
    '<script>alert(1)</script>',
    '</script><script>alert(2)</script>',
    '<!-- <img src=x onerror=alert(3)>',
    `"'\`\${alert(4)}&lt;&#60;`,
    'two\\u{a}lines\\u{d}\\u{2028}\\u{2029}',
    '__proto__',
    'constructor',
    'lone \\u{d800} surrogate \\u{dfff}',
    '\\u{1b}[31mred\\u{7}\\u{202e}txet',
    'toString',
    '(no name)',
  ])
    assert.ok(all.includes(name), `${name} among ${all.join(' | ')}`);
  await page.locator('#spikes').getByRole('button').click();
  await page.locator('#unowned').getByRole('button').click();
  assert.is(await page.locator('#spikes .cards > li').count(), 2 * HOSTILE.length);
  assert.is(await page.locator('#last tbody tr').count(), 2 * HOSTILE.length);
  const state = await page.evaluate(() => ({
    scripts: document.scripts.length,
    foreign: document.querySelectorAll('main img, main script, main iframe, [onerror]').length,
    alerts: document.querySelectorAll('[role=alert]').length,
    inherited: Object.keys(Object.prototype).length,
  }));
  assert.equal(state, { scripts: 2, foreign: 0, alerts: 0, inherited: 0 });
});

pages('a narrow screen: the page does not scroll sideways, its parts do by themselves', async () => {
  for (const file of ['memprof-report.html', 'hostile.html']) {
    const page = await open(file, { width: 360, height: 700 });
    for (const one of await page.locator('details').all())
      await one.evaluate((it) => it.setAttribute('open', ''));
    const widths = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.body.scrollWidth,
    ]);
    assert.equal(widths, [360, 360], file);
    if (file === 'memprof-report.html')
      await page.screenshot({ path: path.join(PICTURES, 'narrow.png'), fullPage: true });
  }
});

for (const theme of ['light', 'dark'] as const)
  pages(`axe finds nothing: ${theme}`, async () => {
    for (const file of ['memprof-report.html', 'hostile.html']) {
      const page = await open(file, { theme });
      for (const one of await page.locator('details').all())
        await one.evaluate((it) => it.setAttribute('open', ''));
      const found = await page.evaluate(async () => {
        const { axe } = window as unknown as typeof import('axe-core') & { axe: typeof import('axe-core') };
        const { violations } = await axe.run(document, {});
        return violations.map(
          ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join('  ')}`,
        );
      });
      assert.equal(found, [], file);
      if (file === 'memprof-report.html')
        await page.screenshot({ path: path.join(PICTURES, `${theme}.png`), fullPage: true });
    }
  });

pages('on paper: folded parts are open, no button stands there, nothing is cut off', async () => {
  const page = await open();
  await page.emulateMedia({ media: 'print' });
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')));
  assert.is(await page.locator('details:not([open])').count(), 0);
  assert.not(await page.locator('#theme').isVisible());
  assert.is(
    await page
      .locator('.scrolling')
      .first()
      .evaluate((one) => getComputedStyle(one).overflowX),
    'visible',
  );
  const pdf = await page.pdf({ path: path.join(PICTURES, 'paper.pdf'), format: 'A4' });
  assert.ok(pdf.length > 10_000);
});

pages('thousands of functions: the first 200 until more are asked for; small frames are one', async () => {
  folder.write({ [`many/${NAME}`]: [...manyText({ functions: 3000, paths: 6000, calls: 0 })].join('') });
  assert.is(folder.memprof(['report', 'many', '-o', 'many.html']).status, 0);
  const page = await open('many.html');
  assert.is(await page.locator('#table tbody tr').count(), 200);
  assert.match(
    await text(page.locator('#functions [role=status]')),
    /^3000 of 3000 functions, the first 200 shown$/,
  );
  await page.getByLabel('Search functions').fill('function12');
  assert.is(await page.locator('#table tbody tr').count(), 111);
  await page.getByLabel('Search functions').fill('');
  await page.getByRole('button', { name: 'Show all 3000' }).click();
  assert.is(await page.locator('#table tbody tr').count(), 3000);
  // 6000 paths of which each has its own number of kB: nothing is lost of their sum.
  assert.match(await text(page.locator('#flame g.frame title').first()), /^all calls: 18\.0 GB$/);
  const small = await page.evaluate(
    () => (JSON.parse(document.getElementById('data')!.textContent!) as { frames: number[][] }).frames.length,
  );
  assert.ok(small > 4000 && small < 6000, `${small} frames`);
});

if (process.env.LONG === '1')
  pages('a million calls: the page holds sums', async () => {
    const file = path.join(folder.path, 'long', NAME);
    fs.mkdirSync(path.dirname(file));
    const output = fs.openSync(file, 'w');
    for (const lines of manyText({ functions: 5000, paths: 20_000, calls: 1_000_000 }))
      fs.writeSync(output, lines);
    fs.closeSync(output);
    const began = performance.now();
    const { status, stderr } = folder.memprof(['report', 'long', '-o', 'long.html']);
    assert.is(status, 0, stderr);
    const read = performance.now();
    const page = await open('long.html');
    assert.is(await page.locator('#table tbody tr').count(), 200);
    const shown = performance.now();
    const { size } = fs.statSync(path.join(folder.path, 'long.html'));
    assert.ok(size < 3_000_000, `${size} bytes`);
    console.log(
      `${fs.statSync(file).size} bytes read and written in ${Math.round(read - began)} ms, the page of ${size} bytes shown in ${Math.round(shown - read)} ms`,
    );
  });

pages(
  'what is not let go: who makes it, how fast, how certain, and who keeps it; no such part where nobody is known',
  async () => {
    const page = await open();
    const rows = await page
      .locator('#leaks tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)));
    assert.equal(rows, [
      [
        'parseAll src/shop.ts:20',
        '~8.4 MB',
        '~6.3 MB',
        '~10.5 MB',
        '~61 %',
        '0.98',
        '~429.9 MB',
        'remember src/shop.ts:30',
        'called by main',
      ],
      [
        'load /app/dist/load.js:7',
        '~1.0 MB',
        '0 B',
        '~2.1 MB',
        '~12 %',
        '0.71',
        '~21.0 MB',
        '',
        '~40 arguments live on: {id, rows}; its arguments are not let go',
      ],
    ]);
    assert.match(await text(page.locator('#leaks summary')), /^pid 4711 found out at 52\.0 s$/);
    assert.is(await page.locator('nav a[href="#leaks-part"]').count(), 1);
    const without = sampleText().replace(/\["suspects".*\n/, '');
    fs.mkdirSync(path.join(folder.path, 'healthy'));
    fs.writeFileSync(path.join(folder.path, 'healthy', NAME), without);
    assert.is(folder.memprof(['report', 'healthy', '-o', 'healthy.html']).status, 0);
    const healthy = await open('healthy.html');
    assert.equal(
      [await healthy.locator('#leaks').count(), await healthy.locator('[href="#leaks-part"]').count()],
      [0, 0],
    );
  },
);

test.run();

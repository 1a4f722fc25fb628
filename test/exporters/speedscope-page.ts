// Speedscope's own page, as its package has it, in a browser without a window: what does it say of a file? Serves the tests of
// whatever Speedscope opens.

import { spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { Folder } from '../cli/support';
import { ROOT } from '../support/node';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome'];
const PAGE = path.join(ROOT, 'node_modules/speedscope/dist/release');

const browser = BROWSERS.find((name) => spawnSync(name, ['--version']).status === 0);
if (!browser) console.log(`None of ${BROWSERS.join(', ')} is in PATH: Speedscope's own page is not asked.`);

/** The page's title once the file is open; "speedscope" where it cannot open it, `undefined` where there is no browser. */
export function titleFor(name: string, data: string | Uint8Array): string | undefined {
  if (!browser) return undefined;
  const folder = new Folder({
    // As its own command line hands over a file.
    'file.js': `speedscope.loadFileFromBase64(${JSON.stringify(name)}, "${Buffer.from(data).toString('base64')}")`,
  });
  cpSync(PAGE, path.join(folder.path, 'page'), { recursive: true });
  const { stdout, stderr } = spawnSync(
    browser,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu-sandbox',
      '--allow-file-access-from-files',
      '--virtual-time-budget=10000',
      `--user-data-dir=${path.join(folder.path, 'user')}`,
      '--dump-dom',
      `file://${folder.path}/page/index.html#localProfilePath=${folder.path}/file.js`,
    ],
    { encoding: 'utf8', timeout: 60_000, env: { ...process.env, HOME: folder.path } },
  );
  const title = /<title>([^<]*)<\/title>/.exec(stdout)?.[1];
  if (title === undefined) throw new Error(`the browser shows no page: ${stderr}`);
  return title;
}

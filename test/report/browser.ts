// A real browser for the tests of what is looked at: Debian's chromium, installed where it is missing and that is allowed.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export async function startBrowser(): Promise<Browser> {
  const executablePath = placeOf();
  return chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

function placeOf(): string {
  const place = PLACES.find((one) => existsSync(one));
  if (place) return place;
  if (process.getuid?.() === 0) {
    const apt = (...args: string[]) => spawnSync('apt-get', args, { stdio: 'ignore' });
    apt('update');
    apt('install', '-y', '--no-install-recommends', 'chromium');
  }
  if (!existsSync(PLACES[0]))
    throw new Error(`no browser in ${PLACES.join(', ')}: install one by \`apt-get install -y chromium\``);
  return PLACES[0];
}

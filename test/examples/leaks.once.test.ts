// The examples of leaks do what their README says: `memprof run` names the function that makes what is not let go, and nobody where
// nothing leaks. Each is a process of its own, as a user starts it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { explain } from '../../cli/explain';
import { readRecordings } from '../../profile/read';
import { ROOT } from '../support/node';

const FOLDER = join(ROOT, 'examples', 'leaks');
const EXAMPLES: Record<string, string | null> = {
  cache: 'loadProfile',
  closure: 'makeDocument',
  listeners: 'connect',
  queue: 'accept',
  buffers: 'receive',
  spike: null,
};

/** What it printed, and what `memprof explain` says of it. */
async function run(name: string): Promise<{ printed: string; explained: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'memprof-example-'));
  const child = spawn(
    process.execPath,
    [join(ROOT, 'dist', 'cli', 'main.js'), 'run', '--record', folder, `${name}/app.js`],
    { cwd: FOLDER, env: { ...process.env, MEMPROF_LEAKS: '8s', MEMPROF_LOG: 'spikes' } },
  );
  let printed = '';
  child.stderr.on('data', (data) => {
    printed += data;
  });
  const [status] = await once(child, 'exit');
  assert.is(status, 0, printed);
  return { printed, explained: explain(readRecordings([folder])) };
}

test('each example of a leak is one of these', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((one) => one.isDirectory());
  assert.equal(folders.map(({ name }) => name).sort(), Object.keys(EXAMPLES).sort());
});

// All at once: they are waited for, and idle most of the time.
const runs = new Map(Object.keys(EXAMPLES).map((name) => [name, run(name)]));

for (const [name, truth] of Object.entries(EXAMPLES)) {
  test(`${name}: ${truth === null ? 'nobody leaks, and the one large call is told' : truth}`, async () => {
    const { printed, explained } = (await runs.get(name)) as Awaited<ReturnType<typeof run>>;
    if (truth === null) {
      assert.not.match(printed + explained, /not let go/);
      assert.match(printed, /report allocated .* spike\/app\.js:4/);
      return;
    }
    assert.match(printed, /what is not let go grows by/, explained);
    assert.match(
      explained,
      new RegExp(`what is not let go is made by .*\\n {2}~.* a minute .* ${truth} {2}${name}/app\\.js:\\d+ `),
    );
  });
}

test.run();

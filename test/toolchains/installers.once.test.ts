// memprof's tarball installed by npm workspaces, pnpm and Yarn PnP: the transformer is found from the user's
// project, and so is the runtime. TOOLCHAIN=NAME runs one.

import fs from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Installed } from './installed';
import { isWanted, MEASURED, PRINTED } from './support';

for (const [name, tool, main] of [
  ['workspaces', 'npm', 'packages/app/dist/main.js'],
  ['pnpm', 'pnpm', 'dist/main.js'],
  ['yarn-pnp', 'yarn', 'dist/main.js'],
] as const) {
  if (!isWanted(name)) continue;
  test(`${name}: the transformer is found, and so is the runtime`, () => {
    const project = new Installed(name, name, tool);
    if (name === 'yarn-pnp') assert.not(fs.existsSync(project.file('node_modules')));
    if (name === 'pnpm') assert.ok(fs.lstatSync(project.file('node_modules/memprof')).isSymbolicLink());
    project.build();
    assert.equal(project.start(main), [...PRINTED, ...MEASURED]);
    project.build({ MEMPROF_STRIP: '1' });
    assert.equal(project.start(main), [...PRINTED, 'measured nothing']);
  });
}

test.run();

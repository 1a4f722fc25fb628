// Nest by its three builders: a module, a service with an injected one, and what the container knows of their
// types. TOOLCHAIN=NAME runs one.

import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HERE, isWanted, lines, placeOf, REPORT, Toolchain } from './support';

for (const name of ['nest-tsc', 'nest-webpack', 'nest-swc']) {
  if (!isWanted(name)) continue;
  test(`${name}: measures, injects and strips`, () => {
    const project = new Toolchain(name);
    // One program, three builders.
    for (const entry of ['src', 'tsconfig.json']) {
      fs.rmSync(path.join(project.folder, entry), { recursive: true, force: true });
      fs.cpSync(path.join(HERE, 'projects/nest-tsc', entry), path.join(project.folder, entry), {
        recursive: true,
      });
    }
    const where = (text: string) => placeOf(text, 'projects/nest-tsc/src/orders.service.ts');
    const thrown = where('new Error(');
    const printed = [
      'total 12',
      `Error: no stock of 14 at missing (src/orders.service.ts:${thrown.line}:${thrown.column})`,
      "injected [ 'PricesService' ]",
    ];
    const service = where('export class StockService');
    const measured = [
      `measured OrdersService.total src/orders.service.ts:${where('async total').line} x1`,
      `measured StockService.constructor src/orders.service.ts:${service.line + 1} x1`,
      `measured StockService.missing src/orders.service.ts:${where('missing(').line} x1`,
    ];
    for (const [env, expected] of [
      [{}, [...printed, ...measured]],
      [{ MEMPROF_STRIP: '1' }, [...printed, 'measured nothing']],
    ] as const) {
      project.clean();
      const built = project.script('build', env);
      assert.is(built.status, 0, `${built.stdout}${built.stderr}`);
      const ran = project.script('start', { ...REPORT, ...env });
      // swc's maps name what they cover; some versions of Node show that, others the method with its class.
      const shown = lines(ran.stdout).map((line) => line.replace(' at StockService.missing', ' at missing'));
      assert.equal(shown, expected, ran.stderr);
    }
    for (const [file, text] of Object.entries(project.output()))
      assert.not.match(text, /memprof\/runtime/, file);
  });
}

test.run();

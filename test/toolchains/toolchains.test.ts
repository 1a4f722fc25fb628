// Every toolchain of the README's table: a small project is built and run by the real tool, with memprof as
// it would be published. On: the functions with a tag are measured, under the names, lines and files of the
// source, and a stack trace leads there. Stripped: nothing of memprof is in the output.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NAMES, REPORT, settingsOf, Toolchain } from './support';

const at = (text: string) => Toolchain.placeOf(text);
const thrown = at('new Error(reason)');
const PRINTED = [
  'total 6 Berlin',
  `Error: no stock at failing (src/shop.ts:${thrown.line}:${thrown.column})`,
];
const MEASURED = [
  `measured Shop.constructor src/shop.ts:${at('constructor').line} x1`,
  `measured Shop.load src/shop.ts:${at('async load').line} x1`,
  `measured Shop.total src/shop.ts:${at('total(').line} x1`,
  `measured failing src/shop.ts:${at('failing =').line} x1`,
];

const [major] = process.versions.node.split('.').map(Number);
const only = process.env.TOOLCHAIN?.split(',');

for (const name of NAMES) {
  const settings = settingsOf(name);
  if ((only && !only.includes(name)) || settings.own) continue;
  // Installing and building says little about the version of Node.
  if (process.env.ONCE === 'no' && !settings.everyNode) continue;
  if (settings.node && major < Number(settings.node)) continue;
  test(name, () => {
    const project = new Toolchain(name);
    const lines = (env: NodeJS.ProcessEnv) => {
      project.clean();
      const built = project.script('build', env);
      assert.is(built.status, 0, `build: ${built.stdout}${built.stderr}`);
      const ran = project.script('start', settings.runner ? env : { ...REPORT, ...env });
      assert.is(ran.status, 0, `start: ${ran.stdout}${ran.stderr}`);
      const printed = ran.stdout.trim().split('\n');
      // A runner's own lines stand beside the program's.
      const lines = settings.runner
        ? printed.filter((one) => /^(total|Error:|measured) /.test(one))
        : printed;
      return { lines, said: `${built.stderr}${ran.stderr}` };
    };
    const on = lines({});
    const expected = (...all: string[]) =>
      settings.javascript ? all.map((one) => one.replace('.ts:', '.js:')) : all;
    assert.equal(on.lines, expected(...PRINTED, ...MEASURED), on.said);
    assert.not.match(on.said, 'measures nothing');
    const strip = lines({ MEMPROF_STRIP: '1' });
    assert.equal(strip.lines, expected(...PRINTED, 'measured nothing'), strip.said);
    for (const [file, text] of Object.entries(project.output()))
      assert.not.match(text, /memprof\/runtime/, file);
  });
}

test.run();

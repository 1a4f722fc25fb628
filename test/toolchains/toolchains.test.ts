// Every toolchain of the README's table: a small project is built and run by the real tool, with memprof as
// it would be published. On: the functions with a tag are measured, under the names, lines and files of the
// source, and a stack trace leads there. Stripped: nothing of memprof is in the output.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isWanted, lines, MEASURED, NAMES, PRINTED, REPORT, settingsOf, Toolchain } from './support';

const [major] = process.versions.node.split('.').map(Number);

for (const name of NAMES) {
  const settings = settingsOf(name);
  if (!isWanted(name) || settings.own) continue;
  // Installing and building says little about the version of Node.
  if (process.env.ONCE === 'no' && !settings.everyNode) continue;
  if (settings.node && major < Number(settings.node)) continue;
  test(name, () => {
    const project = new Toolchain(name);
    const run = (env: NodeJS.ProcessEnv) => {
      project.clean();
      const built = project.script('build', env);
      assert.is(built.status, 0, `build: ${built.stdout}${built.stderr}`);
      const ran = project.script('start', settings.runner ? env : { ...REPORT, ...env });
      assert.is(ran.status, 0, `start: ${ran.stdout}${ran.stderr}`);
      const printed = lines(ran.stdout);
      // A runner's own lines stand beside the program's.
      const ours = (one: string) => /^(total|Error:|measured) /.test(one);
      return {
        printed: settings.runner ? printed.filter(ours) : printed,
        said: `${built.stderr}${ran.stderr}`,
      };
    };
    const on = run({});
    const expected = (...all: string[]) =>
      settings.javascript ? all.map((one) => one.replace('.ts:', '.js:')) : all;
    assert.equal(on.printed, expected(...PRINTED, ...MEASURED), on.said);
    assert.not.match(on.said, 'measures nothing');
    const strip = run({ MEMPROF_STRIP: '1' });
    assert.equal(strip.printed, expected(...PRINTED, 'measured nothing'), strip.said);
    for (const [file, text] of Object.entries(project.output()))
      assert.not.match(text, /memprof\/runtime/, file);
  });
}

test.run();

// Which line of the source is a line of what runs: each is told once, and all again where a file is begun anew.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Places } from '../../runtime/recorder/places';

const folder = mkdtempSync(join(tmpdir(), 'memprof-places-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
writeFileSync(
  join(folder, 'a.ts'),
  '\n\nexport function first(): number {\n  return 1;\n}\n\nexport function second() {}\n',
);
const outfile = join(folder, 'dist/a.js');
buildSync({ entryPoints: [join(folder, 'a.ts')], outfile, format: 'cjs', sourcemap: true });

test('a place is told once, and known from then on', () => {
  const places = new Places();
  const file = pathToFileURL(outfile).href;
  const text = readFileSync(outfile, 'utf8').split('\n');
  const at = (name: string) => {
    const line = text.findIndex((one) => one.includes(`function ${name}`));
    return { file, line: line + 1, column: text[line].indexOf('(') };
  };
  const source = join(folder, 'a.ts');
  assert.equal(places.of([at('first'), at('first')]), [[file, at('first').line, source, 3]]);
  assert.equal(places.of([at('first'), at('second')]), [[file, at('second').line, source, 7]]);
  assert.equal(places.known, [
    [file, at('first').line, source, 3],
    [file, at('second').line, source, 7],
  ]);
});

test('what has no map, a broken one, or is no file, has no other place', () => {
  const made = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const places = new Places();
  const files = [
    made('none.js', 'a()'),
    made('gone.js', 'a()\n//# sourceMappingURL=gone.js.map'),
    made('broken.js', 'a()\n//# sourceMappingURL=data:application/json,{"version":3'),
    made('foreign.js', 'a()\n//# sourceMappingURL=data:application/json;base64,W10='),
    'node:internal/timers',
    '',
    join(folder, 'nowhere.js'),
  ];
  assert.equal(places.of(files.map((file) => ({ file, line: 1, column: 0 }))), []);
  assert.equal(places.known, []);
});

test.run();

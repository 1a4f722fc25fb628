import fs from 'node:fs';
import { transformSync } from 'memprof/swc';

fs.mkdirSync('dist', { recursive: true });
for (const name of ['main', 'shop']) {
  const { code, map } = transformSync(fs.readFileSync(`src/${name}.ts`, 'utf8'), {
    memprof: {},
    filename: `src/${name}.ts`,
    sourceMaps: true,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  fs.writeFileSync(`dist/${name}.js`, `${code}\n//# sourceMappingURL=${name}.js.map\n`);
  fs.writeFileSync(`dist/${name}.js.map`, map);
}

// What does the plugin cost a build? Isolates tsc with the plugin from tsc without it, on a project of 500 files of
// which 20 hold selected functions: the same compiler, patched by ts-patch, each side a process of its own, taken in
// turn; and the patched compiler without a plugin against the one that npm installs. Ratios of medians.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './median';

const ROOT = join(__dirname, '..');
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const FILES = 500;
const SELECTED = 20;

const folder = mkdtempSync(join(tmpdir(), 'memprof-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

// Some 120 lines a file, with what services are made of: classes, decorators' worth of types, async methods.
function source(n: number): string {
  const other = (n + 1) % FILES;
  const methods = Array.from(
    { length: 10 },
    (_, m) => `
  ${m === 0 && n % (FILES / SELECTED) === 0 ? '/** @memprof */' : '/** Finds some. */'}
  async find${m}(ids: readonly number[], options: Options = {}): Promise<Map<number, Row>> {
    const found = new Map<number, Row>();
    for (const id of ids) {
      const row = await this.load(id);
      if (row && (options.all || row.tags.includes('t${m}'))) found.set(id, { ...row, name: \`\${row.name} ${m}\` });
    }
    return found;
  }`,
  );
  return `import type { Row as Other } from './file${other}';
export interface Row { id: number; name: string; tags: string[] }
export interface Options { all?: boolean; other?: Other }
export class Service${n} {
  private readonly cache = new Map<number, Row>();
  private async load(id: number): Promise<Row | undefined> {
    return this.cache.get(id);
  }
${methods.join('\n')}
}
`;
}

mkdirSync(join(folder, 'src'));
for (let n = 0; n < FILES; n++) writeFileSync(join(folder, 'src', `file${n}.ts`), source(n));
mkdirSync(join(folder, 'node_modules'));
const modules = (name: string) => join(folder, 'node_modules', name);
symlinkSync(ROOT, modules('memprof'), 'dir');
symlinkSync(join(ROOT, 'node_modules/ts-patch'), modules('ts-patch'), 'dir');
cpSync(join(ROOT, 'node_modules/typescript'), modules('typescript'), { recursive: true });
cpSync(join(ROOT, 'node_modules/typescript'), modules('typescript-plain'), { recursive: true });

const config = (name: string, plugins: object[]) =>
  writeFileSync(
    join(folder, name),
    JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        module: 'commonjs',
        strict: true,
        declaration: true,
        sourceMap: true,
        types: [],
        rootDir: 'src',
        outDir: `out-${name}`,
        plugins,
      },
      include: ['src'],
    }),
  );
config('plain.json', []);
config('plugin.json', [{ transform: 'memprof/transformer' }]);

function run(script: string, args: string[]): number {
  const began = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${script}: ${stdout}${stderr}`);
  return performance.now() - began;
}
const install = spawnSync(
  process.execPath,
  [join(modules('ts-patch'), 'bin/ts-patch.js'), 'install', '-d', folder],
  { cwd: folder, encoding: 'utf8' },
);
if (install.status !== 0) throw new Error(install.stdout + install.stderr);

const tsc = join(modules('typescript'), 'bin/tsc');
const sides: Record<string, () => number> = {
  plain: () => run(join(modules('typescript-plain'), 'bin/tsc'), ['-p', 'plain.json']),
  patched: () => run(tsc, ['-p', 'plain.json']),
  plugin: () => run(tsc, ['-p', 'plugin.json']),
};
const times: Record<string, number[]> = {};
for (let round = 0; round <= ROUNDS; round++) {
  for (const [name, side] of Object.entries(sides)) {
    const time = side();
    // The first one warms the disk.
    if (round > 0) (times[name] ??= []).push(time);
  }
}
const of = (name: string) => median(times[name]);
console.log(`node ${process.version}, ${FILES} files, ${SELECTED} selected, ${ROUNDS} rounds`);
console.log(
  `plain ${(of('plain') / 1000).toFixed(2)} s  patched / plain = ${(of('patched') / of('plain')).toFixed(3)}  plugin / patched = ${(of('plugin') / of('patched')).toFixed(3)}  plugin / plain = ${(of('plugin') / of('plain')).toFixed(3)}`,
);

// The tsc family beyond the shared test: Nest's own program, memprof installed by npm workspaces, pnpm and
// Yarn PnP from its tarball, and what tsc does besides one plain build: `extends`, incremental builds, watch,
// declarations. TOOLCHAIN=NAME runs one.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT } from '../support/node';
import { REPORT, Toolchain } from './support';

const HERE = path.join(ROOT, 'test/toolchains');
const CACHE = path.join(ROOT, '.cache/toolchains');
const only = process.env.TOOLCHAIN?.split(',');

/** A test of one toolchain. */
function check(name: string, title: string, body: () => void | Promise<void>): void {
  if (only && !only.includes(name)) return;
  test(`${name}: ${title}`, body);
}

const at = (text: string, file?: string) => Toolchain.placeOf(text, file);
const place = ({ line, column }: { line: number; column: number }) => `${line}:${column}`;
const PRINTED = [
  'total 6 Berlin',
  `Error: no stock at failing (src/shop.ts:${place(at('new Error(reason)'))})`,
];
const MEASURED = [
  `measured Shop.constructor src/shop.ts:${at('constructor').line} x1`,
  `measured Shop.load src/shop.ts:${at('async load').line} x1`,
  `measured Shop.total src/shop.ts:${at('total(').line} x1`,
  `measured failing src/shop.ts:${at('failing =').line} x1`,
];

function environment(more: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { MEMPROF: _, MEMPROF_STRIP: __, NODE_OPTIONS: ___, CI: ____, ...rest } = process.env;
  const PATH = `${path.dirname(process.execPath)}:${process.env.PATH}`;
  return { ...rest, FORCE_COLOR: '0', MEMPROF_LOG: 'off', PATH, ...more };
}

const lines = (text: string) => text.trim().split('\n');

// Nest: a module, a service with an injected one, and what the container knows of their types.

for (const name of ['nest-tsc', 'nest-webpack', 'nest-swc']) {
  check(name, 'measures, injects and strips', () => {
    const project = new Toolchain(name);
    // One program, three builders.
    for (const entry of ['src', 'tsconfig.json']) {
      fs.rmSync(path.join(project.folder, entry), { recursive: true, force: true });
      fs.cpSync(path.join(HERE, 'projects/nest-tsc', entry), path.join(project.folder, entry), {
        recursive: true,
      });
    }
    const where = (text: string) => at(text, 'projects/nest-tsc/src/orders.service.ts');
    const printed = [
      'total 12',
      // swc's maps name what they cover, and Node shows that.
      `Error: no stock of 14 at ${name === 'nest-swc' ? '' : 'StockService.'}missing (src/orders.service.ts:${place(where('new Error('))})`,
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
      assert.equal(lines(ran.stdout), expected, ran.stderr);
    }
    for (const [file, text] of Object.entries(project.output()))
      assert.not.match(text, /memprof\/runtime/, file);
  });
}

// From the tarball: what npm would publish, installed by the tool itself.

let tarball: Buffer | undefined;
function packed(): Buffer {
  if (tarball) return tarball;
  const folder = path.join(CACHE, '.packed');
  fs.mkdirSync(folder, { recursive: true });
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: ROOT, encoding: 'utf8' }));
  tarball = fs.readFileSync(path.join(folder, filename));
  fs.rmSync(path.join(folder, filename));
  return tarball;
}

type Tool = 'npm' | 'pnpm' | 'yarn';
const TOOLS = { npm: undefined, pnpm: 'pnpm@12.21.0', yarn: '@yarnpkg/cli-dist@4.18.1' };

/** A copy of common/ and a project, in a folder of its own, with memprof installed from its tarball. */
class Installed {
  readonly folder: string;

  constructor(
    name: string,
    from: string,
    readonly tool: Tool = 'npm',
  ) {
    this.folder = path.join(CACHE, name);
    const project = path.join(HERE, 'projects', from);
    const manifest = JSON.parse(fs.readFileSync(path.join(project, 'package.json'), 'utf8'));
    manifest.dependencies = { ...manifest.dependencies, memprof: 'file:memprof.tgz' };
    const text = JSON.stringify(manifest);
    const stamp = path.join(this.folder, '.installed');
    const hash = createHash('sha1').update(text).update(packed()).digest('hex');
    const fresh = fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === hash;
    if (!fresh) fs.rmSync(this.folder, { recursive: true, force: true });
    for (const entry of ['src', 'packages', 'dist'])
      fs.rmSync(path.join(this.folder, entry), { recursive: true, force: true });
    fs.cpSync(path.join(HERE, 'common'), this.folder, { recursive: true });
    fs.cpSync(project, this.folder, { recursive: true });
    fs.writeFileSync(path.join(this.folder, 'package.json'), text);
    fs.writeFileSync(path.join(this.folder, 'memprof.tgz'), packed());
    if (from === 'workspaces') this.spread();
    if (fresh) return;
    const installer = TOOLS[tool];
    const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
    if (installer) this.must('npm', ['install', ...quiet, '--prefix', 'tool', installer]);
    if (tool === 'npm') this.must('npm', ['install', ...quiet, '--no-package-lock']);
    if (tool === 'pnpm') this.must(this.manager, ['install', '--no-frozen-lockfile']);
    if (tool === 'yarn') {
      // An empty lock file says that this is a project of its own; outside CI it may be filled.
      fs.writeFileSync(path.join(this.folder, 'yarn.lock'), '');
      this.must(this.manager, ['install']);
    }
    fs.writeFileSync(stamp, hash);
  }

  private get manager(): string {
    return this.tool === 'npm' ? 'npm' : path.join(this.folder, 'tool/node_modules/.bin', this.tool);
  }

  // The shared source, one file to each package.
  private spread(): void {
    fs.mkdirSync(path.join(this.folder, 'packages/shop/src'));
    fs.renameSync(path.join(this.folder, 'src/shop.ts'), path.join(this.folder, 'packages/shop/src/shop.ts'));
    fs.rmSync(path.join(this.folder, 'src'), { recursive: true });
  }

  run(command: string, args: string[], env: NodeJS.ProcessEnv = {}) {
    const more = this.tool === 'yarn' ? yarnSettings() : {};
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.folder,
      encoding: 'utf8',
      env: environment({ ...more, ...env }),
    });
    return { status, stdout, stderr, text: `${stdout}${stderr}` };
  }

  must(command: string, args: string[], env: NodeJS.ProcessEnv = {}): string {
    const { status, text } = this.run(command, args, env);
    assert.is(status, 0, `${command} ${args.join(' ')}\n${text}`);
    return text;
  }

  build(env: NodeJS.ProcessEnv = {}): string {
    return this.must(this.manager, ['run', 'build'], env);
  }

  start(main: string, env: NodeJS.ProcessEnv = {}): string[] {
    const pnp = this.tool === 'yarn' ? '--require ./.pnp.cjs ' : '';
    const ran = this.run(process.execPath, ['--enable-source-maps', main], {
      ...env,
      NODE_OPTIONS: `${pnp}--require ./report.cjs`,
    });
    assert.is(ran.status, 0, ran.text);
    return lines(ran.stdout);
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  read(name: string): string {
    return fs.readFileSync(this.file(name), 'utf8');
  }

  write(name: string, content: string | object): void {
    fs.mkdirSync(path.dirname(this.file(name)), { recursive: true });
    fs.writeFileSync(this.file(name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

// Yarn reads no .npmrc: it is told of the registry that npm uses.
function yarnSettings(): NodeJS.ProcessEnv {
  const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim();
  return {
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: new URL(registry).hostname,
    YARN_ENABLE_TELEMETRY: '0',
  };
}

for (const [name, tool, main] of [
  ['workspaces', 'npm', 'packages/app/dist/main.js'],
  ['pnpm', 'pnpm', 'dist/main.js'],
  ['yarn-pnp', 'yarn', 'dist/main.js'],
] as const) {
  check(name, 'the transformer is found, and so is the runtime', () => {
    const project = new Installed(name, name, tool);
    if (name === 'yarn-pnp') assert.not(fs.existsSync(project.file('node_modules')));
    if (name === 'pnpm') assert.ok(fs.lstatSync(project.file('node_modules/memprof')).isSymbolicLink());
    project.build();
    assert.equal(project.start(main), [...PRINTED, ...MEASURED]);
    project.build({ MEMPROF_STRIP: '1' });
    assert.equal(project.start(main), [...PRINTED, 'measured nothing']);
  });
}

// What tsc does besides one plain build.

const PLUGIN = { transform: 'memprof/transformer' };
const HOSTS = [
  ['5.9', 'tspc'],
  ['6.0', 'tsp-6'],
] as const;
const kept = new Map<string, Installed>();

/** The project of `tspc` or `tsp-6`, as it was installed, with another tsconfig. */
function checks(version: string, from: string, more: { compilerOptions?: object } = {}): Installed {
  const project = kept.get(version) ?? new Installed(`checks-${version}`, from);
  kept.set(version, project);
  for (const entry of ['dist', 'plain', 'src'])
    fs.rmSync(project.file(entry), { recursive: true, force: true });
  fs.cpSync(path.join(HERE, 'common/src'), project.file('src'), { recursive: true });
  const config = JSON.parse(fs.readFileSync(path.join(HERE, 'projects', from, 'tsconfig.json'), 'utf8'));
  Object.assign(config.compilerOptions, more.compilerOptions);
  project.write('tsconfig.json', config);
  return project;
}

const tspc = (project: Installed, args: string[], env: NodeJS.ProcessEnv = {}) =>
  project.must(project.file('node_modules/.bin/tspc'), args, env);
const measures = (text: string) => text.includes('$mp.enter(');
const isMeasured = (project: Installed) => measures(project.read('dist/shop.js'));

for (const [version, from] of HOSTS) {
  check(from, 'a plugin is inherited through extends; a list of its own replaces it', () => {
    const project = checks(version, from);
    project.write('tsconfig.child.json', { extends: './tsconfig.json' });
    tspc(project, ['-p', 'tsconfig.child.json']);
    assert.ok(isMeasured(project));
    for (const plugins of [[], [{ name: 'a-language-service-plugin' }]]) {
      project.write('tsconfig.child.json', { extends: './tsconfig.json', compilerOptions: { plugins } });
      assert.is(tspc(project, ['-p', 'tsconfig.child.json']), '');
      assert.not(isMeasured(project));
    }
    const plugins = [{ name: 'a-language-service-plugin' }, PLUGIN];
    project.write('tsconfig.child.json', { extends: './tsconfig.json', compilerOptions: { plugins } });
    tspc(project, ['-p', 'tsconfig.child.json']);
    assert.ok(isMeasured(project));
  });

  check(from, 'declarations are those of plain tsc', () => {
    const project = checks(version, from, { compilerOptions: { declaration: true, declarationMap: true } });
    tspc(project, ['-p', '.']);
    project.must(project.file('node_modules/.bin/tsc'), ['-p', '.', '--outDir', 'plain']);
    assert.ok(isMeasured(project));
    assert.not(measures(project.read('plain/shop.js')));
    const declarations = fs.readdirSync(project.file('dist')).filter((name) => /\.d\.ts/.test(name));
    assert.is(declarations.length, 4);
    for (const name of declarations) assert.is(project.read(`dist/${name}`), project.read(`plain/${name}`));
  });

  const incremental = { compilerOptions: { incremental: true, tsBuildInfoFile: 'dist/tsbuildinfo' } };
  const times = (project: Installed) =>
    ['shop.js', 'main.js', 'tsbuildinfo'].map((name) => fs.statSync(project.file(`dist/${name}`)).mtimeMs);

  for (const mode of [['-p', '.'], ['-b']]) {
    check(from, `${mode[0]}, incremental: nothing changed, nothing written; one file changed`, () => {
      const project = checks(version, from, incremental);
      tspc(project, mode);
      const before = times(project);
      tspc(project, mode);
      assert.equal(times(project), before);
      project.write('src/main.ts', `${project.read('src/main.ts')}\nexport const more = 1;\n`);
      tspc(project, mode);
      assert.match(project.read('dist/main.js'), 'exports.more');
      assert.is(fs.statSync(project.file('dist/shop.js')).mtimeMs, before[0]);
      assert.equal(project.start('dist/main.js'), [...PRINTED, ...MEASURED]);
    });

    check(from, `${mode[0]}, incremental: the way out after options changed`, () => {
      const project = checks(version, from, incremental);
      tspc(project, mode);
      const again = () => {
        if (mode[0] === '-b') return tspc(project, ['-b', '--force'], { MEMPROF_STRIP: '1' });
        fs.rmSync(project.file('dist/tsbuildinfo'));
        return tspc(project, mode, { MEMPROF_STRIP: '1' });
      };
      again();
      assert.not(isMeasured(project));
      assert.equal(project.start('dist/main.js'), [...PRINTED, 'measured nothing']);
    });

    check(from, `${mode[0]} --watch: a file that changes is emitted measured`, async () => {
      const project = checks(version, from, incremental);
      const child = spawn(
        process.execPath,
        [project.file('node_modules/ts-patch/bin/tspc.js'), ...mode, '--watch'],
        { cwd: project.folder, env: environment({}) },
      );
      let printed = '';
      const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => {
          printed += text;
        });
      const until = async (sure: () => boolean) => {
        const end = Date.now() + 60_000;
        for (let turn = 1; !sure(); turn++) {
          assert.ok(Date.now() < end && child.exitCode === null, `waited in vain: ${printed}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
          // On a busy machine tsc may read a file while it is written, and miss that it was finished.
          if (turn % 100 === 0) project.write('src/shop.ts', project.read('src/shop.ts'));
        }
      };
      const idle = (count: number) => printed.split('Watching for file changes').length > count;
      const out = (name: string) =>
        fs.existsSync(project.file(`dist/${name}`)) ? project.read(`dist/${name}`) : '';
      try {
        await until(() => idle(1));
        assert.ok(isMeasured(project));
        const other = out('main.js');
        project.write('src/shop.ts', project.read('src/shop.ts').replace('row.price, 0', 'row.price, 1'));
        await until(() => idle(2) && out('shop.js').includes('row.price, 1'));
        assert.ok(isMeasured(project));
        assert.is(out('main.js'), other);
        const tagged = '/** @memprof */\nexport const later = () => [1];\n';
        project.write('src/shop.ts', `${project.read('src/shop.ts')}${tagged}`);
        await until(() => idle(3) && out('shop.js').includes('"later"'));
      } finally {
        child.kill();
        await ended;
      }
      const ran = project.start('dist/main.js');
      assert.equal(ran, ['total 7 Berlin', ...PRINTED.slice(1), ...MEASURED]);
    });
  }

  // A plain entry is called where something is emitted. With "transformProgram" the options are a part of what
  // tsc compares with its tsbuildinfo.
  const entry = (more: object = {}) => ({ ...PLUGIN, transformProgram: true, ...more });
  const count = (project: Installed, name: string) =>
    project.read(`dist/${name}.js`).split('$mp.enter(').length - 1;

  for (const mode of [['-p', '.'], ['-b']]) {
    check(from, `${mode[0]}, incremental, transformProgram: changed options emit again`, () => {
      const project = checks(version, from, incremental);
      const config = JSON.parse(project.read('tsconfig.json'));
      const build = (plugins: object[], env: NodeJS.ProcessEnv = {}, args = mode) => {
        config.compilerOptions.plugins = plugins;
        if (project.read('tsconfig.json') !== JSON.stringify(config)) project.write('tsconfig.json', config);
        tspc(project, args, env);
        return ['shop', 'main'].map((name) => count(project, name));
      };
      assert.equal(build([entry()]), [4, 0]);
      assert.equal(project.start('dist/main.js'), [...PRINTED, ...MEASURED]);
      const before = times(project);
      assert.equal(build([entry()]), [4, 0]);
      assert.equal(times(project), before);
      assert.equal(build([entry({ functions: 'all' })]), [7, 1]);
      assert.equal(build([entry({ functions: 'all', include: ['src/main.ts'] })]), [4, 1]);
      assert.equal(build([entry({ strip: true })]), [0, 0]);
      assert.equal(build([entry()]), [4, 0]);
      assert.equal(build([]), [0, 0]);
      assert.equal(build([entry()]), [4, 0]);
      // -b starts no program where no file is newer than tsbuildinfo, and no plugin with it.
      const force = mode[0] === '-b' ? ['-b', '--force'] : mode;
      assert.equal(build([entry()], { MEMPROF_STRIP: '1' }, force), [0, 0]);
      assert.equal(build([entry()], {}, force), [4, 0]);
      config.compilerOptions.plugins = [entry({ functons: 'all' })];
      project.write('tsconfig.json', config);
      const wrong = project.run(project.file('node_modules/.bin/tspc'), mode);
      assert.is(wrong.status, 1);
      assert.match(wrong.text, /^error MEMPROF_E_OPTION: .*"functons".*\n$/);
    });
  }
}

check('tsc-b', 'references: a second build writes nothing, a change its own project', () => {
  const project = new Installed('checks-b', 'tsc-b');
  project.build();
  const names = ['shop.js', 'shop.tsbuildinfo', 'main.js', 'main.tsbuildinfo'];
  const times = () => names.map((name) => fs.statSync(project.file(`dist/${name}`)).mtimeMs);
  const before = times();
  project.build();
  assert.equal(times(), before);
  project.write('src/shop.ts', project.read('src/shop.ts').replace('row.price, 0', 'row.price, 1'));
  project.build();
  assert.is(times()[2], before[2]);
  assert.equal(project.start('dist/main.js'), ['total 7 Berlin', ...PRINTED.slice(1), ...MEASURED]);
});

test.run();

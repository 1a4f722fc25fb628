// What tsc does besides one plain build: `extends`, incremental builds, watch, declarations, references.
// TOOLCHAIN=NAME runs the checks of one project.

import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Installed } from './installed';
import { environment, HERE, isWanted, MEASURED, PRINTED } from './support';

function check(name: string, title: string, body: () => void | Promise<void>): void {
  if (isWanted(name)) test(`${name}: ${title}`, body);
}

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

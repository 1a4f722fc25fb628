// The black box: however a process ends, its recording can be read, and says which function it was.

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRecordings } from '../../profile/read';
import { EMITTED } from '../support/emitted';
import { type RunOptions, runCode } from '../support/node';

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memprof-recorder-'));
  folders.push(folder);
  return folder;
}
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Line = any;
interface Recorded {
  header: Line;
  lines: Line[];
  of(kind: string): Line[];
}

/** A recording's lines; what follows the last newline was torn. */
function read(file: string): Recorded {
  const [header, ...lines] = readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
  return { header, lines, of: (kind) => lines.filter((line) => line[0] === kind) };
}

/** For a program: whether its recording has that by now; one that is not recorded need not wait. */
const TOLD = `const told = (what) => {
  const { readdirSync, readFileSync } = require('node:fs');
  const { MEMPROF_RECORD: folder } = process.env;
  return !folder || performance.now() > 30_000 || readdirSync(folder).some((file) => readFileSync(folder + '/' + file, 'utf8').includes(what));
};`;

function recorded(code: string, { env, ...options }: RunOptions = {}) {
  const folder = newFolder();
  const run = runCode(code, { ...options, env: { MEMPROF_RECORD: folder, ...env } });
  const files = readdirSync(folder).sort();
  return { run, folder, files, all: files.map((file) => read(join(folder, file))) };
}

test('a program that ends by itself: every call, the sums, the exit code; for nobody else to read', () => {
  const { run, folder, files, all } = recorded(
    `${EMITTED} (async () => {
      for (let i = 0; i < 30; i++) fill(10_000);
      await wait(null); try { fail(); } catch {}
      process.exitCode = 3; print('done');
    })();`,
  );
  assert.is(run.status, 3);
  assert.is(run.stdout, '"done"\n');
  assert.is(run.stderr, '');
  assert.is(files.length, 1);
  assert.is(statSync(join(folder, files[0])).mode & 0o777, 0o600);
  const [{ header, lines, of }] = all;
  assert.is(files[0], `memprof-${header.start}-${header.pid}-0.jsonl`);
  assert.is(header.memprof, 1);
  assert.is(header.node, process.version);
  const [, first, path, rows] = of('file')[0];
  assert.equal([first, path], [1, 'test/program.ts']);
  assert.equal(rows[1], ['fill', 2, 0, [], ['n']]);
  assert.equal(rows[2], ['wait', 3, 1, [3], []]);
  const calls = of('call');
  assert.is(calls.length, 32);
  assert.is(calls.filter(([, site]) => site === 2).length, 30);
  assert.is(calls.filter(([, site, ...rest]) => site === 7 && rest[7] === 1).length, 1);
  const [, , sums] = of('sums').at(-1);
  const [, counted, , self] = sums.find(([site]: number[]) => site === 2);
  assert.is(counted, 30);
  assert.is(
    calls.filter(([, site]) => site === 2).reduce((sum, call) => sum + call[4], 0),
    self,
  );
  assert.ok(self >= 30 * 80_016, `${self}`);
  assert.equal(
    lines.at(-1).filter((_: unknown, n: number) => n !== 1),
    ['end', 'exit', 3],
  );
});

// How a program dies, the function that it was, its line, and its limit.
const CRASHES: { name: string; code: string; culprit: string; limit?: 'rss' }[] = [
  {
    name: 'an endless loop',
    culprit: 'fill',
    code: 'const $s = $mp.enter($t, 1); for (let i = 0; ; i++) kept.push({ i, text: "x" + i });',
  },
  {
    name: 'strings without end',
    culprit: 'fill',
    code: 'const $s = $mp.enter($t, 1); for (let i = 0; ; i++) kept.push(("x" + i).repeat(9).toUpperCase());',
  },
  {
    name: 'an async loop',
    culprit: 'wait',
    code: 'const $s = $mp.enter($t, 2); for (;;) { for (let i = 0; i < 2000; i++) kept.push({ i, text: "x" + i }); $s.in = tick(); $s.suspend = 0; $s.in = await $s.out; $s.resume = 0; $s.out; }',
  },
  {
    name: 'many small requests that leak',
    culprit: 'nested',
    code: 'const cache = new Map(); for (let n = 0; ; n++) { await tick(); for (let i = 0; i < 10; i++) handle(() => kept.push(new Array(500).fill(i))); }',
  },
  {
    name: 'a cache that nothing bounds',
    culprit: 'nested',
    code: 'const cache = new Map(); for (let n = 0; ; n++) { await tick(); for (let i = 0; i < 10; i++) handle(() => cache.set(n * 10 + i, { key: "k" + n, rows: new Array(300).fill(i) })); }',
  },
  {
    name: 'one giant JSON.parse',
    culprit: 'fill',
    code: `const text = '[' + '{"a":1,"b":[1,2,3]},'.repeat(3e6) + '1]'; await tick(); const $s = $mp.enter($t, 1); JSON.parse(text);`,
  },
  {
    name: 'one array',
    culprit: 'fill',
    code: 'const $s = $mp.enter($t, 1); kept.push(new Array(3e7).fill({}), new Array(3e7).fill({}));',
  },
  {
    name: 'an array that is spread',
    culprit: 'fill',
    code: 'const $s = $mp.enter($t, 1); let a = [1, 2, 3]; for (;;) a = [...a, ...a, {}];',
  },
  {
    name: 'a generator',
    culprit: 'count',
    code: 'const $s = $mp.enter($t, 3); for (;;) { for (let i = 0; i < 5000; i++) kept.push([i, "y" + i]); $s.in = 1; $s.yields = 0; $s.out; $s.resume = 0; $s.out; }',
  },
  {
    name: 'Buffers, by a limit of the resident size',
    culprit: 'buffers',
    limit: 'rss',
    code: 'for (;;) { kept.push(buffers(1e6)); await new Promise((over) => setTimeout(over, 1)); if (process.memoryUsage.rss() > 295e6) process.kill(process.pid, "SIGKILL"); }',
  },
];

for (const { name, code, culprit, limit } of CRASHES) {
  test(`out of memory by ${name}: the recording names the function`, () => {
    const { run, all } = recorded(
      `${EMITTED} const kept = []; const tick = () => new Promise((over) => setImmediate(over));
      function handle(leak) { const $s = $mp.enter($t, 7); try { leak(); $s.result = void 0; } finally { if ($s.exit()) { $s.explain(); } } }
      for (let i = 0; i < 20; i++) empty();
      setTimeout(async () => { ${code} }, 20);`,
      {
        flags: ['--max-old-space-size=100'],
        env: limit ? { MEMPROF_RSS_LIMIT: '300MB' } : undefined,
        timeout: 60_000,
      },
    );
    assert.ok(
      run.signal === 'SIGKILL' || run.signal === 'SIGABRT' || run.signal === 'SIGTRAP',
      `${run.status} ${run.signal}`,
    );
    const [{ header, of }] = all;
    assert.is(of('end').length, 0);
    const names = new Map<number, string>();
    for (const [, first, , rows] of of('file'))
      rows.forEach(([one]: [string], n: number) => {
        names.set(first + n, one);
      });
    // What was in flight at the last, or, where no call is long, what most has been allocated by.
    const [, , , calls] = of('flight').at(-1) ?? [];
    const bytes = new Map<string, number>();
    for (const [, site, , , self, , , external, weight] of of('call')) {
      const one = names.get(site) as string;
      bytes.set(one, (bytes.get(one) ?? 0) + (self + external) * weight);
    }
    const [heaviest] = [...bytes].sort((a, b) => b[1] - a[1])[0];
    assert.is(calls?.length > 0 ? names.get(calls[0][0]) : heaviest, culprit);
    const reached = of('flight').map(([, , why]) => why as string);
    assert.is(header.rssLimit, limit ? 300e6 : null);
    if (limit)
      assert.ok(
        reached.some((why) => why.startsWith('rss')),
        reached.join(),
      );
    // What lives there was asked of V8, unless it was over sooner.
    for (const [, , share, by, stacks] of of('live')) {
      assert.ok(share >= 0.7 && (by === 'heap' || by === 'rss'));
      // To the line: a frame of the program's own is on the costliest stack, but where Buffers are all there is.
      if (by === 'heap' && stacks.length > 0) {
        const own = stacks[0][1].filter(
          ([, file, line]: [string, string, number]) => file.endsWith('program.cjs') && line > 1,
        );
        assert.ok(own.length > 0, JSON.stringify(stacks[0]));
      }
    }
  });
}

test('what calls in flight were called with: by shapes, of the first eight, as they were at the start', () => {
  const shapes = (given: string, tail = '') =>
    recorded(
      `${EMITTED} let asked = 0;
      const proxy = new Proxy([], { get() { asked++; }, getPrototypeOf() { asked++; return null; } });
      const gone = Proxy.revocable([], {}); gone.revoke();
      class Own { get length() { asked++; return 1; } }
      const $u = $mp.file('test/other.ts', [['given', 1, 1, 'abcdefghij'.split(''), [1]]]);
      async function given(a, b, c, d, e, f, g, h, i, j) { const $s = $mp.enter($u, 0); try { $s.takes && ($s.given = a, $s.given = b, $s.given = c, $s.given = d, $s.given = e, $s.given = f, $s.given = g, $s.given = h, $s.given = i, $s.given = j); a = b = c = 7; $s.in = new Promise(() => {}); $s.suspend = 0; await $s.out; } finally { $s.exit(); } }
      given(${given}); process.on('SIGTERM', () => { print(asked); process.exit(); });
      process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1e6); ${tail}`,
    );
  for (const [given, expected] of [
    [
      `'secret', undefined, null, [1, 2, 3], {}, true, 4.5, Buffer.alloc(70), 1, 2`,
      ['string(6)', 'undefined', 'null', 'Array(3)', 'Object', 'boolean', 'number', 'bytes(70)'],
    ],
    [
      `proxy, gone.proxy, new Own(), 1n, Symbol('s'), () => {}, new DataView(new ArrayBuffer(8)), new Array(4e7), 1, 2`,
      ['Object', 'Object', 'Object', 'bigint', 'symbol', 'function', 'Object', 'Array(40000000)'],
    ],
  ] as [string, string[]][]) {
    const { run, all } = shapes(given);
    assert.is(run.stdout, '0\n', run.stderr);
    const [, , , calls, more, counts] = all[0].of('flight').find(([, , why]) => why === 'SIGTERM');
    assert.equal(calls[0][8], expected);
    assert.equal([more, counts], [0, [[calls[0][0], 1]]]);
  }
});

test('arguments of a function that is called all the time: those of its first calls now and then, and of all others each', () => {
  const { run } = recorded(
    `${EMITTED} const $u = $mp.file('test/other.ts', [['hot', 1, 0, ['a']], ['rare', 2, 0, ['a']]]);
    const looked = (n) => { const $s = $mp.enter($u, n); try { return $s.takes ? 1 : 0; } finally { $s.exit(); } };
    let hot = 0; const first = looked(0);
    for (let i = 0; i < 200_000; i++) hot += looked(0);
    const rare = looked(1);
    const again = setInterval(() => { if (looked(0) === 0) return; clearInterval(again); print([first, hot >= 199, hot < 100_000, rare, 'again'].join(' ')); }, 5);`,
  );
  assert.is(run.stdout, '"1 true true 1 again"\n', run.stderr);
});

test('whom a call was made by: paths, each with the sums of its calls; a recursion is one', () => {
  const { all } = recorded(
    `${EMITTED} const $u = $mp.file('test/other.ts', [['outer', 1, 0], ['even', 2, 0], ['odd', 3, 0]]);
    const call = (n, work) => { const $s = $mp.enter($u, n); try { work(); $s.result = void 0; } finally { $s.exit(); } };
    const even = (n) => call(1, () => n && odd(n - 1)); const odd = (n) => call(2, () => n && even(n - 1));
    for (let i = 0; i < 50; i++) { fill(1000); call(0, () => { fill(100); nested(10, 3); }); even(9); }`,
  );
  const [{ of }] = all;
  const names = new Map<number, string>();
  for (const [, first, , rows] of of('file'))
    rows.forEach(([name]: [string], n: number) => {
      names.set(first + n, name);
    });
  const paths = new Map<number, string>();
  for (const [, first, rows] of of('paths'))
    rows.forEach(([above, site]: number[], n: number) => {
      paths.set(first + n, `${above ? `${paths.get(above)} ` : ''}${names.get(site)}`);
    });
  assert.equal([...paths.values()].sort(), [
    'even',
    'even odd',
    'fill',
    'outer',
    'outer fill',
    'outer nested',
  ]);
  const by = new Map<string, number[]>();
  for (const [, , rows] of of('by'))
    for (const [path, ...sums] of rows) by.set(paths.get(path) as string, sums);
  const [calls] = by.get('outer nested') as number[];
  assert.is(calls, 200);
  // A function's sums are those of its paths.
  const own = new Map<string, number[]>();
  for (const [, , rows] of of('sums'))
    for (const [site, calls, , self] of rows) own.set(names.get(site) as string, [calls, self]);
  const ends = (name: string) => [...by].filter(([path]) => path.split(' ').at(-1) === name);
  for (const [name, sums] of own) {
    const sum = (slot: number) => ends(name).reduce((all, [, one]) => all + one[slot], 0);
    assert.equal([sum(0), sum(1)], sums, name);
  }
  assert.is(own.size, 5);
  for (const call of of('call'))
    assert.is((paths.get(call[10]) as string).split(' ').at(-1), names.get(call[1]));
});

test('more paths than can be known: every call is told all the same', () => {
  const { all } = recorded(
    `${EMITTED} const rows = []; for (let n = 0; n < 200; n++) rows.push(['f' + n, n + 1, 0]);
    const $u = $mp.file('test/other.ts', rows);
    const call = (n, work) => { const $s = $mp.enter($u, n); try { work && work(); $s.result = void 0; } finally { $s.exit(); } };
    (async () => { for (let a = 0; a < 200; a++) { call(a, () => { for (let b = 0; b < 200; b++) call(b); }); await new Promise((over) => setTimeout(over, 5)); } })();`,
    { env: { MEMPROF_BUDGET: '100%' } },
  );
  const [{ of }] = all;
  const told = of('paths').reduce((sum, [, , rows]) => sum + rows.length, 0);
  assert.ok(told > 8000 && told < 8500, `${told}`);
  const [, , sums] = of('sums').at(-1);
  const lost = of('lost').reduce((sum, [, more]) => sum + more, 0);
  assert.is(of('call').length + lost, 200 * 201);
  assert.ok(sums.length > 0);
  assert.ok(of('call').some((call) => call[10] === 0));
});

test('collections, and who made what is nobody’s', () => {
  const { all } = recorded(
    `${EMITTED} function foreign() { return new Array(20_000).fill(7); } exports.foreign = foreign;
    (async () => { for (let i = 0; i < 40; i++) { fill(10); for (let k = 0; k < 200; k++) foreign(); await new Promise((over) => setImmediate(over)); } })();`,
  );
  const [{ of }] = all;
  const gcs = of('gc');
  const [, , count, majors, time, freed] = gcs.at(-1);
  assert.ok(count > 10 && majors <= count && time > 0, `${count} ${majors} ${time}`);
  // 1.28 GB were allocated, and all but some megabytes are free again.
  assert.ok(freed > 0.9e9 && freed < 1.5e9, `${freed}`);
  for (let n = 1; n < gcs.length; n++) assert.ok(gcs[n][2] > gcs[n - 1][2]);
  const [, , stacks] = of('unowned').at(-1);
  const [bytes, name, file] = stacks[0];
  // Where the compiler inlines it, V8 shows its caller.
  assert.ok(['foreign', '(anonymous)'].includes(name), name);
  assert.match(file, /program\.cjs$/);
  assert.ok(bytes > 0.8e9 && bytes < 1.6e9, `${bytes}`);
});

test('what lives, and what is nobody’s, has its place in the source, on a machine without it, too', () => {
  for (const sourcemap of ['linked', 'inline'] as const) {
    const app = newFolder();
    mkdirSync(join(app, 'src'));
    writeFileSync(
      join(app, 'src/leak.ts'),
      'interface Kept {\n  rows: number[];\n}\n\nexport function leak(kept: Kept[]): void {\n  // Called by what is built in, it is never inlined, and V8 shows it.\n  "x".replace(/x/, function hold() {\n    kept.push({ rows: new Array(5000).fill(1) });\n    return "";\n  });\n}\n',
    );
    writeFileSync(join(app, 'src/main.ts'), 'import { leak } from "./leak";\nexport { leak };\n');
    const outfile = join(app, 'dist/main.js');
    buildSync({
      entryPoints: [join(app, 'src/main.ts')],
      bundle: true,
      format: 'cjs',
      outfile,
      sourcemap,
      minify: true,
    });
    const { folder } = recorded(
      `${EMITTED} ${TOLD} const { leak } = require(${JSON.stringify(outfile)}); const kept = []; let n = 0;
      const turn = () => { fill(10); for (let i = 0; i < 40; i++) leak(i % 4 || n > 900 ? [] : kept); if (++n % 20 === 0 && told('"places"')) process.kill(process.pid, 'SIGKILL'); setTimeout(turn, 1); };
      turn();`,
      // Sampling begins at half of it: from there to where it is told, more than a hundred megabytes are kept.
      { env: { MEMPROF_RSS_LIMIT: '600MB' } },
    );
    rmSync(app, { recursive: true });
    const [recording] = readRecordings([folder]);
    const { stacks = [] } = recording.live.at(-1) ?? {};
    const [, file, line] =
      stacks.flatMap(({ frames }) => frames).find(([, one]) => one.includes('leak')) ?? [];
    assert.match(`${file}`, /src\/leak\.ts$/, JSON.stringify(stacks.slice(0, 2)));
    assert.is(line, 7);
    // What is alive is within what the process has.
    const alive = stacks.reduce((sum, { bytes }) => sum + bytes, 0);
    assert.ok(alive > 20e6 && alive < 300e6, `${alive}`);
    assert.is(recording.skipped, 0);
  }
});

test('killed at any instant: all lines can be read, and no call is missing before the last', () => {
  for (let round = 0; round < Number(process.env.KILLS ?? 50); round++) {
    const { run, all } = recorded(
      `${EMITTED} let n = 0;
      const until = performance.now() + ${Math.round(Math.random() * 120)};
      (async () => {
        for (;;) {
          for (let i = 0; i < 5; i++) buffers(10_000 + n++);
          if (performance.now() > until) process.kill(process.pid, 'SIGKILL');
          await new Promise((over) => setImmediate(over));
        }
      })();`,
      { env: { MEMPROF_BUDGET: '100%' } },
    );
    assert.is(run.signal, 'SIGKILL');
    // The thread may not have begun by then.
    for (const { of } of all) {
      const sizes = of('call').map((call) => call[7] as number);
      // Where a collection has freed Buffers, V8 tells less.
      const first = sizes[0] ?? 10_000;
      assert.is(first, 10_000);
      const lost = of('lost').reduce((sum, [, more]) => sum + more, 0);
      for (const [n, size] of sizes.entries()) assert.ok(size <= 10_000 + n + lost, `call ${n}: ${size}`);
      const started = of('call').map((call) => call[2] as number);
      assert.equal(
        started,
        [...started].sort((a, b) => a - b),
      );
    }
  }
});

test('no value of the program is in it', () => {
  const secret = 'planted-4711-secret';
  const { folder, files } = recorded(
    `${EMITTED} memprof.configure({ spike: 1 });
    const secret = process.env.SECRET; memprof.track(secret, () => {});
    (async () => {
      hand(secret); await load(secret, { [secret]: secret }, () => Promise.resolve([{ name: secret, [secret]: 1 }, secret]));
      nested(secret, -1); process.on('uncaughtException', () => {});
      setTimeout(() => { throw new Error(secret); });
    })();`.replace('memprof.track(secret, () => {});', ''),
    { args: [secret], env: { SECRET: secret } },
  );
  const text = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('');
  assert.ok(text.includes('"spike"') && text.includes('"string(19)"'));
  assert.not(
    text.includes(secret),
    text.split('\n').find((line) => line.includes(secret)),
  );
});

test('it adds no output, keeps no process open and leaves the exit status', () => {
  for (const code of [
    'print(1)',
    'process.exit(5)',
    'setTimeout(() => process.exit(6), 20)',
    'process.on("exit", () => { process.exitCode = 7; })',
    'throw new Error("of the program")',
    'Promise.reject(new Error("of the program"))',
    'setTimeout(() => process.kill(process.pid, "SIGTERM"), 20)',
    'const own = () => {}; process.on("SIGTERM", own); process.off("SIGTERM", own); print(process.listenerCount("SIGTERM")); setTimeout(() => process.kill(process.pid, "SIGTERM"), 20); setInterval(() => {}, 1e6)',
    'process.on("SIGTERM", () => { print("mine"); process.exit(8); }); setTimeout(() => process.kill(process.pid, "SIGTERM"), 20); setInterval(() => {}, 1e6)',
    'process.abort()',
  ]) {
    const { run, all } = recorded(`${EMITTED} fill(10); ${code}`);
    const plain = runCode(`${EMITTED} fill(10); ${code}`);
    const shown = ({ status, signal, stdout, stderr }: typeof run) => ({
      status,
      signal,
      stdout,
      // Places and addresses differ from run to run.
      stderr: stderr.replace(/\/\S+program\.cjs/g, '').replace(/0x[0-9a-f]+|\[\d+\]/g, ''),
    });
    assert.equal(shown(run), shown(plain), code);
    // What listeners make of it after ours is not known yet.
    const exit = code.startsWith('process.on("exit"') ? 0 : run.status;
    if (run.signal === null) assert.equal(all[0].of('end').at(-1).slice(2), ['exit', exit], code);
    if (code.includes('mine')) assert.ok(all[0].of('flight').some(([, , why]) => why === 'SIGTERM'));
  }
});

test('nor where the inspector was asked what lives on the heap', () => {
  for (const end of [
    '',
    'process.exit(4);',
    'throw new Error("of the program");',
    'process.once("SIGTERM", () => process.kill(process.pid, "SIGTERM")); process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1e6);',
  ]) {
    const code = `${EMITTED} ${TOLD} const kept = new Array(1e6).fill(1); let turns = 0;
      const turn = () => { fill(1000); if (++turns < 10 || !told('"live"')) return setTimeout(turn, 5); ${end} };
      setTimeout(turn, 5);`;
    const { run, all } = recorded(code, { env: { MEMPROF_RSS_LIMIT: '60MB' } });
    const plain = runCode(code);
    assert.ok(all[0].of('live').length > 0);
    const told = (text: string) => text.replace(/\/\S+program\.cjs/g, '');
    assert.equal(
      [run.status, run.signal, told(run.stderr)],
      [plain.status, plain.signal, told(plain.stderr)],
      end,
    );
  }
});

/** For a program: it goes on for some polls after the first warning. */
const WARNED = `const going = setInterval(() => fill(10), 5); process.once('warning', () => setTimeout(() => { clearInterval(going); print('on'); }, 100)); setTimeout(() => process.exit(1), 30_000).unref();`;

test('a folder that cannot be written to is one warning', () => {
  const folder = newFolder();
  const run = runCode(`require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'file'))}, '');
    process.env.MEMPROF_RECORD = ${JSON.stringify(join(folder, 'file', 'deeper'))};
    ${EMITTED} fill(10); ${WARNED}`);
  assert.is(run.status, 0);
  assert.is(run.stdout, '"on"\n');
  assert.is(run.stderr.match(/MEMPROF_W_RECORD/g)?.length, 1, run.stderr);
});

test('a folder that only others may write to is one warning', () => {
  // Root may write anywhere: another user has to try.
  if (process.getuid?.() !== 0) return;
  const folder = newFolder();
  chmodSync(folder, 0o555);
  const run = runCode(
    `process.setgid(65534); process.setuid(65534); process.env.MEMPROF_RECORD = ${JSON.stringify(folder)};
    ${EMITTED} fill(10); ${WARNED}`,
  );
  assert.equal([run.status, run.stdout], [0, '"on"\n'], run.stderr);
  assert.is(run.stderr.match(/MEMPROF_W_RECORD/g)?.length, 1, run.stderr);
  assert.match(run.stderr, /EACCES/);
  assert.equal(readdirSync(folder), []);
});

test('a debugger that comes later is told of, and all goes on', () => {
  const { run, all } = recorded(
    `${EMITTED} ${TOLD} const kept = []; setTimeout(() => require('node:inspector').open(0), 30);
    const turn = () => { kept.push(fill(kept.length < 300 ? 10_000 : 10)); if (!told('a debugger is attached')) return setTimeout(turn, 2); process.exit(); };
    turn();`,
    { env: { MEMPROF_RSS_LIMIT: '60MB' } },
  );
  assert.is(run.status, 0, run.stderr);
  const notes = all[0].of('note').map(([, , text]) => text as string);
  assert.is(notes.filter((text) => /a debugger is attached/.test(text)).length, 1, notes.join());
  assert.ok(all[0].of('memory').length > 1);
});

test('where no thread may start it says so once, and the account works', () => {
  const permission =
    Number(process.versions.node.split('.')[0]) > 22 ? '--permission' : '--experimental-permission';
  const { run } = recorded(`${EMITTED} fill(1000); setTimeout(() => print(of('fill').calls), 50);`, {
    flags: [permission, '--allow-fs-read=*'],
  });
  assert.is(run.stdout, '1\n', run.stderr);
  assert.is(run.stderr.match(/MEMPROF_W_RECORD/g)?.length, 1, run.stderr);
});

test('under frozen intrinsics, and where no code is made of strings', () => {
  for (const flag of ['--frozen-intrinsics', '--disallow-code-generation-from-strings']) {
    const { run, all } = recorded(`${EMITTED} fill(1000); print(of('fill').calls);`, { flags: [flag] });
    assert.is(run.stdout, '1\n', run.stderr);
    assert.is(all[0].of('call').length, 1);
  }
});

test('worker threads and children are recorded each in a file of its own', () => {
  const { all } =
    recorded(`${EMITTED} const { Worker, isMainThread } = require('node:worker_threads'); fill(10);
    if (isMainThread && process.argv[2] !== 'child') { new Worker(__filename); require('node:child_process').fork(__filename, ['child']); }`);
  assert.is(all.length, 3);
  const pids = new Set(all.map(({ header }) => header.pid));
  assert.is(pids.size, 2);
  for (const { of } of all) assert.is(of('call').length, 1);
});

test('a worker thread that dies of its own limit: its recording says so, the program lives on', () => {
  const { run, all } = recorded(`${EMITTED} const { Worker, isMainThread } = require('node:worker_threads');
    if (isMainThread) {
      const worker = new Worker(__filename, { resourceLimits: { maxOldGenerationSizeMb: 60, maxYoungGenerationSizeMb: 8 } });
      worker.on('error', ({ code }) => print(code));
    } else {
      const kept = [];
      setInterval(() => { for (let i = 0; i < 2; i++) kept.push(fill(10_000)); }, 1);
    }`);
  assert.equal([run.status, run.stdout], [0, '"ERR_WORKER_OUT_OF_MEMORY"\n'], run.stderr);
  const { of } = all.find(({ header }) => header.thread > 0) as Recorded;
  const reached = of('flight').map(([, , why]) => why);
  assert.ok(reached.includes('heap 70%') || reached.includes('heap 85%'), reached.join());
  assert.match(of('note')[0][2], /worker thread/);
  assert.is(of('live').length, 0);
});

test('switched off, nothing is recorded', () => {
  for (const env of [{ MEMPROF: 'off' }, { MEMPROF_RECORD: 'off' }]) {
    assert.equal(recorded(`${EMITTED} fill(10); print(1);`, { env }).files, []);
  }
});

test.run();

// What does memprof itself keep in memory? First for ten thousand functions and ten million calls over them, then
// over time for what services do: calls that overlap, generators that are dropped, errors. Isolates it by the same
// program without it, each side a process of its own; figures are of what lives after a collection.

import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { instrument } from 'memprof/transformer';
import { median } from './median';

const PHASES = ['sites', 'mix'];
const HELP = `tsx bench/soak.ts [options]

  --minutes N       how long the mix runs; default 15
  --calls N         over the ten thousand functions; default 10000000
  --only sites,mix  default both
  --help

MEMPROF_BUDGET of the environment is the instrumented side's. Exit status 1 where a verdict is bad.
`;

const FILES = 100;
const FUNCTIONS = 100;
const MOST_BYTES = 5e6;
const EVERY_SECONDS = 5;
// The fewest that thirds can be made of.
const LEAST_SAMPLES = 6;
const FLAT_WITHIN = 200e3;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '15' },
    calls: { type: 'string', default: '10000000' },
    only: { type: 'string', default: PHASES.join(',') },
    help: { type: 'boolean' },
  },
});

interface Live {
  /** Live bytes on the heap, and in buffers off it. */
  heap: number;
  buffers: number;
}

/** The heap's parts: text and compiled code of instrumented functions are larger; data is the account itself. */
interface Parts extends Live {
  code: number;
  data: number;
}

const folder = mkdtempSync(join(tmpdir(), 'memprof-soak-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Runs a file of soak/ in a process of its own, without tsx, whose loader and maps would live there too. */
function run(file: string, args: string[], env: NodeJS.ProcessEnv, told: (message: any) => void) {
  return new Promise<void>((resolve, reject) => {
    const child = fork(join(__dirname, 'soak', file), args, {
      execArgv: ['--expose-gc'],
      env: { ...process.env, ...env },
    });
    child.on('message', told);
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      code === 0 ? resolve() : reject(new Error(`${file} ended with ${code ?? signal}`)),
    );
  });
}

const inUnit = (bytes: number, unit: number, digits: number): string => (bytes / unit).toFixed(digits);
const mb = (bytes: number): string => `${inUnit(bytes, 1e6, 2)} MB`;
const kb = (bytes: number): string => `${inUnit(bytes, 1e3, 0)} KB`;

/** A file of functions as programs have them: of ten, one awaits, one builds rows, the others compute. */
function source(file: number): string {
  const functions = Array.from({ length: FUNCTIONS }, (_, n) => {
    const name = `f${file}_${n}`;
    if (n % 10 === 0) return `async function ${name}(a, b) { const one = await a; return one + b; }`;
    if (n % 10 === 1)
      return `function ${name}(a, b) { return [{ a, b, n: ${n} }, { a: b, b: a, n: ${file} }]; }`;
    return `function ${name}(a, b) { return (a * ${n + 1} + b) % ${file + 7}; }`;
  });
  const names = Array.from({ length: FUNCTIONS }, (_, n) => `f${file}_${n}`).join(', ');
  return `${functions.join('\n')}\nconst made = [${names}];\n`;
}

async function sites(): Promise<boolean> {
  const folders = { plain: join(folder, 'plain'), instrumented: join(folder, 'instrumented') };
  for (const one of Object.values(folders)) mkdirSync(one);
  for (let n = 0; n < FILES; n++) {
    const name = `file${String(n).padStart(3, '0')}.js`;
    const text = source(n);
    writeFileSync(join(folders.plain, name), text);
    const { code } = instrument(text, { fileName: `soak/${name}`, functions: ['*'] });
    writeFileSync(join(folders.instrumented, name), code);
  }
  const live = async (side: keyof typeof folders): Promise<Parts> => {
    let result: (Parts & { sites: number; calls: number }) | undefined;
    const env = { MEMPROF: 'on', MEMPROF_LOG: 'off' };
    await run('sites.js', [folders[side], values.calls], env, (message) => {
      if (message.progress === undefined) result = message;
      else console.error(`sites, ${side}: ${(100 * message.progress).toFixed(0)} %`);
    });
    if (!result) throw new Error(`sites, ${side}: no answer`);
    const { sites, calls, heap, buffers } = result;
    console.log(
      `sites, ${side}: ${sites} functions, ${calls} calls, heap ${mb(heap)}, buffers ${mb(buffers)}`,
    );
    return result;
  };
  const [plain, measured] = [await live('plain'), await live('instrumented')];
  const over = (part: keyof Parts) => measured[part] - plain[part];
  const own = over('data') + over('buffers');
  const good = own < MOST_BYTES;
  console.log(
    [
      `sites: instrumented - plain = ${mb(own)} of the account's own, ${mb(over('data'))} on the heap and ${mb(over('buffers'))} in buffers`,
      good ? `under ${mb(MOST_BYTES)}` : `NOT under ${mb(MOST_BYTES)}`,
      `the functions' larger text and code besides: ${mb(over('code'))}`,
    ].join('  '),
  );
  return good;
}

interface Sample extends Live {
  minutes: number;
  calls: number;
}

const bytes = ({ heap, buffers }: Live): number => heap + buffers;

/** Bytes a minute, by least squares. */
function slope(samples: Sample[]): number {
  const mean = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const [x, y] = [mean(samples.map(({ minutes }) => minutes)), mean(samples.map(bytes))];
  const over = samples.reduce((sum, one) => sum + (one.minutes - x) * (bytes(one) - y), 0);
  return over / samples.reduce((sum, one) => sum + (one.minutes - x) ** 2, 0);
}

async function mix(minutes: number): Promise<boolean> {
  const fileName = join(__dirname, 'soak', 'mix.js');
  const text = readFileSync(fileName, 'utf8');
  const instrumented = join(folder, 'mix.js');
  writeFileSync(instrumented, instrument(text, { fileName, functions: ['*'] }).code);
  const seconds = Math.min(EVERY_SECONDS, (minutes * 60) / LEAST_SAMPLES);
  const of = async (side: string, file: string): Promise<Sample[]> => {
    const samples: Sample[] = [];
    let functions = 0;
    await run('hours.js', [file, String(seconds), String(minutes), side], { MEMPROF: 'on' }, (message) => {
      if (message.over) {
        functions = message.functions;
        if (functions > 0)
          console.log(`mix: memprof says it took ${(100 * message.own).toFixed(1)} % of the time`);
        return;
      }
      samples.push(message);
      const { minutes: at, calls, heap, buffers } = message as Sample;
      console.error(
        `mix, ${side}: ${at.toFixed(2)} of ${minutes} min, ${calls} requests, heap ${kb(heap)}, buffers ${kb(buffers)}`,
      );
    });
    if (side === 'instrumented' && functions === 0) throw new Error('mix: nothing was counted');
    return samples;
  };
  // Both at once: what lives does not depend on the clock.
  const [plain, measured] = await Promise.all([of('plain', fileName), of('instrumented', instrumented)]);
  const verdict = (side: string, samples: Sample[]): boolean => {
    const third = Math.floor(samples.length / 3);
    const parts = [samples.slice(0, third), samples.slice(third, -third), samples.slice(-third)];
    const [first, second, last] = parts.map((part) => median(part.map(bytes)));
    const flat = Math.abs(last - second) <= FLAT_WITHIN;
    // Code is compiled and fits settle in the first third: that is no leak.
    const fitted = slope(samples.slice(third));
    console.log(
      [
        `mix, ${side}: ${samples.at(-1)?.calls} requests in ${minutes} min, ${samples.length} samples`,
        `slope ${fitted.toFixed(0)} bytes/minute after the first third, ${slope(samples).toFixed(0)} in all`,
        `medians of the thirds ${kb(first)}, ${kb(second)}, ${kb(last)}`,
        flat ? 'flat' : `NOT flat: ${kb(last - second)} from the second third to the last`,
      ].join('  '),
    );
    return flat;
  };
  verdict('plain', plain);
  return verdict('instrumented', measured);
}

async function main(): Promise<void> {
  if (values.help) return void console.log(HELP);
  const phases = values.only.split(',');
  const wrong = phases.find((phase) => !PHASES.includes(phase));
  if (wrong !== undefined) throw new Error(`no phase is called ${wrong}; there are ${PHASES.join(', ')}`);
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Error('--minutes takes a number above 0');
  if (!(Number(values.calls) > 0)) throw new Error('--calls takes a number above 0');
  console.log(`node ${process.version}, budget ${process.env.MEMPROF_BUDGET || 'as by default'}`);
  let good = true;
  if (phases.includes('sites')) good = (await sites()) && good;
  if (phases.includes('mix')) good = (await mix(minutes)) && good;
  if (!good) process.exitCode = 1;
}

main().catch((error) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});

// `npm run demo`: does memprof find the bug of this service, and do its figures hold? Sets everything up
// on a fresh clone, runs the load against three processes and prints the comparison.
// Exit code 0 when every claim holds, 1 when one does not or something failed.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { adopt, ask, run, start, stop, stopAll } from './demo/processes.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DEADLINE_MS = 10 * 60_000;
const TRUTH_RUNS = 3;
// MB of young generation for the truth's processes: no collection falls into their run.
const YOUNG = 256;

const began = performance.now();
function say(text) {
  console.log(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${text}`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => leave(1, `stopped by ${signal}`));
setTimeout(() => leave(1, 'the demo did not end in time'), DEADLINE_MS).unref();

let leaving = false;
async function leave(code, reason) {
  if (leaving) return;
  leaving = true;
  if (reason) console.error(reason);
  await stopAll();
  process.exit(code);
}

/** Installs and builds what is missing; resolves to the services' environment, with the database running. */
async function setUp() {
  // npm writes this file last: without it an installation was interrupted, or never begun.
  const installed = (folder) => existsSync(`${folder}node_modules/.package-lock.json`);
  if (!installed(ROOT)) {
    say('installing memprof (npm ci)');
    await run('npm', ['ci'], ROOT);
  }
  const missing = !installed(HERE);
  say(missing ? 'building memprof, installing the example (npm ci)' : 'building memprof');
  await Promise.all([run('npm', ['run', 'build'], ROOT), missing && run('npm', ['ci'], HERE)]);
  say('building the example twice: plain, and with memprof in it');
  // An incremental build does not see that the plugin itself has changed.
  rmSync(`${HERE}dist`, { recursive: true, force: true });
  const [env] = await Promise.all([
    run('npm', ['run', 'build'], HERE).then(database),
    run('npm', ['run', 'build:memprof'], HERE),
  ]);
  return env;
}

/** The environment of the services: where the database is. */
async function database() {
  if (process.env.DATABASE_URL) {
    say('seeding the database at DATABASE_URL');
    await run(process.execPath, ['dist/plain/database/seed.js'], HERE);
    return {};
  }
  say('starting an embedded PostgreSQL (PGlite) in a process of its own');
  const { startEmbedded } = await import(pathToFileURL(`${HERE}dist/plain/database/start-embedded.js`).href);
  const { url, process: child } = await startEmbedded();
  adopt(child);
  return { DATABASE_URL: url, DATABASE_POOL: '1' };
}

/** memprof's log, one JSON object a line where no terminal listens, as it looks on a terminal. */
function prettyLog() {
  const { prettyFactory } = createRequire(`${ROOT}package.json`)('pino-pretty');
  const pretty = prettyFactory({ colorize: process.stderr.isTTY, hideObject: true, ignore: 'pid' });
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    return lines.map((line) => pretty(line)).join('');
  };
}

const address = (line) => (typeof line === 'string' ? /listens on (\S+)/.exec(line)?.[1] : undefined);

/** One service under the load: what it reported, what it logged, and how the load went. */
async function underLoad(main, preload, env, onStderr) {
  const { warmUp, sendLoad } = await import('./demo/load.mjs');
  const service = await start(`${HERE}dist/${main}`, {
    cwd: HERE,
    env: { ...env, PORT: '0' },
    execArgv: ['--enable-source-maps', '--import', `./demo/${preload}`],
    ready: address,
    onStderr,
  });
  await warmUp(service.value);
  await ask(service.child, 'begin');
  const load = await sendLoad(service.value);
  const report = await ask(service.child, 'report');
  await stop(service.child);
  return { ...report, load };
}

/** The truth's rows, of several processes: the first big call of each is what the load's one is compared to. */
async function truthRows(env) {
  const rows = [];
  for (let n = 0; n < TRUTH_RUNS; n++) {
    const meter = await start(`${HERE}demo/truth.mjs`, {
      cwd: HERE,
      env,
      execArgv: [`--min-semi-space-size=${YOUNG}`, `--max-semi-space-size=${YOUNG}`],
      ready: (message) => message.measured,
    });
    rows.push(...(await ask(meter.child, 'report')).rows);
    await stop(meter.child);
  }
  return rows;
}

/** "src/flights/flight.service.ts:29": where the bug's method stands in the source. */
function place(file, method) {
  const lines = readFileSync(`${HERE}${file}`, 'utf8').split('\n');
  return `${file}:${lines.findIndex((line) => line.includes(`async ${method}(`)) + 1}`;
}

const BIG = 'FlightService.getFlightHistory';

function isBig(spike) {
  return (
    spike.name === BIG &&
    spike.arguments.some(({ name, shape }) => name === 'bookingCode' && shape === 'undefined')
  );
}

/** The load's one call without a code among memprof's rows: its spike tells. Without a spike, the largest. */
function bigRow(rows, spikes) {
  const own = rows.filter((row) => row.name === BIG);
  if (own.length === 0) throw new Error(`memprof told of no call of ${BIG}: is it switched off?`);
  const told = own.find((row) => spikes.some((spike) => spike.time === row.time));
  return told ?? own.reduce((a, b) => (b.bytes > a.bytes ? b : a));
}

async function main() {
  const env = await setUp();
  const { compare, error, size, table, verdict } = await import('./demo/table.mjs');

  say('the instrumented service under load; what it writes to its standard error:\n');
  const pretty = prettyLog();
  let log = '';
  const show = (text) => {
    const shown = pretty(text);
    process.stderr.write(shown);
    log += stripVTControlCharacters(shown);
  };
  const memprof = await underLoad(
    'memprof/main.js',
    'keep-calls.mjs',
    { MEMPROF_LOG: 'spikes', ...env },
    show,
  );
  const { requests, ms, inFlight } = memprof.load;
  console.log();
  say(
    `${requests} requests in ${(ms / 1000).toFixed(1)} s, ${inFlight} light ones in flight beside the big one`,
  );
  const spikes = memprof.spikes.filter(isBig);
  bigRow(memprof.rows, spikes).big = true;

  say(`the truth: the plain services, one call at a time, in ${TRUTH_RUNS} processes`);
  const truth = await truthRows(env);
  say('the difference of heapUsed: the plain service with a wrapper round each call, under the same load');
  const heapUsed = await underLoad('plain/main.js', 'heap-used.mjs', env);

  const entries = compare(truth, memprof.rows, heapUsed.rows);
  console.log(`\n${table(entries).join('\n')}\n`);
  const counted = truth.filter((row) => row.big && row.counter);
  if (counted.length) {
    const { bytes, counter } = counted[0];
    console.log(
      `V8's own count of the big call: ${size(counter)}, the truth's meter ${error(bytes, counter)}\n`,
    );
  }

  const claims = verdict({
    entries,
    memprof: memprof.rows,
    log,
    legs: truth.find((row) => row.big).length,
    source: place('src/flights/flight.service.ts', 'getFlightHistory'),
    stats: memprof.stats,
  });
  claims.push({
    holds: spikes.length === 1 && memprof.spikes.length === 1,
    text: `that call is the only spike: ${memprof.spikes.length} in all`,
  });
  for (const { holds, text } of claims) console.log(`${holds ? 'yes' : 'NO '}  ${text}`);
  console.log();
  say('done');
  return claims.every(({ holds }) => holds) ? 0 : 1;
}

main().then(
  (code) => leave(code),
  (problem) => leave(1, problem.stack ?? String(problem)),
);

// The mix for as long as it is told, and what lives after each stretch. Serves bench/soak.ts as a process of its
// own: `hours.js FILE SECONDS MINUTES SIDE`.

const { readFileSync } = require('node:fs');
const { compileFunction } = require('node:vm');
const { live } = require('./live');

const IN_FLIGHT = 50;
const [filename, seconds, minutes, side] = process.argv.slice(2);

let made = 0;

/** Calls in flight at once, until a moment, ms. */
async function run(handle, until) {
  const lane = async () => {
    while (Date.now() < until) await handle(made++);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
}

async function main() {
  const exports = {};
  compileFunction(readFileSync(filename, 'utf8'), ['require', 'exports'], { filename })(require, exports);
  if (side === 'instrumented') {
    // Records are made and told, as in a service; only nothing is written.
    require('memprof').configure({ log: 'all', spike: '1 MB', logger: { info() {}, warn() {} } });
  }
  const began = performance.now();
  const elapsed = () => (performance.now() - began) / 60_000;
  while (elapsed() < Number(minutes)) {
    await run(exports.handle, Date.now() + Number(seconds) * 1000);
    process.send({ minutes: elapsed(), calls: made, ...(await live()) });
  }
  const told = { over: true, functions: 0, own: 0 };
  if (side === 'instrumented') {
    const { functions, ownTime, elapsed: counting } = require('memprof').stats();
    told.functions = functions.length;
    told.own = ownTime / counting;
  }
  process.send(told, () => process.exit());
}

process.on('disconnect', () => process.exit());
void main();

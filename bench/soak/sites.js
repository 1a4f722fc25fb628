// Ten thousand functions and many calls over them: how much lives afterwards? Serves bench/soak.ts as a process of
// its own, `sites.js FOLDER CALLS`; the folder's files are plain or instrumented, and it must never know which.

const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { runInThisContext } = require('node:vm');
const { live, parts } = require('./live');

const [folder, calls] = [process.argv[2], Number(process.argv[3])];

function load() {
  const functions = [];
  for (const name of readdirSync(folder).sort()) {
    const filename = path.join(folder, name);
    const body = `(function (require) { ${readFileSync(filename, 'utf8')}\nreturn made; })`;
    functions.push(...runInThisContext(body, { filename })(require));
  }
  return functions;
}

async function main() {
  const functions = load();
  const rounds = Math.ceil(calls / functions.length);
  const waiting = [];
  let said = Date.now();
  for (let round = 0; round < rounds; round++) {
    for (let n = 0; n < functions.length; n++) {
      const result = functions[n](round, n);
      if (result instanceof Promise) waiting.push(result);
      // As many at once as a busy service has.
      if (waiting.length === 50) {
        await Promise.all(waiting);
        waiting.length = 0;
      }
    }
    if (Date.now() - said < 5000) continue;
    said = Date.now();
    process.send({ progress: round / rounds });
  }
  await Promise.all(waiting);
  waiting.length = 0;
  const figures = { ...(await live()), ...(await parts()) };
  process.send({ sites: functions.length, calls: rounds * functions.length, ...figures }, () =>
    process.exit(),
  );
}

process.on('disconnect', () => process.exit());
void main();

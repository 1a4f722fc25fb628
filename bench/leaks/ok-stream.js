// Chunks go through a pipeline, as they come.
const { Readable, Transform, Writable } = require('node:stream');
const { pipeline } = require('node:stream/promises');
const { below, later } = require('./traffic');
const { readRows, renderPage } = require('./work');

/** @memprof */
function chunkOf(n) {
  return Buffer.from(JSON.stringify(readRows(n, 100 + below(300))));
}

/** @memprof */
function shout(chunk) {
  return Buffer.from(chunk.toString().toUpperCase());
}

async function* source() {
  for (let n = 0; n < 200; n++) {
    yield chunkOf(n);
    await later(5);
  }
}

/** @memprof */
async function transfer() {
  let bytes = 0;
  await pipeline(
    Readable.from(source()),
    new Transform({ transform: (chunk, _, done) => done(null, shout(chunk)) }),
    new Writable({
      write(chunk, _, done) {
        bytes += chunk.length;
        renderPage(readRows(bytes, 20));
        done();
      },
    }),
  );
  return bytes;
}

async function main() {
  for (;;) await transfer();
}
main();

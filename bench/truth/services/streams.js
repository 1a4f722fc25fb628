// Readables of chunks, consumed by for await. Serves bench/truth, which runs it plain and instrumented; it
// must never hold on to a chunk.

const { Readable } = require('node:stream');

exports.open = async () => {};
exports.close = () => {};

// The chunks are made in the stream's own read, later and outside the consumer, as a driver does.
function source(chunks, numbers) {
  let left = chunks;
  return new Readable({
    objectMode: true,
    read() {
      setImmediate(() => this.push(left-- > 0 ? new Array(numbers).fill(left) : null));
    },
  });
}

async function chunks100of10000() {
  let sum = 0;
  for await (const chunk of source(100, 10000)) sum += chunk.length;
  return sum;
}
async function chunks20of1000() {
  let sum = 0;
  for await (const chunk of source(20, 1000)) sum += chunk.length;
  return sum;
}
async function chunks5of100() {
  let sum = 0;
  for await (const chunk of source(5, 100)) sum += chunk.length;
  return sum;
}
async function bystander() {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

exports.functions = { chunks100of10000, chunks20of1000, chunks5of100, bystander };

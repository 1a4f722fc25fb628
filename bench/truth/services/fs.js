// Files of 10 KB and 2 MB, parsed as JSON or split into lines. Serves bench/truth, which runs it plain and
// instrumented; it must never hold on to a result.

const { readFile, writeFile } = require('node:fs/promises');
const { join } = require('node:path');

let small;
let large;

exports.open = async (context) => {
  small = join(context.folder, 'small.json');
  large = join(context.folder, 'large.json');
  const text = (bytes) => {
    const lines = [];
    for (let size = 0; size < bytes; size += 64)
      lines.push(JSON.stringify({ id: lines.length, name: 'x'.repeat(40) }));
    return `[${lines.join(',\n')}]`;
  };
  await writeFile(small, text(10_000));
  await writeFile(large, text(2_000_000));
};
exports.close = () => {};

async function parse2MB() {
  return JSON.parse(await readFile(large, 'utf8')).length;
}
async function lines2MB() {
  const text = await readFile(large, 'utf8');
  return text.split('\n').length;
}
async function parse10KB() {
  return JSON.parse(await readFile(small, 'utf8')).length;
}
async function lines10KB() {
  const text = await readFile(small, 'utf8');
  return text.split('\n').length;
}
async function bystander() {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

exports.functions = { parse2MB, lines2MB, parse10KB, lines10KB, bystander };

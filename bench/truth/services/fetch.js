// JSON bodies of four sizes through Node's own fetch, and a bystander that only waits. Serves bench/truth,
// which runs it plain and instrumented; it must never hold on to a result.

let base;

exports.open = async (context) => {
  base = `http://127.0.0.1:${context.port}/`;
};
exports.close = () => {};

async function items20000() {
  const response = await fetch(`${base}20000`);
  const items = await response.json();
  return items.length;
}
async function items2000() {
  const response = await fetch(`${base}2000`);
  const items = await response.json();
  return items.length;
}
async function items200() {
  const response = await fetch(`${base}200`);
  const items = await response.json();
  return items.length;
}
async function items2() {
  const response = await fetch(`${base}2`);
  const items = await response.json();
  return items.length;
}
async function bystander() {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

exports.functions = { items20000, items2000, items200, items2, bystander };

// A key, a hundred keys, a JSON value of 200 KB, through one ioredis connection. Serves bench/truth, which
// runs it plain and instrumented; it must never hold on to a result.

let client;
let hundred;

exports.open = async (context) => {
  const Redis = context.require('ioredis');
  client = new Redis(context.port, '127.0.0.1');
  hundred = Array.from({ length: 100 }, (_, i) => `key:${i}`);
  for (const key of hundred) await client.set(key, `${key} `.repeat(20));
  const items = Array.from({ length: 2500 }, (_, i) => ({
    id: i,
    name: `the name of item ${i}`,
    price: i * 1.5,
    left: i % 7,
  }));
  await client.set('json', JSON.stringify(items).slice(0, 1) + JSON.stringify(items).slice(1));
};
exports.close = () => client.quit();

async function json200KB() {
  const text = await client.get('json');
  return JSON.parse(text).length;
}
async function mget100() {
  const values = await client.mget(hundred);
  return values.length;
}
async function get() {
  const value = await client.get('key:7');
  return value.length;
}
async function bystander() {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

exports.functions = { json200KB, mget100, get, bystander };

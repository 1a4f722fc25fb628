// What a service does all day, in small: calls that overlap, generators that are dropped, errors. Serves
// bench/soak, which runs it plain and instrumented; it must never know which.

const { setTimeout: wait, setImmediate: laterTurn } = require('node:timers/promises');

async function handle(id) {
  const rows = await query(id);
  const found = rows.filter(({ state }) => state === (id & 3));
  if (id % 7 === 0) return validated(id).catch(() => 0);
  if (id % 5 === 0) return first(id) + (await firstLater(id));
  if (id % 11 === 0) return guarded(id);
  // One that nobody answers, as a lost connection leaves it.
  if (id % 101 === 0) void unanswered(rows);
  return total(found);
}

async function query(id) {
  if (id % 50 === 0) await wait(1 + (id % 20));
  else await laterTurn();
  return parse(id);
}

function parse(id) {
  // Now and then a large answer: it passes the threshold.
  const rows = new Array(id % 1009 === 0 ? 20_000 : 50);
  for (let i = 0; i < rows.length; i++) rows[i] = { id: id + i, state: i & 3, note: `row ${i}` };
  return rows;
}

function total(rows) {
  let sum = 0;
  for (const { id } of rows) sum += id;
  return sum;
}

function* pages(id) {
  for (let page = 0; ; page++) yield [id, page, new Array(20).fill(page)];
}

// Taken up and dropped where it stands: nobody calls return().
function first(id) {
  return pages(id).next().value[0];
}

async function* laterPages(id) {
  for (let page = 0; ; page++) {
    await laterTurn();
    yield { id, page };
  }
}

async function firstLater(id) {
  const { value } = await laterPages(id).next();
  return value.id;
}

async function validated(id) {
  await null;
  throw new TypeError(`order ${id} is not valid`);
}

function checked(id) {
  if (id % 2 === 1) throw new RangeError('odd');
  return id;
}

function guarded(id) {
  try {
    return checked(id);
  } catch {
    return -1;
  }
}

async function unanswered(rows) {
  await new Promise(() => {});
  return rows.length;
}

exports.handle = handle;

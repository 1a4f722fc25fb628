// Queries of four sizes through a pool of eight, and a bystander that only waits. Serves bench/truth, which
// runs it plain and instrumented; it must never hold on to a result.

let pool;

exports.open = async (context) => {
  const { createPool } = context.require('mysql2/promise');
  pool = createPool({
    host: '127.0.0.1',
    port: context.port,
    user: 'root',
    database: 'truth',
    connectionLimit: 8,
  });
};
exports.close = () => pool.end();

const SQL = 'select id, name, price, made from item limit ?';

async function rows20000() {
  const [rows] = await pool.query(SQL, [20000]);
  return rows.length;
}
async function rows2000() {
  const [rows] = await pool.query(SQL, [2000]);
  return rows.length;
}
async function rows200() {
  const [rows] = await pool.query(SQL, [200]);
  return rows.length;
}
async function rows2() {
  const [rows] = await pool.query(SQL, [2]);
  return rows.length;
}
async function bystander() {
  await new Promise((resolve) => setTimeout(resolve, 5));
}

exports.functions = { rows20000, rows2000, rows200, rows2, bystander };

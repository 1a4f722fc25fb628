// pg: a client that is an event emitter and a state machine, a pool, its own parsers; against a real PostgreSQL.

export async function run({ load, loadDefault, log, attempt, service }) {
  log('exports', Object.keys(await load('pg')).sort());
  const pg = await loadDefault('pg');
  const { Client, Pool, types } = pg;
  const where = { ...service, application_name: 'workload' };
  const client = new Client(where);
  const notices = [];
  client.on('notice', (one) => notices.push(one.message));
  client.on('notification', (one) => notices.push([one.channel, one.payload]));
  client.on('end', () => notices.push('end'));
  await client.connect();
  await client.query(
    'drop schema if exists workload cascade; create schema workload; set search_path to workload',
  );
  await client.query(
    'create table flight (id serial primary key, code text unique, price numeric(10,2), at timestamptz, tags text[], data jsonb, raw bytea)',
  );
  const insert =
    'insert into flight (code, price, at, tags, data, raw) values ($1, $2, $3, $4, $5, $6) returning *';
  log(
    'insert',
    (
      await client.query(insert, [
        'LH1',
        '12.50',
        new Date(0),
        ['a', 'b "c"'],
        { x: [1, null] },
        Buffer.from([1, 255]),
      ])
    ).rows,
  );
  await client.query(
    "insert into flight (code, price) select 'X' || n, n / 4.0 from generate_series(1, 2000) n",
  );
  const all = await client.query({
    text: 'select id, code, price, tags from flight order by id',
    rowMode: 'array',
  });
  log(
    'rows',
    all.rowCount,
    all.command,
    all.fields.map((f) => [f.name, f.dataTypeID]),
    all.rows.slice(0, 3),
    all.rows.at(-1),
  );
  log(
    'several',
    (await client.query('select 1 as a; select 2 as b, null as c')).map((r) => r.rows),
  );
  log(
    'types',
    (
      await client.query(
        "select 1::int8 as i8, 1.5::float8 as f, true as b, '2020-02-03'::date as d, '{1,2}'::int[] as l, '{\"a\":1}'::json as j, '1 day 2 hours'::interval as v, 'NaN'::float4 as n, point(1,2) as p, '\\x00ff'::bytea as y",
      )
    ).rows,
  );
  await attempt('unique', () => client.query(insert, ['LH1', 1, null, null, null, null]));
  await attempt('syntax', () => client.query('selec 1'));
  await attempt('parameters', () => client.query('select $1::int', ['x']));
  await attempt('no such table', () =>
    client.query({ name: 'prepared', text: 'select * from nowhere where a = $1', values: [1] }),
  );
  for (const id of [1, 2])
    log(
      'prepared',
      (await client.query({ name: 'by id', text: 'select code from flight where id = $1', values: [id] }))
        .rows,
    );
  await client.query("do $$ begin raise notice 'from the server'; end $$");
  await client.query("listen channel; notify channel, 'payload'");
  await new Promise((done) =>
    client.query('select 1', (error, result) => (log('callback', error, result.rows), done())),
  );
  log(
    'emitter',
    await new Promise((done, failed) => {
      const seen = [];
      const query = client.query(new pg.Query('select generate_series(1, 3) as n'));
      query.on('row', (row) => seen.push(row.n));
      query.on('error', failed);
      query.on('end', (result) => done([seen, result.rowCount]));
    }),
  );
  types.setTypeParser(20, (text) => BigInt(text));
  log('parser', (await client.query('select count(*) from flight')).rows);

  const pool = new Pool({ ...where, max: 4, options: '-c search_path=workload' });
  const counts = await Promise.all(
    Array.from({ length: 40 }, async (_, n) => {
      const { rows } = await pool.query('select code, price from flight where id % 40 = $1 order by id', [n]);
      return [rows.length, rows[0]?.code];
    }),
  );
  log('pool', counts, pool.totalCount <= 4, pool.waitingCount);
  const one = await pool.connect();
  try {
    await one.query('begin');
    await one.query("update flight set price = 0 where code = 'LH1'");
    await attempt('in a transaction', () => one.query('select 1 / 0'));
    await attempt('aborted', () => one.query('select 1'));
    await one.query('rollback');
    log('rolled back', (await one.query("select price from flight where code = 'LH1'")).rows);
  } finally {
    one.release();
  }
  const doomed = await pool.connect();
  // The server's word, then the end of the connection: the second may come before or after what follows.
  const lost = new Promise((done) => doomed.on('error', done));
  const ended = new Promise((done) => doomed.once('end', done));
  const {
    rows: [{ pid }],
  } = await doomed.query('select pg_backend_pid() as pid');
  await pool.query('select pg_terminate_backend($1)', [pid]);
  log('killed', (await lost).message);
  await ended;
  doomed.release(true);
  await attempt('twice', () => doomed.release());
  await attempt('cursor-like', () =>
    pool
      .query({ text: 'select * from flight where id <= $1 order by id', values: [5] })
      .then((r) => r.rows.map((x) => x.code)),
  );
  await pool.end();
  await attempt('after the end', () => pool.query('select 1'));
  log('quoting', client.escapeIdentifier('a"b'), client.escapeLiteral("it's \\"), pg.defaults.port);
  await attempt('nobody there', () =>
    new Client({ ...where, port: 1 }).connect().catch((e) => {
      throw new Error(e.code);
    }),
  );
  await attempt('no such database', () => new Client({ ...where, database: 'nowhere' }).connect());
  await client.query('drop schema workload cascade');
  await client.end();
  log('notices', notices);
}

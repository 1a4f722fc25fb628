// `npm run seed`: fills the database at DATABASE_URL. Replaces the schema booking_demo and nothing else.
import pg from 'pg';
import { rowsFromEnvironment, SCHEMA, seedSql } from './schema.js';

if (!process.env.DATABASE_URL) throw new Error('DATABASE_URL is not set: the embedded database seeds itself');
const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
await client.connect();
try {
  const rows = rowsFromEnvironment();
  await client.query(seedSql(rows));
  console.log(`seeded schema ${SCHEMA}: ${rows} rows of flight_history`);
} finally {
  await client.end();
}

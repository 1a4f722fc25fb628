// A PostgreSQL without a server: PGlite behind a socket. Runs as a process of its own, started by fork(),
// so that the database's allocation never stands in the service's heap. Must not outlive who started it.
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { rowsFromEnvironment, seedSql } from './schema.js';

process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole process group: the service closes its connections first, then disconnects.
process.on('SIGINT', () => {});

const db = await PGlite.create();
await db.exec(seedSql(rowsFromEnvironment()));
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0 });
await server.start();
// Both name and password must be given, whatever they are.
process.send?.({ url: `postgres://postgres:postgres@${server.getServerConn()}/postgres` });

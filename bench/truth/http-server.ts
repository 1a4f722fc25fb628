// Answers `/N` with a JSON array of N items. Serves the fetch service, from a process of its own, so that
// what it allocates is never in a measured heap; it must never outlive who started it.

import { createServer } from 'node:http';

const bodies = new Map<string, string>();
for (const n of [2, 200, 2000, 20000]) {
  const items = Array.from({ length: n }, (_, i) => ({
    id: i,
    name: `the name of item ${i}`,
    price: i * 1.5,
  }));
  bodies.set(`/${n}`, JSON.stringify(items));
}

process.on('disconnect', () => process.exit());
createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(bodies.get(request.url ?? '') ?? '[]');
}).listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 2048 });

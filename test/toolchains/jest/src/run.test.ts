// The test prints what the shared program prints, and what was measured in this file's realm.
import { stats } from 'memprof';

globalThis.console = require('node:console');

test('runs', async () => {
  await import('./main');
  await new Promise((done) => setImmediate(done));
  const rows = stats().functions.map((one) => `measured ${one.name} ${one.file}:${one.line} x${one.calls}`);
  console.log(rows.length > 0 ? rows.sort().join('\n') : 'measured nothing');
});

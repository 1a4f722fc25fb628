// Loaded before the program: says at its end what was measured.
process.on('exit', () => {
  const { functions } = require('memprof').stats();
  const rows = functions.map((one) => `measured ${one.name} ${one.file}:${one.line} x${one.calls}`);
  console.log(rows.length > 0 ? rows.sort().join('\n') : 'measured nothing');
});

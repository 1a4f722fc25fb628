// One server in a process of its own: `host.js FILE`. Serves bench/service; tells its port, and on demand the
// processor time that it took, and of memprof the requests that it has counted and the time that it says it took.

const [file, side] = process.argv.slice(2);

process.on('disconnect', () => process.exit());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const told = { cpu: (user + system) / 1000, calls: 0, own: 0 };
  // A plain server has nothing of memprof loaded, at no time.
  if (side === 'instrumented') {
    const { functions, ownTime } = require('memprof').stats();
    told.calls = functions.find(({ name }) => name === 'getOrders')?.calls ?? 0;
    told.own = ownTime;
  }
  process.send(told);
});
require(file)
  .listen()
  .then((port) => process.send({ port }));

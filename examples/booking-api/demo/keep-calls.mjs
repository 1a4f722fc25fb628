// Preloaded into the instrumented service: keeps what memprof tells of each call. Serves the demo's table.
// Reads memprof's public events and nothing of its inside.
import { on, stats } from 'memprof';
import { answer, rows } from './rows.mjs';

const spikes = [];

// total: what the call and its children ran through themselves; awaited: what came back to their awaits.
on('call', ({ name, self, total, awaited, time }) => {
  rows.push({ name, bytes: total + awaited, self, total, awaited, time });
});
on('spike', (spike) => spikes.push(spike));

answer(() => ({ spikes, stats: stats() }));

// How many bytes live now? Serves bench/soak's processes; must never be asked while they work.

const { setTimeout: wait } = require('node:timers/promises');
const { getHeapSnapshot, getHeapStatistics } = require('node:v8');

/** On the heap, and in buffers off it; what finalizers hold is given the time to go. */
exports.live = async () => {
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await wait(10);
  }
  globalThis.gc();
  const heap = getHeapStatistics().used_heap_size;
  return { heap, buffers: process.memoryUsage().arrayBuffers };
};

/** The heap's bytes in two parts: code (source text, what is compiled of it and for it), and data. */
exports.parts = async () => {
  let text = '';
  for await (const chunk of getHeapSnapshot().setEncoding('utf8')) text += chunk;
  const { snapshot, nodes } = JSON.parse(text);
  const { node_fields: fields, node_types: types } = snapshot.meta;
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')];
  const parts = { code: 0, data: 0 };
  for (let at = 0; at < nodes.length; at += fields.length) {
    const kind = types[type][nodes[at + type]];
    // Buffers are counted apart.
    if (kind === 'native') continue;
    parts[kind === 'code' || kind === 'string' ? 'code' : 'data'] += nodes[at + size];
  }
  return parts;
};

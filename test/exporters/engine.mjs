// What Chrome DevTools' own trace engine makes of a trace: read from stdin, told as JSON.

import { text } from 'node:stream/consumers';

// A browser has it.
globalThis.DOMRect ??= class {};
const { TraceModel } = await import('@paulirish/trace_engine/models/trace/trace.js');
const model = TraceModel.Model.createWithAllHandlers();
await model.parse(JSON.parse(await text(process.stdin)).traceEvents);
const { data } = model.parsedTrace();
const threads = [];
for (const [pid, { threads: own }] of data.Renderer.processes) {
  for (const [tid, { name, entries, tree }] of own) {
    // A call within another, as its tree has it: the times of both.
    const within = [];
    for (const node of tree?.roots ?? []) walk(node, within);
    threads.push({ pid, tid, name, entries: entries.map((one) => one.name), within });
  }
}
console.log(JSON.stringify({ bounds: data.Meta.traceBounds, generic: data.Meta.traceIsGeneric, threads }));

function walk(node, within) {
  for (const child of node.children) {
    within.push([node.entry.name, child.entry.name]);
    walk(child, within);
  }
}

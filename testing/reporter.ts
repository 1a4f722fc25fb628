// `memprof/test-reporter`, for `node --test --test-reporter`: the ten heaviest tests of all files, after the last one. It
// shows what `heaviest` has measured in each file's process, and measures nothing itself.

import path from 'node:path';
import { listed, ofLine, startReporting, type TestBytes } from './list';

const MOST = 10;

// Node loads its reporters before it starts a test file.
startReporting();

interface TestEvent {
  type: string;
  data?: { message?: string; file?: string };
}

async function* heaviestReporter(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const tests: TestBytes[] = [];
  let unmeasured = 0;
  for await (const { type, data } of events) {
    const told = type === 'test:diagnostic' ? ofLine(String(data?.message)) : undefined;
    if (told === undefined) continue;
    const place = data?.file === undefined ? '' : `  (${path.relative(process.cwd(), data.file)})`;
    if (told.bytes === undefined) unmeasured++;
    else tests.push({ name: `${told.name}${place}`, bytes: told.bytes });
  }
  tests.sort((a, b) => b.bytes - a.bytes);
  if (tests.length === 0) {
    yield 'memprof: no test was measured. Call heaviest({ runner: test }) of memprof/test in each test file, or in a file that --import names.\n';
    return;
  }
  yield `${listed(tests, MOST, unmeasured)}\n`;
}

// Node takes the module itself for the reporter.
export = heaviestReporter;

// Which limit of memory a process has: the nearest of what the kernel, the user and V8 say.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { heapLimit, rssLimit, usedBy } from '../../runtime/recorder/limits';
import { EMITTED } from '../support/emitted';
import { runCode } from '../support/node';

const kernel = (files: Record<string, string>) => (file: string) => {
  if (!Object.hasOwn(files, file)) throw new Error(`no ${file}`);
  return files[file];
};

test('control groups, version 2: the nearest limit of the group and those above it', () => {
  const read = kernel({
    '/proc/self/cgroup': '0::/kube/pod/app\n',
    '/sys/fs/cgroup/kube/pod/app/memory.max': 'max\n',
    '/sys/fs/cgroup/kube/pod/memory.max': '268435456\n',
    '/sys/fs/cgroup/kube/memory.max': '536870912\n',
  });
  const limit = rssLimit(read, {});
  assert.equal([limit?.bytes, limit?.by], [268435456, 'cgroup']);
  assert.is(limit?.group?.used, '/sys/fs/cgroup/kube/pod/memory.current');
});

test('control groups, version 2 in a container of its own name space', () => {
  const read = kernel({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': '104857600\n' });
  assert.is(rssLimit(read, {})?.bytes, 104857600);
});

test('control groups, version 1: a number beyond the machine is none', () => {
  const files: Record<string, string> = {
    '/proc/self/cgroup': '9:cpu,cpuacct:/x\n4:memory:/docker/4711\n0::/\n',
    '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
  };
  assert.is(rssLimit(kernel(files), {}), undefined);
  files['/sys/fs/cgroup/memory/docker/4711/memory.limit_in_bytes'] = '314572800\n';
  assert.is(rssLimit(kernel(files), {})?.bytes, 314572800);
});

test('MEMPROF_RSS_LIMIT: a size; what is none is told and ignored', () => {
  assert.equal(rssLimit(kernel({}), { MEMPROF_RSS_LIMIT: '1.5 GiB' }), {
    bytes: 1.5 * 2 ** 30,
    by: 'MEMPROF_RSS_LIMIT',
  });
  assert.is(rssLimit(kernel({}), {}), undefined);
  const run = runCode(`${EMITTED} fill(10);`, {
    env: { MEMPROF_RSS_LIMIT: 'much', MEMPROF_RECORD: mkdtempSync(join(tmpdir(), 'memprof-limits-')) },
  });
  assert.is(run.status, 0);
  assert.match(run.stderr, /MEMPROF_W_ENV.*MEMPROF_RSS_LIMIT="much" is ignored/);
});

test('what a group takes, without the cache that it would give back', () => {
  const read = kernel({
    '/sys/fs/cgroup/memory.current': '900\n',
    '/sys/fs/cgroup/memory.stat': 'anon 500\ninactive_file 300\nactive_file 100\n',
  });
  const files = {
    used: '/sys/fs/cgroup/memory.current',
    stat: '/sys/fs/cgroup/memory.stat',
    unused: 'inactive_file',
  };
  assert.is(usedBy(files, read), 600);
  assert.is(usedBy(files, kernel({ '/sys/fs/cgroup/memory.current': '900\n' })), 900);
  assert.is(usedBy(files, kernel({})), 0);
});

test('no control groups at all, and a limit that the user gives', () => {
  const read = kernel({});
  assert.is(rssLimit(read, {}), undefined);
  assert.equal(rssLimit(read, { MEMPROF_RSS_LIMIT: '1.5 GiB' }), {
    bytes: 1.5 * 2 ** 30,
    by: 'MEMPROF_RSS_LIMIT',
  });
  const both = kernel({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/memory.max': '104857600\n' });
  assert.is(rssLimit(both, { MEMPROF_RSS_LIMIT: '1 GB' })?.bytes, 104857600);
});

test("V8's limit without the young generation's spare pages, by the last flag that says it", () => {
  const total = 312 * 2 ** 20;
  assert.is(heapLimit(total, []), total);
  assert.is(heapLimit(total, ['--max-old-space-size=120']), 120 * 2 ** 20);
  assert.is(heapLimit(total, ['--max_old_space_size', '120', '--inspect']), 120 * 2 ** 20);
  assert.is(heapLimit(total, ['--max-old-space-size=100', '--max-old-space-size=200']), 200 * 2 ** 20);
  assert.is(heapLimit(total, ['--max-old-space-size=0', '--max-old-space-size-percentage=5']), total);
});

test.run();

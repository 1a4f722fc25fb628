// The webhook: a real server that answers as servers do, in every way, and a program that must end as if there were none.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bodyOf } from '../../runtime/alerts/body';
import { type Answer, MOST, type Post, Queue } from '../../runtime/alerts/queue';
import type { AlertRecord } from '../../runtime/events';
import { EMITTED } from '../support/emitted';
import { ROOT } from '../support/node';

const SECRET = 'SECRET-PATH';
// A program's first calls are off by up to 150 KB, with alerts or without, where the compiler works beside them.
const COLD = 400_000;

interface Hook {
  url: string;
  got: { body: any; headers: IncomingMessage['headers']; at: number }[];
  server: Server;
}

/** A server on this machine; `answer` has the number of the request, from 0. */
async function hookOf(answer: (response: ServerResponse, n: number) => void): Promise<Hook> {
  const got: Hook['got'] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (part) => {
      text += part;
    });
    request.on('end', () => {
      assert.is(request.method, 'POST');
      got.push({ body: JSON.parse(text), headers: request.headers, at: performance.now() });
      answer(response, got.length - 1);
    });
  });
  await new Promise<void>((ok) => server.listen(0, '127.0.0.1', ok));
  // A test that fails leaves it behind.
  server.unref();
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${SECRET}`, got, server };
}

function close({ server }: Hook): void {
  server.closeAllConnections();
  server.close();
}

const status =
  (code: number, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(code, headers).end('what it says');

interface Ended {
  status: number | null;
  stdout: string;
  stderr: string;
  time: number;
}

/** Runs a program whose alerts go to `url`; `child` may be asked to end by its standard input. */
function run(
  code: string,
  url: string,
  env: Record<string, string> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const since = performance.now();
  const child = spawn(process.execPath, ['-e', `${EMITTED} ${code}`], {
    cwd: ROOT,
    env: {
      ...process.env,
      MEMPROF_LOG: 'spikes',
      MEMPROF_SPIKE: '1MB',
      MEMPROF_ALERTS: 'spike',
      MEMPROF_WEBHOOK: url,
      ...env,
    },
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text) => {
      texts[name] += text;
    });
  const ended = new Promise<Ended>((ok) =>
    child.on('close', (status) => ok({ status, ...texts, time: performance.now() - since })),
  );
  return { child, ended };
}

/** Stays until its standard input ends. */
const STAYS = 'process.stdin.resume();';

test('an alert is posted: the text, the record, who it was; nothing of the URL is told', async () => {
  let sent = (): void => {};
  const wasSent = new Promise<void>((ok) => {
    sent = ok;
  });
  const folder = mkdtempSync(join(tmpdir(), 'memprof-webhook-'));
  const hook = await hookOf((response) => {
    status(204)(response);
    sent();
  });
  try {
    const { child, ended } = run(`${STAYS} fill(1e6);`, hook.url, { MEMPROF_RECORD: folder });
    await wasSent;
    child.stdin?.end();
    const { stderr, status: code } = await ended;
    assert.is(code, 0);
    const [{ body, headers }] = hook.got;
    assert.is(hook.got.length, 1);
    assert.is(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(body.process, { pid: child.pid, host: hostname(), script: null, node: process.version });
    const { at, value, ...alert } = body.alert;
    assert.ok(Math.abs(value - 8_000_016) < COLD, `${value}`);
    assert.ok(Math.abs(at - Date.now()) < 600_000, `${at}`);
    assert.equal(alert, {
      rule: 'spike',
      state: 'raised',
      threshold: 1e6,
      unit: 'bytes',
      function: { name: 'fill', file: 'test/program.ts', line: 2 },
      message: 'spike: a call of fill allocated 8.0 MB, over 1.0 MB  test/program.ts:2',
    });
    assert.is(body.text, `memprof: ${alert.message} [node, pid ${child.pid} on ${hostname()}]`);
    const told = stderr + readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    assert.match(told, /alert spike: a call of fill/);
    assert.not.match(told, /SECRET/);
  } finally {
    close(hook);
    rmSync(folder, { recursive: true, force: true });
  }
});

test('500 and a broken connection are tried again, until one is taken', async () => {
  let taken = (): void => {};
  const wasTaken = new Promise<void>((ok) => {
    taken = ok;
  });
  const hook = await hookOf((response, n) => {
    if (n === 0) status(500)(response);
    else if (n === 1) response.destroy();
    else {
      status(200)(response);
      taken();
    }
  });
  const { child, ended } = run(`${STAYS} fill(1e6);`, hook.url);
  await wasTaken;
  child.stdin?.end();
  const { stderr } = await ended;
  assert.is(hook.got.length, 3);
  assert.equal(hook.got[0].body, hook.got[2].body);
  assert.not.match(stderr, /MEMPROF_W_WEBHOOK/);
  // Half of 500 ms at least, then half of a second.
  assert.ok(hook.got[1].at - hook.got[0].at >= 245 && hook.got[2].at - hook.got[1].at >= 495);
  close(hook);
});

test('429: not before Retry-After says', async () => {
  let taken = (): void => {};
  const wasTaken = new Promise<void>((ok) => {
    taken = ok;
  });
  const hook = await hookOf((response, n) => {
    if (n === 0) return status(429, { 'retry-after': '2' })(response);
    status(200)(response);
    taken();
  });
  const { child, ended } = run(`${STAYS} fill(1e6);`, hook.url);
  await wasTaken;
  child.stdin?.end();
  await ended;
  assert.ok(hook.got[1].at - hook.got[0].at >= 1990, `${hook.got[1].at - hook.got[0].at}`);
  close(hook);
});

test('404, and a redirect, are not tried again nor followed; said once, by the host alone; the next one tells the count', async () => {
  const other = await hookOf(status(200));
  let last = (): void => {};
  const wasLast = new Promise<void>((ok) => {
    last = ok;
  });
  const hook = await hookOf((response, n) => {
    if (n === 0) return status(404)(response);
    if (n === 1) return status(302, { location: other.url })(response);
    status(200)(response);
    last();
  });
  const { child, ended } = run(`${STAYS} fill(1e6); tight(1e6); buffers(2e6);`, hook.url);
  await wasLast;
  child.stdin?.end();
  const { stderr, status: code } = await ended;
  assert.is(code, 0);
  assert.equal(
    hook.got.map(({ body }) => [body.alert.function.name, body.dropped]),
    [
      ['fill', undefined],
      ['tight', 1],
      ['buffers', 2],
    ],
  );
  assert.match(hook.got[2].body.text, /\(2 before this one could not be sent\)/);
  assert.is(other.got.length, 0);
  assert.is(stderr.match(/MEMPROF_W_WEBHOOK/g)?.length, 1);
  assert.match(
    stderr,
    new RegExp(`the webhook at ${new URL(hook.url).host} does not take an alert: status 404`),
  );
  assert.not.match(stderr, /SECRET/);
  close(hook);
  close(other);
});

test('at the end of the program what waits has one more try: by an empty loop, process.exit, an exception', async () => {
  const hook = await hookOf(status(200));
  const codes: [string, number][] = [
    ['', 0],
    ['process.exit(0)', 0],
    ['process.exit(6)', 6],
    ['throw new Error("mine")', 1],
  ];
  for (const [code, expected] of codes) {
    const { ended } = run(`fill(1e6); ${code}`, hook.url);
    const { status, stderr } = await ended;
    assert.is(status, expected, code);
    assert.not.match(stderr, /SECRET/);
  }
  // Sent once, not twice.
  assert.is(hook.got.length, codes.length);
  close(hook);
});

test('a server that never answers, one that never accepts, a closed port: the program ends by itself, with its own status', async () => {
  const hangs = await hookOf(() => {});
  const mute = createSocketServer(() => {}).unref();
  await new Promise<void>((ok) => mute.listen(0, '127.0.0.1', ok));
  const closed = createSocketServer();
  await new Promise<void>((ok) => closed.listen(0, '127.0.0.1', ok));
  const port = (closed.address() as AddressInfo).port;
  await new Promise((ok) => closed.close(ok));
  const urls = [
    hangs.url,
    `https://127.0.0.1:${(mute.address() as AddressInfo).port}/${SECRET}`,
    `http://127.0.0.1:${port}/${SECRET}`,
    `https://no-such-host.invalid/${SECRET}`,
  ];
  for (const url of urls) {
    const { status, stderr } = await run('fill(1e6); tight(1e6); buffers(2e6); process.exitCode = 5;', url)
      .ended;
    assert.is(status, 5, url);
    assert.not.match(stderr, /SECRET/);
  }
  close(hangs);
  mute.close();
});

test('while the program is busy in one long call, alerts are sent all the same', async () => {
  let done = (): void => {};
  const wasDone = new Promise<void>((ok) => {
    done = ok;
  });
  const hook = await hookOf((response, n) => {
    status(n === 0 ? 503 : 200)(response);
    if (n === 1) done();
  });
  // It comes to an end by being killed.
  const { child, ended } = run('fill(1e6); for (;;);', hook.url);
  await wasDone;
  child.kill('SIGKILL');
  assert.is((await ended).status, null);
  close(hook);
});

test('what is sent is on no function, nor nobody: the account closes, and the program allocates what it did', async () => {
  const hook = await hookOf((response, n) => {
    status(200)(response);
    if (n === 1) child.stdin?.end();
  });
  const started = run(
    `${STAYS} fill(1e6); tight(1e6); process.stdin.on('end', () => { const { unowned, owned } = memprof.stats(); print({ unowned, owned, ...law() }); });`,
    hook.url,
  );
  const { child } = started;
  const { stdout } = await started.ended;
  const { unowned, owned, gap, unsummed } = JSON.parse(stdout.trim());
  assert.equal([gap, unsummed], [0, 0]);
  assert.ok(Math.abs(owned - 2 * 8_000_016) < COLD, `${owned}`);
  assert.ok(unowned < 500_000, `${unowned}`);
  close(hook);
});

const alertOf = (message: string): AlertRecord => ({
  rule: 'heap',
  state: 'raised',
  at: 0,
  value: 0.9,
  threshold: 0.8,
  unit: 'share',
  message,
});

/** A queue whose tries the test answers, and whose rests are over at once. */
function queueOf(
  answer: (message: string, dropped: number, tries: number) => Answer | Promise<Answer>,
  random = () => 1,
) {
  const log = { sent: [] as string[], rests: [] as number[], failed: [] as string[], over: 0 };
  let tries = 0;
  const post: Post = {
    async send({ message }, dropped) {
      log.sent.push(message);
      return answer(message, dropped, tries++);
    },
    async rest(ms) {
      log.rests.push(ms);
    },
    hurry() {},
    over: (alerts) => {
      log.over += alerts;
    },
    failed: (why) => log.failed.push(why),
  };
  return { queue: new Queue(post, random), log };
}

test('rests double up to a minute, with chance in them; after ten tries it is given up', async () => {
  const { queue, log } = queueOf(() => ({ is: 'again', why: 'ECONNREFUSED' }));
  queue.add(alertOf('a'));
  await queue.end();
  // Only what was tried when the program ended is tried once more.
  assert.ok(log.sent.length <= 2);

  const patient = queueOf(() => ({ is: 'again', why: 'ECONNREFUSED' }));
  patient.queue.add(alertOf('a'));
  while (patient.log.failed.length === 0) await new Promise(setImmediate);
  assert.equal(patient.log.rests, [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  assert.equal([patient.log.sent.length, patient.log.failed, patient.log.over], [10, ['ECONNREFUSED'], 1]);

  const low = queueOf(
    () => ({ is: 'again', why: 'x', after: 3000 }),
    () => 0,
  );
  low.queue.add(alertOf('a'));
  while (low.log.failed.length === 0) await new Promise(setImmediate);
  assert.equal(low.log.rests, [3000, 3000, 3000, 3000, 4000, 8000, 16_000, 30_000, 30_000]);

  const ever = queueOf(() => ({ is: 'again', why: 'x', after: 1e9 }));
  ever.queue.add(alertOf('a'));
  while (ever.log.failed.length === 0) await new Promise(setImmediate);
  assert.is(Math.max(...ever.log.rests), 600_000);
});

test('a full queue drops the oldest that is not on its way, and the next one that is taken tells how many', async () => {
  let go = (_: Answer): void => {};
  const first = new Promise<Answer>((ok) => {
    go = ok;
  });
  const counts: [string, number][] = [];
  const { queue, log } = queueOf((message, dropped, tries) => {
    counts.push([message, dropped]);
    return tries === 0 ? first : { is: 'taken' };
  });
  for (let n = 0; n < MOST + 20; n++) queue.add(alertOf(String(n)));
  assert.is(log.over, 20);
  go({ is: 'taken' });
  while (log.over < MOST + 20) await new Promise(setImmediate);
  assert.equal(counts.slice(0, 3), [
    ['0', 0],
    ['21', 20],
    ['22', 0],
  ]);
  assert.is(counts.length, MOST);
});

test("Slack's shape: text alone, in which nothing is markup", () => {
  const sender = { pid: 7, host: 'box', script: '/app/<b>.js', node: 'v20' };
  assert.equal(JSON.parse(bodyOf(alertOf('a & <!channel>'), sender, 'slack', 0)), {
    text: 'memprof: a &amp; &lt;!channel&gt; [/app/&lt;b&gt;.js, pid 7 on box]',
  });
  assert.equal(Object.keys(JSON.parse(bodyOf(alertOf('a'), sender, 'json', 0))), [
    'text',
    'alert',
    'process',
  ]);
});

test.run();

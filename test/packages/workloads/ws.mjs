// ws: frames built and parsed by hand, masks, compression, back-pressure; server and clients in this process.

import { once } from 'node:events';
import http from 'node:http';

export async function run({ load, loadDefault, log, attempt }) {
  const module = await load('ws');
  log('exports', Object.keys(module).sort());
  const WebSocket = await loadDefault('ws');
  const { WebSocketServer, createWebSocketStream, Receiver, Sender } = module;
  const server = http.createServer((_request, response) => response.end('plain'));
  const wss = new WebSocketServer({
    noServer: true,
    perMessageDeflate: { threshold: 100 },
    maxPayload: 100_000,
    handleProtocols: (protocols) => (protocols.has('chat') ? 'chat' : false),
  });
  const seen = [];
  server.on('upgrade', (request, socket, head) => {
    if (request.url === '/denied') return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n');
    wss.handleUpgrade(request, socket, head, (one) => wss.emit('connection', one, request));
  });
  wss.on('connection', (socket, request) => {
    socket.on('message', (data, binary) => {
      const text = String(data);
      if (text === 'close') socket.close(4001, 'asked');
      else if (text === 'kill') socket.terminate();
      else if (text === 'all') for (const one of wss.clients) one.send(`to all of ${wss.clients.size}`);
      else socket.send(binary ? Buffer.from(data).reverse() : `echo ${text}`, { binary });
    });
    socket.on('ping', (data) => seen.push(`ping ${data}`));
    socket.on('close', (code, reason) => seen.push(`server close ${code} ${reason} ${request.url}`));
    socket.on('error', (error) => seen.push(`server error ${error.code} ${error.message}`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `ws://127.0.0.1:${server.address().port}`;
  const open = async (path = '/', protocols = []) => {
    const socket = new WebSocket(address + path, protocols);
    await once(socket, 'open');
    return socket;
  };
  const one = await open('/one', ['other', 'chat']);
  log(
    'open',
    one.readyState,
    one.protocol,
    one.extensions,
    WebSocket.OPEN,
    one.binaryType,
    one.bufferedAmount,
  );
  const next = async (socket) => {
    const [data, binary] = await once(socket, 'message');
    return [binary ? data : String(data), binary];
  };
  for (const data of [
    'hello',
    Buffer.from([1, 2, 3]),
    'x'.repeat(5000),
    new Uint8Array([9, 8]),
    'ü€😀',
    '',
  ]) {
    const answer = next(one);
    one.send(data);
    const [back, binary] = await answer;
    log('echo', back.length > 100 ? back.length : back, binary);
  }
  one.ping('are you there');
  log('pong', String((await once(one, 'pong'))[0]), seen.splice(0));
  const two = await open('/two');
  two.addEventListener(
    'message',
    (event) => seen.push(`event ${event.type} ${event.data} ${event.target === two}`),
    { once: true },
  );
  const both = Promise.all([next(one), next(two)]);
  one.send('all');
  log('broadcast', await both, seen.splice(0));
  const answers = [];
  const done = new Promise((resolve) =>
    one.on('message', function each(data) {
      answers.push(String(data));
      if (answers.length === 100) {
        one.off('message', each);
        resolve();
      }
    }),
  );
  for (let n = 0; n < 100; n++) one.send(`${n} ${'y'.repeat(n * 5)}`, { compress: n % 2 === 0, fin: true });
  await done;
  log(
    'many',
    answers.map((text) => text.length),
  );
  const parts = next(one);
  one.send('frag', { fin: false });
  one.send('men', { fin: false });
  one.send('ted', { fin: true });
  log('fragments', await parts);
  const stream = createWebSocketStream(await open('/stream'), { encoding: 'utf8' });
  stream.write('through a stream');
  log('stream', (await once(stream, 'data'))[0]);
  stream.end();
  await once(stream, 'close');
  const closed = once(two, 'close');
  two.send('close');
  const [code, reason] = await closed;
  log('closed', code, String(reason), two.readyState);
  await attempt(
    'send when closed',
    () => new Promise((resolve, reject) => two.send('x', (error) => (error ? reject(error) : resolve()))),
  );
  const killed = once(one, 'close');
  one.send('kill');
  log('killed', (await killed)[0]);
  await attempt('denied', () => open('/denied'));
  await attempt('bad address', () => new WebSocket('http//x'));
  await attempt('bad protocol', () => new WebSocket(address, 'a b'));
  const large = await open('/large');
  const tooLarge = once(large, 'close');
  large.send(Buffer.alloc(200_000));
  log('too large', (await tooLarge)[0]);
  const receiver = new Receiver({ isServer: true });
  const fault = once(receiver, 'error');
  receiver.write(Buffer.from([0xff, 0x00]));
  const [error] = await fault;
  log(
    'receiver',
    error,
    Sender.frame(Buffer.from('hi'), { fin: true, opcode: 1, mask: false, readOnly: false, rsv1: false }).map(
      (b) => b.toString('hex'),
    ),
  );
  while (seen.filter((line) => /server close/.test(line)).length < 4) await new Promise(setImmediate);
  log('seen', [...seen].sort(), wss.clients.size);
  await new Promise((resolve) => wss.close(resolve));
  await new Promise((resolve) => server.close(resolve));
}

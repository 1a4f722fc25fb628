// `memprof top`: what does a running program allocate, function by function, at this moment? Reads its recording as it grows.
// Serves whoever watches a program. Must never touch the program: no port is opened, nothing is injected.

import path from 'node:path';
import { parseArgs } from 'node:util';
import { isThere } from '../contract/snapshot';
import { Following } from '../profile/follow';
import { type Live, liveOf } from '../profile/live';
import { safe } from '../profile/shown';
import { folderOfEnvironment } from './recordings';
import { type Key, Terminal } from './terminal';
import { ordered, plain, roomOf, SORTS, type Sort, screen, type View, type Width } from './top-view';
import { UsageError } from './usage';

export const usage = `usage: memprof top [PID] [options]

Shows what each function of a recorded program allocates now, its memory and the last spikes: of the program that began
last, or of that with PID. On a terminal ? lists the keys, q quits; elsewhere a block of lines is printed each second.

  --record DIR     where the recordings are (default: MEMPROF_RECORD, or .memprof)
  --interval MS    how often it is shown anew (default: 1000)
  --sort BY        bytes, calls, total or flight (default: bytes)
  --once           print one block of lines, and exit

Exit status: 0 done, 1 there is no recording to read, 2 bad usage.`;

const BY: Record<string, Sort> = { bytes: 'b', calls: 'c', total: 't', flight: 'f' };
const INTERVAL = 1000;
const SHORTEST = 50;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      record: { type: 'string' },
      interval: { type: 'string', default: String(INTERVAL) },
      sort: { type: 'string', default: 'bytes' },
      once: { type: 'boolean', default: false },
    },
  });
  if (positionals.length > 1) throw new UsageError('one program is watched at a time: name one PID.');
  const [given] = positionals;
  if (given !== undefined && !/^\d+$/.test(given))
    throw new UsageError(`"${safe(given)}" is no PID: that is a number.`);
  const interval = Number(values.interval);
  if (!(interval >= SHORTEST && interval <= 2 ** 31 - 1))
    throw new UsageError(
      `--interval "${safe(values.interval)}": a number of ms from ${SHORTEST} on is needed.`,
    );
  if (!Object.hasOwn(BY, values.sort))
    throw new UsageError(`--sort "${safe(values.sort)}" is none of ${Object.keys(BY).join(', ')}.`);
  const folder = path.resolve(values.record ?? folderOfEnvironment());
  const following = found(folder, given);
  if (!following) return 1;
  const sort = BY[values.sort];
  try {
    if (values.once) console.log(plain(look(following), sort));
    else if (process.stdout.isTTY) await watch(following, sort, interval);
    else await print(following, sort, interval);
    return 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    tell(`the recordings in ${folder} cannot be read any more: ${(error as Error).message}`);
    return 1;
  } finally {
    following.close();
  }
}

function tell(what: string): void {
  console.error(`memprof top: ${safe(what, Number.POSITIVE_INFINITY)}`);
}

function found(folder: string, pid: string | undefined): Following | undefined {
  try {
    const following = Following.of(folder, pid === undefined ? undefined : Number(pid));
    const of = pid === undefined ? '' : ` of process ${pid}`;
    if (!following)
      tell(
        `no recording${of} in ${folder}. Make one by \`memprof run app.js\`, or by setting MEMPROF_RECORD; --record names another folder.`,
      );
    return following;
  } catch (error) {
    tell(`${folder}: ${(error as Error).message}`);
    return undefined;
  }
}

function look(following: Following): Live {
  following.poll();
  return liveOf(following.threads, Date.now(), isThere);
}

function isOver({ fate }: Live): boolean {
  return fate.state === 'ended' || fate.state === 'gone';
}

/** Blocks of lines, until the program has ended or nobody reads on. */
async function print(following: Following, sort: Sort, interval: number): Promise<void> {
  await new Promise<void>((done) => {
    const show = () => {
      const live = look(following);
      console.log(`${plain(live, sort)}\n`);
      if (isOver(live)) end();
    };
    const timer = setInterval(show, interval);
    const end = () => {
      clearInterval(timer);
      done();
    };
    process.stdout.on('error', end);
    show();
  });
}

async function watch(following: Following, sort: Sort, interval: number): Promise<void> {
  // It is a module, which CommonJS may load by import() alone.
  const { default: width } = await import('string-width');
  await new Promise<void>((done, failed) => {
    const view: View = { sort, filter: '', typing: false, paused: false, help: false, top: 0 };
    let live = look(following);
    const draw = () => terminal.draw(drawn(live, view, terminal.size, width));
    const terminal = new Terminal((key) => {
      if (key.ctrl && key.name === 'z') return terminal.stop();
      if (isQuit(key, view)) return end();
      press(key, view, live, roomOf(live, terminal.size));
      draw();
    }, draw);
    const timer = setInterval(() => {
      try {
        const now = look(following);
        if (!view.paused) live = now;
        draw();
      } catch (error) {
        stop();
        failed(error);
      }
    }, interval);
    const stop = () => {
      clearInterval(timer);
      terminal.leave();
    };
    const end = () => {
      stop();
      done();
    };
    terminal.enter();
    draw();
  });
}

function drawn(live: Live, view: View, size: Terminal['size'], width: Width): string[] {
  const { lines, title } = screen(live, view, size, width);
  return lines.map((line, n) => (n === title ? `\u001b[7m${line}\u001b[0m` : line));
}

function isQuit({ name, text, ctrl }: Key, { typing, help }: View): boolean {
  return (ctrl && (name === 'c' || name === 'd')) || (text === 'q' && !typing && !help);
}

/** What a key changes. */
function press({ name, text, ctrl }: Key, view: View, live: Live, room: number): void {
  if (view.help) {
    view.help = false;
    return;
  }
  const last = Math.max(0, ordered(live.rows, view).length - room);
  const scrolled: Record<string, number> = {
    up: view.top - 1,
    down: view.top + 1,
    pageup: view.top - room,
    pagedown: view.top + room,
    home: 0,
    end: last,
  };
  if (Object.hasOwn(scrolled, name)) {
    view.top = Math.max(0, Math.min(last, scrolled[name]));
    return;
  }
  if (name === 'escape') {
    Object.assign(view, { filter: '', typing: false, top: 0 });
  } else if (view.typing) {
    if (name === 'return' || name === 'enter') view.typing = false;
    else if (name === 'backspace') view.filter = [...view.filter].slice(0, -1).join('');
    else if (!ctrl && /^[^\p{Cc}]+$/u.test(text)) view.filter += text;
    view.top = 0;
  } else if (Object.hasOwn(SORTS, text)) {
    Object.assign(view, { sort: text as Sort, top: 0 });
  } else if (text === '/') view.typing = true;
  else if (text === 'p') view.paused = !view.paused;
  else if (text === '?') view.help = true;
}

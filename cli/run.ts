// `memprof run`: runs a program so that it is recorded, and says why it died where it did. Must change nothing else: not
// the program's arguments, not its streams, not its signals, not how it ends.

import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isatty } from 'node:tty';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { fileNameFrom } from '../contract/recording';
import { isNearLimit } from '../profile/culprit';
import { readRecordings } from '../profile/read';
import type { Recording } from '../profile/recording';
import { type Fate, signalOf } from '../profile/story';
import { explain } from './explain';
import { shown } from './findings';
import { folderOfEnvironment } from './recordings';
import { UsageError } from './usage';

export const usage = `usage: memprof run [options] app.js [args...]

Runs a program under Node and records it; where it dies of a fatal signal, says why on stderr. It ends as the program
does, by the same status or signal. Options come before the program, all that follows its name is the program's.

  --instrument GLOB    files whose functions are instrumented as they are loaded, as 'src/**' or '!**/*.spec.js'
                       (repeatable; default: MEMPROF_INSTRUMENT, and functions with a tag)
  --record DIR         where the recordings go (default: MEMPROF_RECORD, or .memprof)
  --node-arg ARG       a flag for Node, as --node-arg=--max-old-space-size=512 (repeatable)

Exit status: the program's; 128 and the signal's number where it died of one that leaves a core; 2 bad usage.`;

const OPTIONS = {
  instrument: { type: 'string', multiple: true },
  record: { type: 'string' },
  'node-arg': { type: 'string', multiple: true },
} as const;
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'] as const;
// What a terminal sends to all that run in its foreground.
const OF_TERMINAL = ['SIGINT', 'SIGQUIT'];
// Whoever sends these knows why the program ended.
const MEANT = ['SIGINT', 'SIGTERM', 'SIGHUP'];
// Those that end a process without a core, and that Node does not take for something else.
const REPEATABLE = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGALRM', 'SIGVTALRM', 'SIGPROF', 'SIGIO'];
// The clock of a process and the one that it began by differ by less.
const SLACK = 1000;

/** The arguments before the program's name. */
export function own(args: string[]): string[] {
  return args.slice(0, programAt(args));
}

export async function run(args: string[]): Promise<number> {
  const at = programAt(args);
  const { values } = parseArgs({ args: joined(args.slice(0, at)), options: OPTIONS });
  const program = args.slice(args[at] === '--' ? at + 1 : at);
  if (program.length === 0) throw new UsageError('name the program to run, as `memprof run app.js`');
  const folder = path.resolve(values.record ?? folderOfEnvironment());
  const env: NodeJS.ProcessEnv = { ...process.env, MEMPROF_RECORD: folder };
  // Each call's line would be among what the program itself has to say.
  env.MEMPROF_LOG ||= 'spikes';
  if (values.instrument) env.MEMPROF_INSTRUMENT = values.instrument.join('\n');
  const register = pathToFileURL(path.join(__dirname, '../integrations/register.js')).href;

  const began = Date.now();
  const flags = [...(values['node-arg'] ?? []), '--import', register];
  const child = spawn(process.execPath, [...flags, ...program], { stdio: 'inherit', env });
  const passing = new Passing(child);
  const fate = await ended(child);
  if (isFatal(fate) && !passing.passed.has(signalOf(fate) as string)) await tell(folder, began, fate);
  else if (fate.code) await tellOfOthers(folder, began, fate);
  passing.stop();
  return endAs(fate);
}

/** Where the program's name stands, or the `--` before it. */
function programAt(args: string[]): number {
  let n = 0;
  while (n < args.length && args[n] !== '--' && args[n].startsWith('-')) n += takesNext(args[n]) ? 2 : 1;
  return Math.min(n, args.length);
}

function takesNext(arg: string): boolean {
  return arg.startsWith('--') && Object.hasOwn(OPTIONS, arg.slice(2));
}

// A value that begins with a dash, as flags of Node do, is taken for an option where it stands alone.
function joined(args: string[]): string[] {
  const made: string[] = [];
  for (let n = 0; n < args.length; n++) {
    const hasNext = takesNext(args[n]) && n + 1 < args.length;
    made.push(hasNext ? `${args[n]}=${args[++n]}` : args[n]);
  }
  return made;
}

function ended(child: ChildProcess): Promise<Fate> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal, pid: child.pid }));
  });
}

/** Signals go to the program while it runs; who sent them to us meant it. */
class Passing {
  readonly passed = new Set<string>();
  private readonly listeners = new Map<NodeJS.Signals, () => void>();

  constructor(child: ChildProcess) {
    for (const signal of PASSED_ON) {
      const listener = () => {
        this.passed.add(signal);
        // ^C has reached it already: twice is, for many programs, "at once".
        if (!(OF_TERMINAL.includes(signal) && inForeground())) child.kill(signal);
      };
      this.listeners.set(signal, listener);
      process.on(signal, listener);
    }
  }

  stop(): void {
    for (const [signal, listener] of this.listeners) process.removeListener(signal, listener);
  }
}

/** Whether keys of a terminal reach this process, and so the program. */
function inForeground(): boolean {
  try {
    // After the name, which may hold anything: state, parent, group, session, terminal, the terminal's group.
    const [, , group, , terminal, foreground] = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return terminal !== '0' && group === foreground;
  } catch {
    return [0, 1, 2].some((stream) => isatty(stream));
  }
}

function isFatal(fate: Fate): boolean {
  const signal = signalOf(fate);
  return signal !== undefined && !MEANT.includes(signal);
}

async function tell(folder: string, began: number, fate: Fate): Promise<void> {
  const recordings = ofThisRun(recordingsSince(folder, began), fate.pid);
  const text =
    recordings.length > 0
      ? explain(recordings, fate)
      : `memprof: the program died (${signalOf(fate)}) and left no recording in ${shown(folder)}. Check that the folder can be written to, and that a function is instrumented: name some, as --instrument 'src/**'.`;
  await say(text);
}

async function say(text: string): Promise<void> {
  // Whoever does not listen any more changes nothing of how this ends.
  process.stderr.on('error', () => {});
  await new Promise<void>((written) => process.stderr.write(`${text}\n`, () => written()));
}

/** A worker thread, or a child, that ran out of memory ends the program by an error: with a status, as any other. */
async function tellOfOthers(folder: string, began: number, { pid }: Fate): Promise<void> {
  const died = ofThisRun(recordingsSince(folder, began), pid).filter(
    (one) => (one.header.pid !== pid || one.header.thread > 0) && one.end === undefined && isNearLimit(one),
  );
  if (died.length > 0) await say(explain(died));
}

function recordingsSince(folder: string, began: number): Recording[] {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // Nothing was written: it is told as that.
  }
  const since = names.filter((name) => (fileNameFrom(name)?.start ?? 0) >= began - SLACK);
  return readRecordings(since.map((name) => path.join(folder, name)));
}

/** The program's own, and those of the processes that it started, and they. */
function ofThisRun(recordings: Recording[], pid: number | undefined): Recording[] {
  const pids = new Set([pid]);
  for (let before = 0; before !== pids.size; ) {
    before = pids.size;
    for (const { header } of recordings) if (pids.has(header.parent)) pids.add(header.pid);
  }
  return recordings.filter(({ header }) => pids.has(header.pid));
}

/** Ends this process as the other did, where a signal can be repeated; else the exit status that a shell would give. */
function endAs({ code, signal }: Fate): number {
  if (signal === null) return code ?? 1;
  if (REPEATABLE.includes(signal)) process.kill(process.pid, signal);
  return 128 + (os.constants.signals[signal as NodeJS.Signals] ?? 0);
}

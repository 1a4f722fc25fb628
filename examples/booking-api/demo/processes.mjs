// Starts and stops the demo's child processes. Serves demo.mjs alone.
// No child may outlive the demo: each is stopped at the end, on an error, on a signal, and by itself (they
// watch the channel that they were started with) should the demo be killed outright.
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';

const KILL_AFTER_MS = 4000;
const running = new Set();

/** Takes a child that somebody else started into the care of stopAll. */
export function adopt(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Runs a set-up command to its end; its output is shown only when it fails. */
export async function run(command, args, cwd) {
  // npm is a script on Windows, and wants a shell there.
  const child = adopt(spawn(command, args, { cwd, shell: process.platform === 'win32' }));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const [code, signal] = await once(child, 'close');
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')} failed (${signal ?? `exit code ${code}`}):\n${output}`);
  return output;
}

/**
 * Starts a Node program that talks to the demo. Resolves when `ready(line)` of a line of its standard output,
 * or `ready(message)` of what it sends, gives something: { child, value }.
 */
export async function start(file, { cwd, env, execArgv, ready, onStderr }) {
  const child = adopt(
    fork(file, { cwd, execArgv, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] }),
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text;
    onStderr?.(text);
  });
  const value = await new Promise((resolve, reject) => {
    const offer = (thing) => {
      const value = ready(thing);
      if (value !== undefined) resolve(value);
    };
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      for (const line of lines) offer(line);
    });
    child.on('message', offer);
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      reject(new Error(`${file} stopped (${signal ?? `exit code ${code}`}):\n${errors}`)),
    );
  });
  return { child, value };
}

/** Sends a message and resolves to the answer. */
export async function ask(child, message) {
  const gone = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`a process stopped (${signal ?? `exit code ${code}`}) before it answered "${message}"`);
  });
  gone.catch(() => {});
  const answered = once(child, 'message');
  child.send(message);
  const [value] = await Promise.race([answered, gone]);
  return value;
}

/** Ends one child, by force where it does not listen, and resolves when it is gone. */
export async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
  await gone;
  clearTimeout(force);
}

export async function stopAll() {
  await Promise.all([...running].map(stop));
}

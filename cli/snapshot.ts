// `memprof snapshot`: has a running program write a heap snapshot, and says where it is, or why there is none. Serves whoever
// looks into a program from outside. Must never open a port, nor heed files of another user's or of a dead process.

import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { formatSize } from '../contract/size';
import {
  isThere,
  placeOf,
  readOwn,
  type SnapshotAnswer,
  type SnapshotRequest,
  talkFrom,
  talkOf,
  writeOwn,
} from '../contract/snapshot';
import { formatTime, safe } from '../profile/shown';
import { UsageError } from './usage';

export const usage = `usage: memprof snapshot PID [options]

Has a program that runs with MEMPROF_SNAPSHOT=FOLDER write a heap snapshot there, and prints its path and size. The program
stands still meanwhile, seconds for each 100 MB. It takes none that does not fit into its memory: it says so, and
writes a sampled profile instead. A heap snapshot holds the values of the program's data.

  --folder DIR     the program's folder (default: MEMPROF_SNAPSHOT)
  --timeout MS     how long to wait for it (default: 120000)
  --force          whatever the cooldown and the number of snapshots say

Exit status: 0 written, 1 not written, 2 bad usage.`;

const TIMEOUT = 120_000;
const POLL = 100;
// A program that is not busy looks once a second.
const BUSY = 3000;

export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      folder: { type: 'string' },
      timeout: { type: 'string', default: String(TIMEOUT) },
      force: { type: 'boolean', default: false },
    },
  });
  const [given = ''] = positionals;
  if (positionals.length !== 1) throw new UsageError('one program is asked: name its PID.');
  if (!/^[1-9]\d{0,9}$/.test(given)) throw new UsageError(`"${safe(given)}" is no PID: that is a number.`);
  const timeout = Number(values.timeout);
  if (!(timeout > 0 && timeout <= 2 ** 31 - 1))
    throw new UsageError(`--timeout "${safe(values.timeout)}": a number of ms is needed.`);
  const named = values.folder ?? process.env.MEMPROF_SNAPSHOT ?? '';
  if (named.trim() === '')
    throw new UsageError('name the folder that the program was started with: --folder, or MEMPROF_SNAPSHOT.');
  const pid = Number(given);
  const folder = path.resolve(named);
  const reason = unheard(folder, pid);
  if (reason !== undefined) return no(reason);
  return await ask(folder, pid, values.force, timeout);
}

function no(reason: string): 1 {
  console.error(`memprof snapshot: ${safe(reason, Number.POSITIVE_INFINITY)}`);
  return 1;
}

/** Why that process would not hear of a request. */
function unheard(folder: string, pid: number): string | undefined {
  const file = path.join(folder, talkOf('listening', pid));
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    return `${folder}: ${(error as Error).message}`;
  }
  const stat = statSync(file, { throwIfNoEntry: false });
  const listening = readOwn(file);
  if (listening !== undefined && listening.place !== placeOf())
    return `process ${pid} of ${folder} runs on another machine or in another container: call this command there.`;
  if (stat !== undefined && listening === undefined && stat.uid !== process.geteuid?.())
    return `process ${pid} belongs to the user with the id ${stat.uid}: it heeds that user's requests alone.`;
  if (!isThere(pid)) {
    for (const kind of ['listening', 'request', 'answer'] as const)
      remove(path.join(folder, talkOf(kind, pid)));
    return `there is no process ${pid}.${others(names, pid)}`;
  }
  if (listening !== undefined && listening.pid === pid) return undefined;
  return `process ${pid} does not run memprof with snapshots on in ${folder}. Start it with MEMPROF_SNAPSHOT=${folder}, or name its folder by --folder.${others(names, pid)}`;
}

function others(names: string[], pid: number): string {
  const listening = names
    .map(talkFrom)
    .filter((talk) => talk?.kind === 'listening' && talk.pid !== pid && isThere(talk.pid))
    .map((talk) => talk?.pid);
  return listening.length === 0 ? '' : ` Processes that listen there: ${listening.join(', ')}.`;
}

function remove(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Another user's.
  }
}

async function ask(folder: string, pid: number, force: boolean, timeout: number): Promise<number> {
  const file = path.join(folder, talkOf('request', pid));
  const request: SnapshotRequest = { id: randomUUID(), force };
  try {
    writeOwn(file, request, 'leave');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST')
      return no(`somebody has asked process ${pid} already (${file}): wait for the answer.`);
    return no(`process ${pid} cannot be asked: ${message}`);
  }
  const interrupted = (signal: NodeJS.Signals) => {
    withdraw(file, request.id);
    process.kill(process.pid, signal);
  };
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  const answer = await answered(folder, pid, request.id, timeout);
  if (typeof answer !== 'string') return tell(answer);
  withdraw(file, request.id);
  return no(answer);
}

/** Takes a request back; whether it was still there. */
function withdraw(file: string, id: string): boolean {
  const isThere = readOwn(file)?.id === id;
  if (isThere) remove(file);
  return isThere;
}

/** The program's answer, or why there is none. */
async function answered(
  folder: string,
  pid: number,
  id: string,
  timeout: number,
): Promise<SnapshotAnswer | string> {
  const request = path.join(folder, talkOf('request', pid));
  const file = path.join(folder, talkOf('answer', pid));
  const since = performance.now();
  let isTold = false;
  for (;;) {
    // Before the answer is looked for: its last words count.
    const isGone = !isThere(pid);
    const isUnseen = readOwn(request)?.id === id;
    const answer = readOwn(file);
    if (answer?.id === id) {
      remove(file);
      return answer as unknown as SnapshotAnswer;
    }
    if (isGone) return `process ${pid} has ended without an answer.`;
    const waited = performance.now() - since;
    if (waited > timeout)
      return isUnseen
        ? `process ${pid} has not looked at the request in ${formatTime(timeout)}: a long synchronous call blocks it, or it is stopped. The request is withdrawn.`
        : `process ${pid} is still at it after ${formatTime(timeout)}: look for the snapshot in ${folder}.`;
    if (isUnseen && waited > BUSY && !isTold) {
      isTold = true;
      console.error(
        `memprof snapshot: process ${pid} is blocked by a long synchronous call, or stopped: waiting until it looks.`,
      );
    }
    await sleep(POLL);
  }
}

function tell({ path: file, size, time, reason, profile, profileIn }: SnapshotAnswer): number {
  if (typeof file === 'string' && typeof size === 'number') {
    console.log(`${safe(file, Number.POSITIVE_INFINITY)}  ${formatSize(size)}`);
    const took = typeof time === 'number' ? `The program stood still for ${formatTime(time)}. ` : '';
    console.error(
      `memprof snapshot: ${took}It holds values of the program's data, strings as they are: keep it as you keep these.`,
    );
    return 0;
  }
  no(`not taken: ${typeof reason === 'string' ? reason : 'no reason was given'}.`);
  if (typeof profile === 'string') {
    const when =
      typeof profileIn === 'number' && profileIn > 0
        ? `is written in ${formatTime(profileIn)}, of what is allocated until then`
        : 'was written';
    console.error(
      `memprof snapshot: a sampled profile ${when} instead: ${safe(profile, Number.POSITIVE_INFINITY)}`,
    );
  }
  return 1;
}

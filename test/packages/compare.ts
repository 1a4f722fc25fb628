// Runs a case's workload on the plain tree and on its instrumented twins, each in a process of its own, and
// says where they differ and whether the account closes. It serves main.ts; it must never call two runs
// equal of which one did not end.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Case, Format } from './cases';
import type { Service } from './services';

/** The runs of one format: the plain tree first, then what must equal it. */
export const VARIANTS = ['plain', 'text', 'off', 'told', 'ast'] as const;
export type Variant = (typeof VARIANTS)[number];

/** `off`: switched off; `told`: every call is a spike, so that the shapes of all values are taken. */
const ENVIRONMENT: Record<Variant, Record<string, string>> = {
  plain: {},
  text: { WITH_MEMPROF: '1' },
  off: { WITH_MEMPROF: '1', MEMPROF: 'off' },
  told: { WITH_MEMPROF: '1', MEMPROF_SPIKE: '1' },
  ast: { WITH_MEMPROF: '1' },
};
const PATIENCE = 240_000;

/** Fewer functions of the package than this that were called: its workload proves nothing. */
export const LEAST_OWN = 20;

export interface Account {
  allocated: number;
  owned: number;
  awaited: number;
  unowned: number;
  overhead: number;
  external: number;
  inFlight: number;
  /** Sums over the functions. */
  calls: number;
  self: number;
  /** Functions of the package itself that were called. */
  own: number;
  spikes: number;
}

interface Outcome {
  lines: string[];
  /** Milliseconds from the load of the workload to its end. */
  time: number;
  account?: Account;
  /** What the engine saw run that the account knows nothing of. */
  ran?: Ran;
}

interface Ran {
  /** Files of the package, or workloads, that lie in another tree. */
  outside: string[];
  /** Files whose instrumented functions were called and not counted. */
  silent: string[];
}

export interface Comparison {
  format: Format;
  variants: Variant[];
  /** What differs from the plain run, a few lines for each variant; empty: all are equal. */
  differences: string[];
  /** What is wrong with the account. */
  ledger: string[];
  /** Lines that were compared. */
  lines: number;
  calls: number;
  /** Functions of the package itself that were called: the least of the variants that count. */
  own: number;
  /** Time of the instrumented run over the plain one's; of the run that is switched off, too. */
  ratio: number;
  ratioOff: number;
}

/** The tree that a variant runs on, beside the plain one. */
export function treeOf(variant: Variant): 'plain' | 'text' | 'ast' {
  return variant === 'off' || variant === 'told' ? 'text' : variant;
}

/** @param folder that holds the trees `plain`, `text` and `ast` */
export async function compare(
  one: Case,
  format: Format,
  folder: string,
  variants: Variant[],
  service?: Service,
): Promise<Comparison> {
  const result: Comparison = {
    format,
    variants,
    differences: [],
    ledger: [],
    lines: 0,
    calls: 0,
    own: 0,
    ratio: Number.NaN,
    ratioOff: Number.NaN,
  };
  let plain: Outcome | undefined;
  for (const variant of variants) {
    const outcome = await run(one.name, format, path.join(folder, treeOf(variant)), variant, service);
    if (typeof outcome === 'string') {
      result.differences.push(`${variant}: ${outcome}`);
      if (variant === 'plain') break;
      continue;
    }
    if (variant === 'plain') {
      plain = outcome;
      result.lines = outcome.lines.length;
      const failure = outcome.lines.find((line) => /^(the end threw|uncaught) /.test(line));
      if (failure) result.differences.push(`plain: the workload itself fails: ${failure}`);
      continue;
    }
    const before = plain as Outcome;
    for (const difference of differences(before.lines, outcome.lines, variant)) {
      result.differences.push(`${variant}: ${difference}`);
    }
    for (const fault of faults(outcome, variant, one)) result.ledger.push(`${variant}: ${fault}`);
    const own = outcome.account?.own ?? 0;
    if (variant !== 'off') result.own = Math.min(result.own || own, own);
    if (variant === 'text') {
      result.ratio = outcome.time / before.time;
      result.calls = outcome.account?.calls ?? 0;
    }
    if (variant === 'off') result.ratioOff = outcome.time / before.time;
  }
  return result;
}

async function run(
  name: string,
  format: Format,
  tree: string,
  variant: Variant,
  service: Service | undefined,
): Promise<Outcome | string> {
  const folder = mkdtempSync(path.join(tmpdir(), 'memprof-packages-'));
  const out = path.join(folder, 'out.json');
  const env: NodeJS.ProcessEnv = { ...process.env, MEMPROF_LOG: 'off', TZ: 'UTC', LC_ALL: 'C' };
  for (const key of ['MEMPROF', 'MEMPROF_SPIKE', 'NODE_OPTIONS', 'NODE_ENV']) delete env[key];
  Object.assign(env, ENVIRONMENT[variant]);
  if (service) env.SERVICE = JSON.stringify(service.address);
  const child = spawn(process.execPath, [path.join(__dirname, 'child.mjs'), tree, name, format, out], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data));
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('close', (code, name) => resolve([code, name]));
  });
  clearTimeout(timer);
  try {
    if (status !== 0) return `the process ended with ${status ?? signal}: ${tail(said)}`;
    const outcome = JSON.parse(readFileSync(out, 'utf8')) as Outcome;
    // What a package prints is a result as any other.
    outcome.lines.push(...said.split('\n').map((line) => `printed | ${line}`));
    return outcome;
  } catch (error) {
    return `no result: ${error}; ${tail(said)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const tail = (text: string) => text.trim().slice(-1500);

const SHOWN = 3;

function some(files: string[]): string {
  const rest = files.length > SHOWN ? ` and ${files.length - SHOWN} more` : '';
  return files.slice(0, SHOWN).join(', ') + rest;
}

/** The first lines that differ; the rest is counted. TypeScript's printer lays lines anew, so no frame has its line. */
function differences(plain: string[], other: string[], variant: Variant): string[] {
  // A long line is shown from where it begins to differ.
  const from = (a = '', b = '') => {
    let at = 0;
    while (at < a.length && a[at] === b[at]) at++;
    return a.length < 400 && b.length < 400 ? 0 : Math.max(0, at - 120);
  };
  const shown = (line: string | undefined, at: number) =>
    line === undefined ? '(nothing)' : `${at > 0 ? '... ' : ''}${line.slice(at, at + 400)}`;
  const plainly = (line: string) =>
    variant === 'ast' && / frame at /.test(line) ? line.replace(/:\d+(?=\)?$)/, '') : line;
  const found: string[] = [];
  let more = 0;
  for (let n = 0; n < Math.max(plain.length, other.length); n++) {
    const [a, b] = [plain[n], other[n]];
    if (a !== undefined && b !== undefined && plainly(a) === plainly(b)) continue;
    const at = from(a, b);
    if (found.length < SHOWN) {
      found.push(`line ${n + 1}\n      plain ${shown(a, at)}\n      now   ${shown(b, at)}`);
    } else more++;
  }
  if (more) found.push(`and ${more} more lines`);
  return found;
}

/** What does not close in the account of a settled workload. */
function faults({ account, ran }: Outcome, variant: Variant, { pending }: Case): string[] {
  if (!account || !ran) return ['there is no account'];
  const { allocated, owned, unowned, overhead, inFlight, calls, own, self, spikes } = account;
  const found: string[] = [];
  const bad = Object.entries(account).filter(([, value]) => !(value >= 0));
  if (bad.length) found.push(`negative or no number: ${bad.map((one) => one.join(' ')).join(', ')}`);
  if (ran.outside.length) found.push(`ran from another tree: ${some(ran.outside)}`);
  if (variant === 'off') {
    if (calls || owned || inFlight) found.push(`it counts while it is off: ${JSON.stringify(account)}`);
    return found;
  }
  const open = pending?.calls ?? 0;
  if (own < LEAST_OWN)
    found.push(`${own} functions of the package itself were called, ${LEAST_OWN} are the least`);
  if (ran.silent.length) found.push(`ran, and no call was counted: ${some(ran.silent)}`);
  if (variant === 'told' && spikes === 0) found.push('no spike was told');
  if (inFlight !== open) found.push(`${inFlight} calls in flight, ${open} expected`);
  if (allocated !== owned + unowned + overhead) found.push(`the law is broken: ${JSON.stringify(account)}`);
  // Each owned byte belongs to a call that is over; generators that stand at a yield hold the rest.
  if (inFlight === 0 && self !== owned) found.push(`the functions own ${self} bytes, the ledger ${owned}`);
  return found;
}

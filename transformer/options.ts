// What the user wrote into the plugin's entry, read once and checked: which files, which functions,
// strip or not. Serves every host of the transformer. It must never guess: a misspelt key or a wrong
// value that went through in silence would show as a build in which nothing is measured.

import { MemprofError } from '../contract/errors';
import { checkGlob } from './files';
import { checkWildcard } from './wildcard';

/** The plugin's options as a user writes them; each one may be left out. */
export interface PluginOptions {
  /** Globs of files whose functions the other options may select, from the project's root. */
  include?: string[];
  /** Globs of files that are left out again. */
  exclude?: string[];
  /** Patterns against a function's whole label (`FlightService.*`), or `"all"`: nameless ones too. */
  functions?: string[] | 'all';
  /** Names of decorators; on a class they select each of its members. */
  decorators?: string[];
  /** Build as if the plugin were not there. */
  strip?: boolean;
}

/** Options that passed the check. `configured`: something beside tags may select a function. */
export interface Selection {
  readonly strip: boolean;
  readonly configured: boolean;
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly functions?: readonly string[] | 'all';
  readonly decorators?: readonly string[];
  /** The project's root, an absolute folder: globs are matched from here. Default: the working directory. */
  root?: string;
  /** Of a built file: the source that it was made of, which globs may mean as well. */
  origin?: string;
  /** ... and what tags there say, by label: compilers drop comments, or move what they stood on. */
  tags?: ReadonlyMap<string, { off: boolean; spike?: number }>;
}

const OURS = ['include', 'exclude', 'functions', 'decorators', 'strip'];

// Keys of the hosts that hand their whole entry over (ts-patch, ttypescript).
const HOSTS = new Set([
  'transform',
  'import',
  'after',
  'afterDeclarations',
  'transformProgram',
  'type',
  'name',
  'resolvePathAliases',
  'tsConfig',
  'isEsm',
]);

const GLOBS = 'a list of globs, as ["src/**/*.service.ts"]';
const PATTERNS = 'a list of patterns, as ["FlightService.*", "load*"], or "all"';
const NAMES = 'a list of names, as ["Injectable", "Controller"]';

/**
 * Checks a plugin's options; `undefined` and `{}` are fine. `MEMPROF_STRIP` in the environment strips
 * whatever they say.
 * @throws MemprofError MEMPROF_E_OPTION (unknown key), MEMPROF_E_OPTION_VALUE (wrong value),
 *   MEMPROF_E_PATTERN (a glob or pattern that cannot be read)
 */
export function readOptions(raw?: unknown, env: NodeJS.ProcessEnv = process.env): Selection {
  if (raw !== undefined && raw !== null && (typeof raw !== 'object' || Array.isArray(raw))) {
    throw new MemprofError('MEMPROF_E_OPTION_VALUE', { key: 'options', value: raw, allowed: 'an object' });
  }
  const options = (raw ?? {}) as Record<string, unknown>;
  for (const key of Object.keys(options)) {
    if (OURS.includes(key) || HOSTS.has(key) || options[key] === undefined) continue;
    throw new MemprofError('MEMPROF_E_OPTION', { key, value: options[key], allowed: OURS.join(', ') });
  }
  const { strip } = options;
  if (strip !== undefined && typeof strip !== 'boolean') {
    throw new MemprofError('MEMPROF_E_OPTION_VALUE', {
      key: 'strip',
      value: strip,
      allowed: 'true or false',
    });
  }
  const include = list(options, 'include', GLOBS, checkGlob);
  const exclude = list(options, 'exclude', GLOBS, checkGlob);
  const functions = options.functions === 'all' ? 'all' : list(options, 'functions', PATTERNS, checkWildcard);
  const decorators = list(options, 'decorators', NAMES, checkWildcard)?.map((name) => name.replace(/^@/, ''));
  return {
    strip: strip === true || stripAsked(env),
    configured: Boolean(include?.length || functions !== undefined || decorators !== undefined),
    include: include?.length ? include : undefined,
    exclude,
    functions,
    decorators,
  };
}

/** Whether `MEMPROF_STRIP` asks for a strip build: 1, true, on or yes, in any case, blanks around it ignored. */
export function stripAsked(env: NodeJS.ProcessEnv = process.env): boolean {
  return /^(1|true|on|yes)$/i.test((env.MEMPROF_STRIP ?? '').trim());
}

/** A list of strings under `key`; `check` answers why one of them cannot be read. */
function list(
  options: Record<string, unknown>,
  key: string,
  allowed: string,
  check: (pattern: string) => string | undefined,
): string[] | undefined {
  const value = options[key];
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.some((one) => typeof one !== 'string')) {
    throw new MemprofError('MEMPROF_E_OPTION_VALUE', { key, value, allowed });
  }
  for (const pattern of value as string[]) {
    const reason = check(pattern);
    if (reason) throw new MemprofError('MEMPROF_E_PATTERN', { key, value: pattern, reason, allowed });
  }
  return value as string[];
}

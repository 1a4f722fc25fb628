#!/usr/bin/env node
// `memprof`: which command is meant, and with what status it ends. Serves the command line; each command is a
// file of its own, loaded when it is called. Exit status: 0, 1 (the answer is no), 2 (usage).

import { MemprofError } from '../contract/errors';
import { VERSION } from '../contract/version';
import { UsageError } from './usage';

/** One command: its arguments in, the exit status out. */
export interface Command {
  usage: string;
  /** Which of them are its own, where others are a program's. */
  own?(args: string[]): string[];
  run(args: string[]): number | Promise<number>;
}

/** By name, which is that of its file, too. */
const COMMANDS: Record<string, string> = {
  instrument: 'rewrite built JavaScript, and its maps, in place',
  doctor: 'say whether this project is measured, and why not; --stripped DIR: the release gate',
  run: 'run a program and record it; where it dies, say which function had the memory',
  explain: 'say of a recording why the program died',
  report: 'make a page of recordings, one HTML file',
  top: 'show what a running program allocates, function by function',
  snapshot: 'have a running program write a heap snapshot, where it can afford one',
  diff: 'say what calls allocate more than before, and whether that is real',
  export: 'write recordings for pprof, Speedscope, Chrome DevTools or Perfetto',
};

const USAGE = `usage: memprof COMMAND [options]

${Object.entries(COMMANDS)
  .map(([name, about]) => `  ${name.padEnd(12)}${about}`)
  .join('\n')}

  memprof COMMAND --help    the options of one command
  memprof --version`;

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    console.log(USAGE);
    return name === undefined ? 2 : 0;
  }
  if (name === '--version' || name === '-v') {
    console.log(VERSION);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? (require(`./${name}`) as Command) : undefined;
  if (!command) {
    console.error(`memprof: there is no command "${name}".\n\n${USAGE}`);
    return 2;
  }
  const own = command.own?.(args) ?? args;
  if (own.includes('--help') || own.includes('-h')) {
    console.log(command.usage);
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    // parseArgs names what it does not know by a code of its own.
    const { code } = error as { code?: string };
    if (error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS')) {
      console.error(`memprof ${name}: ${(error as Error).message}\n\n${command.usage}`);
      return 2;
    }
    if (!(error instanceof MemprofError)) throw error;
    console.error(error.message);
    return 2;
  }
}

if (require.main === module) {
  main(process.argv.slice(2)).then((status) => {
    process.exitCode = status;
  });
}

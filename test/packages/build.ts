// Makes the instrumented twin of an installed tree: every function of every JavaScript file under
// node_modules, and of the workloads. Runs in a process of its own, with --experimental-vm-modules, since it
// also has the engine read each file that it wrote. It must never change the tree that it reads.
//
// node -r tsx/cjs --experimental-vm-modules build.ts FROM TO text|ast PACKAGE

import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import ts from 'typescript';
import { instrument } from '../../transformer/instrument';

export interface Built {
  /** JavaScript files seen. */
  files: number;
  /** Of these, files that hold no function. */
  empty: number;
  /** Functions with a body that a walk of our own counts, and those of them that were instrumented. */
  seen: number;
  functions: number;
  /** Instrumented ones in the package under test itself, not in what it depends on or in its workload. */
  own: number;
  /** Files, and functions of other files, that were left alone, by reason. */
  filesAlone: Record<string, number>;
  functionsAlone: Record<string, number>;
  /** Files that the engine reads plain and no longer instrumented, with its error. */
  broken: string[];
  /** Milliseconds in instrument(), and the file that took longest. */
  time: number;
  slowest: { file: string; bytes: number; time: number };
}

function build(from: string, to: string, printer: 'text' | 'ast', own: string): Built {
  rmSync(to, { recursive: true, force: true });
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
  const built: Built = {
    files: 0,
    empty: 0,
    seen: 0,
    functions: 0,
    own: 0,
    filesAlone: {},
    functionsAlone: {},
    broken: [],
    time: 0,
    slowest: { file: '', bytes: 0, time: 0 },
  };
  for (const file of scripts(to)) {
    const name = path.relative(to, file).split(path.sep).join('/');
    const code = readFileSync(file, 'utf8');
    let alone = false;
    let warned = 0;
    const began = performance.now();
    const result = instrument(code, {
      fileName: file,
      functions: 'all',
      // Packages are left alone unless they are named.
      include: ['node_modules/**', 'workloads/**'],
      printer,
      sourceMap: false,
      typescript: ts,
      root: to,
      warn(text, key) {
        const [, reason] = /was left alone: (.*?)\.? \[MEMPROF_/s.exec(text) ?? [text, text];
        // Names in a reason would make each a reason of its own.
        const short = reason.replace(/"[^"]*"/g, '"..."').replace(/\.$/, '');
        count(key === 'MEMPROF_W_FILE' ? built.filesAlone : built.functionsAlone, short, 1);
        if (key === 'MEMPROF_W_FILE') alone = true;
        else warned++;
      },
    });
    const time = performance.now() - began;
    built.files++;
    built.time += time;
    if (time > built.slowest.time) built.slowest = { file: name, bytes: code.length, time };
    const seen = countFunctions(code, file);
    built.seen += seen;
    if (seen === 0) built.empty++;
    built.functions += result.functions.length;
    if (name.startsWith(`node_modules/${own}/`)) built.own += result.functions.length;
    if (alone) {
      count(built.functionsAlone, 'they stand in such a file', seen);
      continue;
    }
    const silent = seen - result.functions.length - warned;
    if (silent) count(built.functionsAlone, 'without a word: their text travels', silent);
    if (result.functions.length === 0) continue;
    writeFileSync(file, result.code);
    const kind = kindOf(code, name);
    const error = kind && errorOf(result.code, name, kind);
    if (error) built.broken.push(`${name}: ${error}`);
  }
  return built;
}

function count(counts: Record<string, number>, reason: string, more: number): void {
  counts[reason] = (counts[reason] ?? 0) + more;
}

// A count of our own, so that a file that was passed over in silence shows.
function countFunctions(code: string, file: string): number {
  let functions = 0;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && (node as ts.FunctionLikeDeclaration).body) functions++;
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, code, ts.ScriptTarget.ESNext, false, ts.ScriptKind.JS));
  return functions;
}

/** Every JavaScript file of the tree's packages and workloads. */
function scripts(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?js$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => /[\\/](node_modules|workloads)[\\/]/.test(file.slice(folder.length)))
    .sort();
}

type Kind = 'script' | 'module';

function kindOf(code: string, name: string): Kind | undefined {
  return (['script', 'module'] as const).find((kind) => errorOf(code, name, kind) === undefined);
}

function errorOf(code: string, filename: string, kind: Kind): string | undefined {
  try {
    if (kind === 'module') new vm.SourceTextModule(code, { identifier: filename });
    else vm.compileFunction(code.replace(/^#!.*/, ''), ['exports', 'require', 'module'], { filename });
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const [from, to, printer, own] = process.argv.slice(2);
process.stdout.write(JSON.stringify(build(from, to, printer as 'text' | 'ast', own)));

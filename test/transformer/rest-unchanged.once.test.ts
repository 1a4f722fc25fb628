// The plugin leaves alone what it does not measure: the files of toolchains/rich, one tagged function in each, are
// compiled with it and without it by each TypeScript under many options. Apart from the head of the file and
// the tagged function's body both outputs must be the same, to the byte.

import fs from 'node:fs';
import path from 'node:path';
import type ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import plugin from '../../transformer';
import { type Compiler, compilers } from './select-support';

const RICH = path.join(__dirname, '../toolchains/rich');
const sources: Record<string, string> = Object.fromEntries(
  fs.readdirSync(RICH).map((name) => [name, fs.readFileSync(path.join(RICH, name), 'utf8')]),
);
// Not a file of its own: the formatter of this repository reads no decorators of parameters.
sources['parameters.ts'] = `
import { Point } from './fields';
import type { Shape } from './types';
declare function inject(...args: unknown[]): any;
@inject()
export class Injected {
  constructor(@inject('p') private readonly point: Point, @inject() shape: Shape, @inject() readonly n = 1) {}
  /** @memprof */
  @inject() tagged(@inject('a') a: string, @inject() b?: Point): Point[] { return [this.point, b!]; }
  @inject() static other(@inject('a') a: bigint | undefined): void {}
}
`;

type Output = Record<string, string>;

// Trees are kept for all programs of one compiler and target: no program changes one.
const trees = new Map<string, ts.SourceFile | undefined>();

function build(compiler: Compiler, options: ts.CompilerOptions, measured: boolean): Output {
  const read = (name: string) => sources[path.posix.relative('/app', name)];
  const host: ts.CompilerHost = {
    getSourceFile: (name, version) => {
      const key = `${compiler.version} ${JSON.stringify(version)} ${options.jsx} ${options.module} ${name}`;
      const text = read(name);
      if (text !== undefined && !trees.has(key))
        trees.set(key, compiler.createSourceFile(name, text, version));
      return trees.get(key);
    },
    getDefaultLibFileName: () => '/lib.d.ts',
    writeFile: () => {},
    getCurrentDirectory: () => '/app',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => read(name) !== undefined,
    readFile: read,
  };
  const program = compiler.createProgram(
    Object.keys(sources).map((name) => `/app/${name}`),
    { ...options, noLib: true, types: [], declaration: true },
    host,
  );
  const problems: string[] = [];
  const extras = {
    ts: compiler,
    addDiagnostic: (one: ts.Diagnostic) => problems.push(String(one.messageText)),
  };
  const output: Output = {};
  const write = (name: string, text: string) => {
    output[path.posix.basename(name)] = text;
  };
  const before = measured ? [plugin(program, {}, extras)] : [];
  const { emitSkipped } = program.emit(undefined, write, undefined, undefined, { before });
  assert.not(emitSkipped);
  assert.equal(problems, []);
  return output;
}

/** A file without memprof's head and without the body of `tagged`; how many of each were taken out. */
function rest(
  compiler: Compiler,
  name: string,
  text: string,
): { text: string; heads: number; bodies: number } {
  const tree = compiler.createSourceFile(name, text, compiler.ScriptTarget.ESNext, true);
  const cuts: [number, number, string][] = [];
  let heads = 0;
  let bodies = 0;
  for (const statement of tree.statements) {
    const own = statement.getText(tree);
    const isHead =
      /^(import \* as|var|const) \$mp\b/.test(own) ||
      own === 'var $file, $r;' ||
      /^function \$sites\(/.test(own);
    // What a namespace import needs in CommonJS belongs to the head, the user's own imports may need it too.
    const isHelper = /^var __(createBinding|setModuleDefault|importStar) = /.test(own);
    if (!isHead && !isHelper) continue;
    if (isHead) heads++;
    cuts.push([statement.getStart(tree), statement.end + 1, '']);
  }
  const visit = (node: ts.Node): void => {
    const body = compiler.isFunctionLike(node) && (node as ts.FunctionDeclaration).body;
    if (body && nameOf(compiler, node) === 'tagged') {
      bodies++;
      cuts.push([body.getStart(tree), body.end, '{}']);
    } else compiler.forEachChild(node, visit);
  };
  visit(tree);
  cuts.sort((a, b) => b[0] - a[0]);
  for (const [start, end, by] of cuts) text = text.slice(0, start) + by + text.slice(end);
  return { text, heads, bodies };
}

/** The name of a function, or of what it is assigned to. */
function nameOf(compiler: Compiler, node: ts.Node): string | undefined {
  const own = (node as ts.FunctionDeclaration).name;
  if (own) return own.getText();
  let { parent } = node;
  while (parent && compiler.isParenthesizedExpression(parent)) parent = parent.parent;
  if (compiler.isBinaryExpression(parent)) return /(\w+)$/.exec(parent.left.getText())?.[1];
  if (compiler.isPropertyDeclaration(parent)) return parent.name.getText();
  // Object.defineProperty(this, "tagged", { value: ... })
  if (compiler.isPropertyAssignment(parent) && parent.name.getText() === 'value') {
    const call = parent.parent.parent;
    if (compiler.isCallExpression(call)) return call.arguments[1]?.getText().replace(/"/g, '');
  }
  return undefined;
}

/** Compares, and answers how many files were measured. */
function same(compiler: Compiler, options: ts.CompilerOptions, label: string): number {
  const plain = build(compiler, options, false);
  const measured = build(compiler, options, true);
  assert.equal(Object.keys(measured), Object.keys(plain), label);
  let count = 0;
  for (const [name, text] of Object.entries(measured)) {
    if (name.endsWith('.d.ts')) {
      assert.is(text, plain[name], `${label} ${name}`);
      continue;
    }
    const without = rest(compiler, name, plain[name]);
    const under = rest(compiler, name, text);
    assert.is(under.text, without.text, `${label} ${name}`);
    assert.is(without.heads, 0, `${label} ${name}`);
    assert.is(under.heads, 3, `${label} ${name}`);
    assert.is(without.bodies, 1, `${label} ${name}`);
    assert.match(text, '$mp.enter(');
    count++;
  }
  return count;
}

const TARGETS = ['ES5', 'ES2015', 'ES2017', 'ES2022'] as const;

for (const compiler of compilers) {
  for (const target of TARGETS) {
    test(`TypeScript ${compiler.version}, ${target}: all but the tagged functions is as without the plugin`, () => {
      for (const useDefineForClassFields of [false, true])
        for (const jsx of [compiler.JsxEmit.ReactJSX, compiler.JsxEmit.Preserve])
          for (const module of [compiler.ModuleKind.CommonJS, compiler.ModuleKind.ESNext])
            for (const legacy of [true, false]) {
              const options: ts.CompilerOptions = {
                target: compiler.ScriptTarget[target],
                module,
                jsx,
                useDefineForClassFields,
                esModuleInterop: useDefineForClassFields,
                experimentalDecorators: legacy,
                emitDecoratorMetadata: legacy,
                isolatedModules: !legacy,
                downlevelIteration: true,
                ignoreDeprecations: compiler.version.startsWith('6') ? '6.0' : '5.0',
              };
              const label = `define ${useDefineForClassFields} jsx ${jsx} module ${module} legacy ${legacy}`;
              assert.is(same(compiler, options, label), 7, label);
            }
    });
  }
}

test.run();

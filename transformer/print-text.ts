// A plan as edits of the source text: the forms' parts are spliced in, everything else stays. It serves
// instrument(), for files that something else compiles. It must never insert a newline, nor let a part
// change how the text beside it is read.

import type MagicStringType from 'magic-string' with { 'resolution-mode': 'import' };
import type * as ts from 'typescript';
import type { Typescript } from './selected';
import { textOf } from './templates';
import type { Lay, Plan } from './visit';

/** A version 3 source map as an object. */
export interface TextMap {
  version: number;
  file?: string;
  sources: (string | null)[];
  sourcesContent?: (string | null)[];
  names: string[];
  mappings: string;
}

/** The text of `sourceFile` with the plan's forms in it, and its map if one is wanted. */
export function printText(
  ts: Typescript,
  sourceFile: ts.SourceFile,
  plan: Plan,
  sourceMap = true,
): { code: string; map: TextMap | undefined } {
  const { text } = sourceFile;
  const MagicString = (require('magic-string') as { default: typeof MagicStringType }).default;
  const out = new MagicString(text);
  const startOf = (node: ts.Node) => node.getStart(sourceFile);
  const part = (lay: Lay) => textOf(lay.form, plan.names, lay.params);

  // Where what follows the first `count` statements begins, and what must part it from them.
  const after = (statements: readonly ts.Statement[], count: number, start: number): [number, string] => {
    const last = statements[count - 1];
    if (!last) return [start, ''];
    return [last.end, text[last.end - 1] === ';' ? '' : ';'];
  };
  const opening = (statements: readonly ts.Statement[], start: number) =>
    after(statements, prologueLength(ts, statements), start);

  const { statements } = sourceFile;
  const first = statements.length ? startOf(statements[0]) : 0;
  const [at, separator] = opening(statements, first);
  const head = [textOf(plan.format === 'module' ? 'import' : 'require', plan.names)[0]];
  head.push(textOf('table', plan.names, plan.table)[0]);
  out.appendLeft(at, separator + head.join(''));

  // Where a line break ends the statement before, which a parenthesis would go on.
  const breaks = new Set<number>();
  for (const node of plan.touched) {
    const { statements = [] } = node as Partial<ts.Block>;
    for (const [n, statement] of statements.entries()) {
      if (n > 0 && plan.touched.has(statement) && text[statements[n - 1].end - 1] !== ';') {
        breaks.add(startOf(statement));
      }
    }
  }

  // What opens goes to the right of its position in the order of the source, so that outer forms stand
  // outside; what opens a block stays with its brace.
  const moves = new Map<ts.Block, ts.FunctionDeclaration[]>();
  const starts = new Map<ts.Block, number>();
  for (const lay of plan.lays) {
    const { node, place } = lay;
    if (place === 'around') {
      const start = startOf(node);
      const [before] = part(lay);
      // A form's leading blank parts it from a keyword, where the source has nothing between.
      const open = breaks.has(start) && before.startsWith('(') ? ';' : '';
      out.appendRight(start, open + (/[\w$]/.test(text[start - 1]) ? before : before.trimStart()));
    } else if (place === 'inside') {
      const block = node as ts.Block;
      const isBody = lay.form === 'body' || lay.form === 'bodyAbrupt';
      const brace = startOf(block) + 1;
      const count = lay.before ?? (isBody ? prologueLength(ts, block.statements) : 0);
      const [start, separator] = after(block.statements, count, brace);
      starts.set(block, start);
      out.appendLeft(start, separator + part(lay)[0]);
    } else if (place === 'hoist') {
      const declaration = node as ts.FunctionDeclaration;
      const block = lay.block as ts.Block;
      moves.set(block, [...(moves.get(block) ?? []), declaration]);
      out.appendRight(startOf(node), part(lay)[0]);
      const name = declaration.name as ts.Identifier;
      out.remove(startOf(name), name.end);
    } else if (place === 'split') split(node as ts.VariableStatement, lay);
  }

  // What closes goes to the left of its position, inner forms first; what closes a block stays with its
  // brace, since the statement before may move away.
  for (const lay of [...plan.lays].reverse()) {
    const { node, place } = lay;
    if (place === 'inside') out.appendRight(node.end - 1, part(lay)[1]);
    else if (place === 'operand') out.appendLeft(node.end, part(lay)[0]);
    else if (place !== 'split') out.appendLeft(node.end, part(lay)[1]);
  }

  for (const [block, declarations] of moves) {
    let index = starts.get(block) as number;
    for (const declaration of declarations) {
      const start = startOf(declaration);
      // What stood around it must not become one statement.
      out.appendLeft(start, ';');
      if (start === index) index = declaration.end;
      else out.move(start, declaration.end, index);
    }
  }

  // await using a = A, b = B;    each comma becomes a new declaration, with the disposer before it
  function split(statement: ts.VariableStatement, lay: Lay): void {
    const { declarations } = statement.declarationList;
    const each = lay.each ?? [];
    declarations.forEach((declaration, n) => {
      const disposer = textOf(lay.form, plan.names, each[n])[1];
      const next = declarations[n + 1];
      if (!next) out.appendLeft(statement.end, disposer);
      else {
        const comma = text.indexOf(',', skipComments(ts, text, declaration.end));
        out.overwrite(comma, comma + 1, `${disposer}await using `);
      }
    });
  }

  if (!sourceMap) return { code: out.toString(), map: undefined };
  const map = out.generateMap({ source: sourceFile.fileName, includeContent: true, hires: 'boundary' });
  return { code: out.toString(), map: { ...map } as TextMap };
}

/** How many of the first statements are directives. */
export function prologueLength(ts: Typescript, statements: readonly ts.Statement[]): number {
  const end = statements.findIndex((s) => !ts.isExpressionStatement(s) || !ts.isStringLiteral(s.expression));
  return end < 0 ? statements.length : end;
}

function skipComments(ts: Typescript, text: string, pos: number): number {
  const trailing = ts.getTrailingCommentRanges(text, pos)?.at(-1)?.end ?? pos;
  return ts.getLeadingCommentRanges(text, trailing)?.at(-1)?.end ?? trailing;
}

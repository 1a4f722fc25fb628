// Tags that stand on something without a body: an interface, a type, an abstract method, a constant.
// Serves select.ts: a tag that selects nothing must be answered, never passed over in silence.

import type * as ts from 'typescript';
import type { Report, Typescript as TS } from './selected';
import { sizeError, type Tag, tagCandidates } from './tags';

/** Reports each tag that no function or class took; look-alikes in strings are none. */
export function strayTags(
  ts: TS,
  sourceFile: ts.SourceFile,
  tags: readonly Tag[],
  used: ReadonlySet<number>,
  report: Report,
): void {
  for (const { pos } of tags) {
    if (used.has(pos)) continue;
    const node = standsOn(ts, sourceFile, pos);
    if (node) report('MEMPROF_W_TAG_TARGET', node, { value: describe(ts, node) });
  }
}

/**
 * Looks at every tag of a program before its first file is emitted, so that a wrong size leaves no half
 * of a build behind; `ts` is asked for only where there is one.
 * @throws MemprofError MEMPROF_E_TAG_SIZE
 */
export function badSizes(program: ts.Program, root: string, compiler: () => TS): void {
  for (const sourceFile of program.getSourceFiles()) {
    if (sourceFile.isDeclarationFile || !sourceFile.text.includes('@memprof')) continue;
    for (const tag of tagCandidates(sourceFile.text)) {
      if (tag.bad === undefined || !standsOn(compiler(), sourceFile, tag.pos)) continue;
      throw sizeError(sourceFile, tag, root);
    }
  }
}

/** The outermost node whose leading comments hold `pos`, else what encloses it; none inside a literal. */
function standsOn(ts: TS, sourceFile: ts.SourceFile, pos: number): ts.Node | undefined {
  let node: ts.Node = sourceFile;
  let outer: ts.Node | undefined;
  let from = 0;
  for (;;) {
    let next: ts.Node | undefined;
    ts.forEachChild(node, (one) => {
      if (one.pos <= pos && pos < one.end) next = one;
      else if (one.end <= pos) from = Math.max(from, one.end);
    });
    if (!next) break;
    node = next;
    from = Math.max(from, node.pos);
    // The first node in whose leading comments the tag lies is the whole declaration or statement.
    if (pos < start(ts, sourceFile, node)) outer ??= node;
    else outer = undefined;
  }
  if (!outer && isLiteral(ts, node)) return undefined;
  return startsComment(sourceFile.text, from, pos) ? (outer ?? node) : undefined;
}

/** Whether a comment begins at `pos`; between nodes, from `from` on, stand only comments and punctuation. */
function startsComment(text: string, from: number, pos: number): boolean {
  let at = from;
  while (at < pos) {
    if (text.startsWith('//', at)) at = (/[\r\n\u2028\u2029]|$/.exec(text.slice(at))?.index ?? 0) + at;
    else if (text.startsWith('/*', at)) at = Math.max(text.indexOf('*/', at + 2), at) + 2;
    else at++;
  }
  return at === pos;
}

function start(ts: TS, sourceFile: ts.SourceFile, node: ts.Node): number {
  // JSX text has no trivia: blanks and "comments" in it are content.
  return node.kind === ts.SyntaxKind.JsxText ? node.pos : node.getStart(sourceFile, false);
}

function isLiteral(ts: TS, node: ts.Node): boolean {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddle(node) ||
    ts.isTemplateTail(node) ||
    ts.isRegularExpressionLiteral(node) ||
    node.kind === ts.SyntaxKind.JsxText
  );
}

function describe(ts: TS, node: ts.Node): string {
  const name = nameOf(ts, node);
  const words = (kind: string) => (name ? `${kind} ${name}` : kind);
  if (ts.isInterfaceDeclaration(node)) return words('interface');
  if (ts.isTypeAliasDeclaration(node)) return words('type');
  if (ts.isEnumDeclaration(node)) return words('enum');
  if (ts.isModuleDeclaration(node)) return words('namespace');
  if (ts.isClassLike(node)) return name ? `class ${name} without functions` : 'a class without functions';
  if (ts.isFunctionDeclaration(node)) return words('declare function');
  if (ts.isMethodSignature(node) || ts.isCallSignatureDeclaration(node)) return words('method signature');
  if (ts.isMethodDeclaration(node) || ts.isAccessor(node))
    return name ? `method ${name} without a body` : 'a method without a body';
  if (ts.isConstructorDeclaration(node)) return 'a constructor without a body';
  if (ts.isPropertySignature(node) || ts.isPropertyDeclaration(node)) return words('property');
  if (ts.isPropertyAssignment(node) || ts.isShorthandPropertyAssignment(node)) return words('property');
  if (ts.isVariableStatement(node)) return describeVariables(ts, node.declarationList);
  if (ts.isImportDeclaration(node) || ts.isImportEqualsDeclaration(node)) return 'an import';
  if (ts.isExportDeclaration(node) || ts.isExportAssignment(node)) return 'an export';
  if (ts.isParameter(node)) return words('parameter');
  if (node.kind === ts.SyntaxKind.EndOfFileToken) return 'the end of the file';
  return ts.isStatement(node) ? 'a statement' : 'no declaration';
}

function describeVariables(ts: TS, list: ts.VariableDeclarationList): string {
  const kind = list.flags & ts.NodeFlags.Const ? 'const' : list.flags & ts.NodeFlags.Let ? 'let' : 'var';
  const names = list.declarations.map((one) => (ts.isIdentifier(one.name) ? ts.idText(one.name) : '...'));
  return `${kind} ${names.join(', ')}`;
}

function nameOf(ts: TS, node: ts.Node): string | undefined {
  const { name } = node as { name?: ts.Node };
  if (!name) return undefined;
  if (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) return ts.idText(name);
  return ts.isStringLiteralLike(name) || ts.isNumericLiteral(name) ? name.text : undefined;
}

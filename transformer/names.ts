// What a function is called in a log line, a report and a pattern: its label. Serves select.ts.
// A label is made of names in the source alone, never of what a value is at run time, and never empty.
//
//   function load            load                 const bag = { prop() {} }     bag.prop
//   class K { m() {} }       K.m                  { [key]: () => 1 }            bag[key]
//   class K { f = () => 1 }  K.f                  { 'GET /': () => 1 }          bag["GET /"]
//   constructor              K.constructor        X.prototype.y = function      X.y
//   get x() / set x(v)       K.get x, K.set x     this.y = () => 1 (in K)       K.y
//   #x()                     K.#x                 exports.y = function          y
//   inner in outer           outer.inner          module.exports = function     default
//   export default () => 1   default              a callback in outer           outer.(anonymous)
//
// Accessors carry the word that V8 puts into a stack frame (`get x`), behind the class, so that
// `K.*` takes them too.

import type * as ts from 'typescript';
import type { Typescript as TS } from './selected';
import { parsed } from './tags';

/** A label, and whether its last part comes from the source: a declaration, assignment, property or method. */
export interface Name {
  label: string;
  named: boolean;
}

const NAMELESS = '(anonymous)';

/** Names of one file's functions; `path` is the chain of nodes from the source file to the node's parent. */
export class Names {
  constructor(
    private readonly ts: TS,
    private readonly sourceFile: ts.SourceFile,
  ) {}

  of(node: ts.Node, path: readonly ts.Node[]): Name {
    const label = this.known([...path, node], path.length);
    if (label) return { label, named: true };
    return { label: member(this.container(path, path.length - 1), NAMELESS), named: false };
  }

  /** The label of the function, class or namespace at `path[at]`, or `undefined` where it has no name. */
  private known(path: readonly ts.Node[], at: number): string | undefined {
    const { ts } = this;
    const node = path[at];
    if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) {
      return member(this.container(path, at - 1), node.name ? ts.idText(node.name) : 'default');
    }
    if (ts.isModuleDeclaration(node)) return member(this.container(path, at - 1), node.name.text);
    if (ts.isConstructorDeclaration(node)) return member(this.owner(path, at - 1), 'constructor');
    if (ts.isGetAccessor(node)) return member(this.owner(path, at - 1), this.key(node.name), 'get ');
    if (ts.isSetAccessor(node)) return member(this.owner(path, at - 1), this.key(node.name), 'set ');
    if (ts.isMethodDeclaration(node)) return member(this.owner(path, at - 1), this.key(node.name));
    const bound = this.bound(path, at);
    const own = (ts.isFunctionExpression(node) || ts.isClassExpression(node)) && node.name;
    // A property is what callers write; of a variable and a named expression the latter is `fn.name`.
    if (own && !bound?.property) return member(this.container(path, at - 1), ts.idText(own));
    return bound?.label;
  }

  /** The label that the members of the class or object literal at `path[at]` hang on; may be empty. */
  private owner(path: readonly ts.Node[], at: number): string {
    const { ts } = this;
    const node = path[at];
    if (ts.isClassLike(node)) {
      return this.known(path, at) || member(this.container(path, at - 1), '(class)');
    }
    const bound = this.bound(path, at);
    if (bound?.exports) return '';
    return bound ? bound.label : this.container(path, at - 1);
  }

  /** The label of what encloses `path[at]`; nameless functions pass on what encloses them. */
  private container(path: readonly ts.Node[], at: number): string {
    const { ts } = this;
    for (let i = at; i > 0; i--) {
      const node = path[i];
      if (ts.isClassLike(node)) return this.owner(path, i);
      if (ts.isFunctionLike(node) || ts.isModuleDeclaration(node)) {
        const label = this.known(path, i);
        if (label) return label;
      }
    }
    return '';
  }

  /** What an expression is bound to by the nodes around it. */
  private bound(
    path: readonly ts.Node[],
    at: number,
  ): { label: string; property?: boolean; exports?: boolean } | undefined {
    const { ts } = this;
    let i = at - 1;
    while (i > 0 && isWrapper(ts, path[i])) i--;
    const node = path[i];
    const inner = path[i + 1];
    if (ts.isVariableDeclaration(node) || ts.isBindingElement(node) || ts.isParameter(node)) {
      if (node.initializer !== inner || !ts.isIdentifier(node.name)) return undefined;
      return { label: member(this.container(path, i - 1), ts.idText(node.name)) };
    }
    if (ts.isPropertyAssignment(node) && node.initializer === inner) {
      return { label: member(this.owner(path, i - 1), this.key(node.name)), property: true };
    }
    if (ts.isPropertyDeclaration(node) && node.initializer === inner) {
      return { label: member(this.owner(path, i - 1), this.key(node.name)), property: true };
    }
    if (ts.isShorthandPropertyAssignment(node)) {
      return { label: member(this.container(path, i - 1), ts.idText(node.name)) };
    }
    if (ts.isExportAssignment(node)) return { label: 'default' };
    if (ts.isBinaryExpression(node) && node.right === inner && isAssignment(ts, node)) {
      if (ts.isIdentifier(node.left)) {
        return { label: member(this.container(path, i - 1), ts.idText(node.left)) };
      }
      if (isExports(ts, node.left)) return { label: 'default', exports: true };
      const label = this.target(node.left, path, i);
      return label === undefined ? undefined : { label, property: true };
    }
    return undefined;
  }

  /** The label of an assignment's left side: `X.prototype.y` is X.y, `exports.y` is y. */
  private target(left: ts.Expression, path: readonly ts.Node[], at: number): string | undefined {
    const { ts } = this;
    if (ts.isIdentifier(left)) return ts.idText(left);
    if (left.kind === ts.SyntaxKind.ThisKeyword) return this.self(path, at);
    if (ts.isPropertyAccessExpression(left)) {
      if (isExports(ts, left.expression)) return ts.idText(left.name);
      const base = this.target(left.expression, path, at) ?? '';
      return ts.idText(left.name) === 'prototype' && base ? base : member(base, ts.idText(left.name));
    }
    if (ts.isElementAccessExpression(left)) {
      const key = this.computed(left.argumentExpression);
      return member(
        isExports(ts, left.expression) ? '' : (this.target(left.expression, path, at) ?? ''),
        key,
      );
    }
    return isWrapper(ts, left) ? this.target((left as ts.AsExpression).expression, path, at) : undefined;
  }

  /** What `this` belongs to at `path[at]`: the class, the object, or a constructor function. */
  private self(path: readonly ts.Node[], at: number): string {
    const { ts } = this;
    for (let i = at; i > 0; i--) {
      const node = path[i];
      if (ts.isClassLike(node)) return this.owner(path, i);
      if (ts.isArrowFunction(node)) continue;
      if (ts.isMethodDeclaration(node) || ts.isAccessor(node)) return this.owner(path, i - 1);
      if (ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node)) {
        return this.known(path, i) ?? this.container(path, i - 1);
      }
    }
    return '';
  }

  private key(name: ts.PropertyName): string {
    const { ts } = this;
    if (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) return ts.idText(name);
    if (ts.isComputedPropertyName(name)) return this.computed(name.expression);
    return literal(name.text);
  }

  private computed(key: ts.Expression): string {
    const { ts, sourceFile } = this;
    if (ts.isStringLiteralLike(key) || ts.isNumericLiteral(key)) return literal(key.text);
    const node = parsed(ts, key);
    if (node.pos < 0) return ts.isIdentifier(node) ? `[${ts.idText(node)}]` : '[computed]';
    const text = sourceFile.text.slice(node.pos, node.end).replace(/\s+/g, ' ').trim();
    return `[${text.length > 40 ? `${text.slice(0, 37)}...` : text}]`;
  }
}

/** Nodes that leave a value what it is: parentheses and TypeScript's assertions. */
export function isWrapper(ts: TS, node: ts.Node): boolean {
  return (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isNonNullExpression(node) ||
    ts.isTypeAssertionExpression(node) ||
    ts.isPartiallyEmittedExpression(node) ||
    (ts.isSatisfiesExpression?.(node) ?? false)
  );
}

/** The value without them. */
export function unwrapped(ts: TS, node: ts.Node): ts.Node {
  let inner = node;
  while (isWrapper(ts, inner)) inner = (inner as ts.ParenthesizedExpression).expression;
  return inner;
}

export function isAssignment(ts: TS, node: ts.BinaryExpression): boolean {
  const { kind } = node.operatorToken;
  return (
    kind === ts.SyntaxKind.EqualsToken ||
    kind === ts.SyntaxKind.BarBarEqualsToken ||
    kind === ts.SyntaxKind.AmpersandAmpersandEqualsToken ||
    kind === ts.SyntaxKind.QuestionQuestionEqualsToken
  );
}

function isExports(ts: TS, node: ts.Expression): boolean {
  if (ts.isIdentifier(node)) return ts.idText(node) === 'exports';
  return (
    ts.isPropertyAccessExpression(node) &&
    ts.idText(node.name) === 'exports' &&
    ts.isIdentifier(node.expression) &&
    ts.idText(node.expression) === 'module'
  );
}

function literal(text: string): string {
  return /^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text) ? text : `[${JSON.stringify(text)}]`;
}

function member(owner: string, name: string, word = ''): string {
  if (name.startsWith('[')) return `${word && owner ? `${owner}.${word}` : `${owner}${word}`}${name}`;
  return owner ? `${owner}.${word}${name}` : `${word}${name}`;
}

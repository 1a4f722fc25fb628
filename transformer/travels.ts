// Which functions' source text travels to a place where the runtime does not exist: a browser page, a
// worker, a database, a mock factory that is hoisted above the imports; or is read by Node's loader,
// which finds a CommonJS module's named exports in its text. Serves select.ts. Where in
// doubt a function is left alone: a missing figure is better than a ReferenceError in somebody's page.

import type * as ts from 'typescript';
import { Scopes } from './scopes';
import type { Typescript as TS } from './selected';

// Whole calls that a test runner moves above the imports, arguments and all.
const HOISTERS: Record<string, RegExp> = {
  jest: /^(mock|doMock|unmock|dontMock|setMock|unstable_mockModule)$/,
  vi: /^(mock|doMock|unmock|doUnmock|hoisted)$/,
  vitest: /^(mock|doMock|unmock|doUnmock|hoisted)$/,
};

const HOISTED = /mock|hoisted/i;

// Methods that send a function's text to a page or a database. `exposeFunction` is none of them: its
// callback stays in this process.
const SENDERS = new Set(
  (
    'evaluate evaluateHandle evaluateAll $eval $$eval addInitScript evaluateOnNewDocument waitForFunction ' +
    'executeScript executeAsyncScript mapReduce'
  ).split(' '),
);
const SENDING_FUNCTIONS = new Set(['ClientFunction', 'Selector']);

// MongoDB runs these on the server.
const SERVER_KEYS = new Set(['$where', '$function', '$accumulator']);

// A file without any of these words has no travelling function.
const HINT =
  /\b(jest|vi|vitest)\b|toString|\bString\s*\(|\$\{|['"`]\s*\+|\+\s*['"`]|[eE]val|Script\b|mapReduce|waitForFunction|ClientFunction|Selector|\$where|\$function|\$accumulator|\bBlob\b|defineProperty\s*\(\s*(module\.)?exports\b|\.forEach\s*\(\s*function/;

/** Collects what travels in one file, while its nodes are walked. */
export class Travels {
  /** Whether anything here can travel at all. */
  readonly possible: boolean;
  /** Nodes whose text travels, whole with all that they hold: why. */
  private readonly found = new Map<ts.Node, string>();
  private readonly scopes: Scopes;

  constructor(
    private readonly ts: TS,
    private readonly sourceFile: ts.SourceFile,
  ) {
    this.possible = HINT.test(sourceFile.text);
    this.scopes = new Scopes(ts);
  }

  /** Why a function's text travels; `path` leads from the file to its parent. Asked when all was seen. */
  reason(node: ts.Node, path: readonly ts.Node[]): string | undefined {
    if (this.found.size === 0) return undefined;
    for (const one of path) {
      const reason = this.found.get(one);
      if (reason !== undefined) return reason;
    }
    return this.found.get(node);
  }

  /** Looks at one node; `path` leads from the file to it, inclusive. */
  see(node: ts.Node, path: readonly ts.Node[]): void {
    const { ts } = this;
    if (ts.isCallExpression(node)) this.call(node, path);
    else if (ts.isTemplateExpression(node)) {
      for (const span of node.templateSpans) this.mark(span.expression, path, 'a template string holds it');
    } else if (ts.isBinaryExpression(node)) {
      if (node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return;
      if (isText(ts, node.left)) this.mark(node.right, path, 'it is joined to a string');
      if (isText(ts, node.right)) this.mark(node.left, path, 'it is joined to a string');
    } else if (ts.isNewExpression(node)) {
      const parts = textOf(ts, node.expression) === 'Blob' ? node.arguments?.[0] : undefined;
      if (!parts || !ts.isArrayLiteralExpression(parts)) return;
      for (const one of parts.elements) this.mark(one, path, 'new Blob()');
    } else if (ts.isPropertyAssignment(node) || ts.isMethodDeclaration(node)) {
      const key = textOf(ts, node.name);
      if (SERVER_KEYS.has(key)) this.found.set(node, `${key} runs it in the database`);
    }
  }

  private call(node: ts.CallExpression, path: readonly ts.Node[]): void {
    const { ts } = this;
    const callee = node.expression;
    if (ts.isIdentifier(callee)) {
      const name = ts.idText(callee);
      if (name === 'String') for (const one of node.arguments) this.mark(one, path, 'String()');
      if (SENDING_FUNCTIONS.has(name)) for (const one of node.arguments) this.markAll(one, path, `${name}()`);
      return;
    }
    if (!ts.isPropertyAccessExpression(callee)) return;
    const name = ts.idText(callee.name);
    if (name === 'defineProperty' || name === 'forEach') this.exported(node, name);
    if (name === 'toString') {
      this.mark(callee.expression, path, 'toString()');
    } else if (name === 'call' && textOf(ts, callee.expression) === 'toString') {
      if (node.arguments.length > 0) this.mark(node.arguments[0], path, 'toString()');
    } else if (SENDERS.has(name)) {
      for (const one of node.arguments) this.markAll(one, path, `${name}() runs it elsewhere`);
    } else if (HOISTED.test(name)) {
      const root = chainRoot(ts, callee.expression);
      if (!root || !HOISTERS[root]?.test(name)) return;
      for (const one of node.arguments) this.found.set(one, `${root}.${name}() is hoisted above the imports`);
    }
  }

  // Object.defineProperty(exports, 'a', { enumerable: true, get: function () { return m.a; } })
  // Object.keys(m).forEach(function (key) { if (key === 'default' || ...) return; ... })
  // As TypeScript and Babel spell `export { a } from` and `export * from`: an `import { a }` of this file
  // fails where the loader does not find just this text.
  private exported({ arguments: args, expression }: ts.CallExpression, name: string): void {
    const { ts } = this;
    const why = 'Node reads it to find the exports of a CommonJS module';
    if (name === 'defineProperty') {
      const [target, key, descriptor] = args;
      if (!descriptor || !ts.isObjectLiteralExpression(descriptor)) return;
      if (textOf(ts, target) !== 'exports' || !ts.isStringLiteral(key)) return;
      for (const one of descriptor.properties) {
        if (one.name && textOf(ts, one.name) === 'get') this.found.set(one, why);
      }
      return;
    }
    const keys = (expression as ts.PropertyAccessExpression).expression;
    const [callback] = args;
    if (!ts.isCallExpression(keys) || textOf(ts, keys.expression) !== 'keys') return;
    if (!callback || !ts.isFunctionExpression(callback) || callback.parameters.length !== 1) return;
    const [first] = callback.body.statements;
    if (!first || !ts.isIfStatement(first)) return;
    let test: ts.Expression = first.expression;
    while (ts.isBinaryExpression(test) && ts.isBinaryExpression(test.left)) test = test.left;
    if (!ts.isBinaryExpression(test) || textOf(ts, test.right) !== 'default') return;
    if (textOf(ts, test.left) === textOf(ts, callback.parameters[0].name)) this.found.set(callback, why);
  }

  private mark(expression: ts.Node, path: readonly ts.Node[], reason: string): void {
    // A literal names nothing; asking for its scope would cost more than the rest of the walk.
    if (this.ts.isLiteralExpression(expression)) return;
    const target = this.scopes.functionOf(expression, path);
    if (!target || this.found.has(target)) return;
    const { end } = expression;
    const line = end < 0 ? '' : `, line ${this.sourceFile.getLineAndCharacterOfPosition(end).line + 1}`;
    this.found.set(target, reason + line);
  }

  // `executeScript({ func: fn })`, `mapReduce(map, reduce, { finalize() {} })`
  private markAll(expression: ts.Node, path: readonly ts.Node[], reason: string): void {
    const { ts } = this;
    this.mark(expression, path, reason);
    if (!ts.isObjectLiteralExpression(expression)) return;
    for (const one of expression.properties) {
      if (ts.isPropertyAssignment(one)) this.mark(one.initializer, path, reason);
      else this.mark(ts.isShorthandPropertyAssignment(one) ? one.name : one, path, reason);
    }
  }
}

/** `jest` of `jest.mock(...).mock`. */
function chainRoot(ts: TS, expression: ts.Expression): string | undefined {
  let node = expression;
  for (;;) {
    if (ts.isIdentifier(node)) return ts.idText(node);
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
    node = node.expression.expression;
  }
}

/** Whether an expression is a string for sure; of a long sum the last operands decide, so that it stays linear. */
function isText(ts: TS, node: ts.Expression, depth = 0): boolean {
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) return true;
  if (ts.isParenthesizedExpression(node)) return isText(ts, node.expression, depth);
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return false;
  return depth < 20 && (isText(ts, node.right, depth + 1) || isText(ts, node.left, depth + 1));
}

function textOf(ts: TS, node: ts.Node): string {
  if (ts.isIdentifier(node)) return ts.idText(node);
  if (ts.isStringLiteralLike(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? ts.idText(node.name) : '';
}

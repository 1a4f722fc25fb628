// Which constructs a program holds, by its syntax tree. Serves the test: a grammar that loses a construct
// would pass for ever. It must not trust the printer, and reads the text that ran.

import ts from 'typescript';

type Seen = (name: string) => void;

const isAsync = (node: ts.Node) =>
  !!ts.canHaveModifiers(node) && !!ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.AsyncKeyword);
const isStatic = (node: ts.Node) =>
  !!ts.canHaveModifiers(node) && !!ts.getModifiers(node)?.some((m) => m.kind === ts.SyntaxKind.StaticKeyword);

/** Every construct that a run must have met. */
export const CONSTRUCTS = [
  ...['function', 'async function', 'generator', 'async generator'].flatMap((kind) => [
    `${kind} declaration`,
    `${kind} expression`,
    `${kind} method`,
    `${kind} object method`,
  ]),
  ...['arrow, expression', 'arrow, block', 'async arrow, expression', 'async arrow, block'],
  ...['static method', 'private method', 'getter', 'setter', 'private accessor', 'object accessor'],
  ...[
    'constructor',
    'derived constructor',
    'derived class without constructor',
    'class field',
    'static field',
  ],
  ...['private field', 'private in', 'static block', 'computed key that suspends', 'extends that suspends'],
  ...['default', 'destructuring parameter', 'rest', 'computed key'],
  ...[
    'try catch',
    'try finally',
    'try catch finally',
    'nested try',
    'catch without parameter',
    'catch pattern',
  ],
  ...[
    'return in finally',
    'break in finally',
    'continue in finally',
    'throw in finally',
    'await in finally',
    'yield in finally',
  ],
  ...['label', 'labelled break', 'labelled continue', 'labelled function', 'labelled for await'],
  ...['for', 'for in', 'for of', 'for await', 'while', 'do', 'switch', 'for await with a pattern'],
  ...['nested function', 'function beside var', 'function beside parameter', 'two functions of one name'],
  ...[
    'function in a block and in the body',
    'function before its declaration',
    'function that reads a let of the body',
  ],
  ...[
    'arguments',
    'mapped arguments',
    'this',
    'super call',
    'super property',
    'super call in an arrow',
    'new.target',
  ],
  ...[
    'await',
    'yield',
    'yield without operand',
    'yield*',
    'await that touches',
    'await in a parameter of catch',
  ],
  ...['return()', 'throw()', 'queued requests', 'several async chains', 'eval', 'eval that declares', 'with'],
  ...[
    'using',
    'await using',
    'several using',
    'for using',
    'for await using',
    'sloppy',
    'strict',
    'strict directive',
    'other directive',
  ],
  ...[
    'no semicolon',
    'return that touches',
    'bare return',
    'statement body of a loop',
    'thenable',
    'rejection',
  ],
];

export function census(code: string, seen: Seen): void {
  const file = ts.createSourceFile('program.js', code, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  texts(code, seen);
  const visit = (node: ts.Node): void => {
    look(node, seen);
    ts.forEachChild(node, visit);
  };
  visit(file);
}

function texts(code: string, seen: Seen): void {
  const say = (name: string, pattern: RegExp) => pattern.test(code) && seen(name);
  seen(/^"use strict"/.test(code) ? 'strict' : 'sloppy');
  say('return()', /^drive\(.*"q?n*r/m);
  say('throw()', /^drive\(.*"q?n*t/m);
  say('queued requests', /^drive\(.*"q/m);
  say('thenable', /\bthenable\(/);
  say('rejection', /\brejects\(/);
  say('await that touches', /\bawait[([/"`]/);
  say('return that touches', /\breturn[([/"`{]/);
  say('no semicolon', /[\w)\]]\n(?![;}])/);
  say('eval that declares', /eval\("(var|function)/);
  if ((code.match(/await/g) ?? []).length > 1 && (code.match(/^(call|drive)\(/gm) ?? []).length > 1)
    seen('several async chains');
}

function kindOf(node: ts.Node): string {
  const star = !!(node as ts.FunctionDeclaration).asteriskToken;
  return isAsync(node) ? (star ? 'async generator' : 'async function') : star ? 'generator' : 'function';
}

const up = (node: ts.Node, test: (n: ts.Node) => boolean, until = ts.isFunctionLike): ts.Node | undefined => {
  for (let one = node.parent; one; one = one.parent) {
    if (test(one)) return one;
    if (until(one)) return undefined;
  }
  return undefined;
};

const suspends = (node: ts.Node): boolean =>
  ts.isAwaitExpression(node) ||
  ts.isYieldExpression(node) ||
  (!ts.isFunctionLike(node) && !!ts.forEachChild(node, (child) => suspends(child) || undefined));

function look(node: ts.Node, seen: Seen): void {
  if (ts.isFunctionLike(node)) functions(node as ts.FunctionLikeDeclaration, seen);
  else if (ts.isClassLike(node)) classes(node, seen);
  else if (ts.isStatement(node)) statements(node, seen);
  else expressions(node, seen);
}

function functions(node: ts.FunctionLikeDeclaration, seen: Seen): void {
  const kind = kindOf(node);
  const inObject = ts.isObjectLiteralExpression(node.parent);
  const isPrivate = !!node.name && ts.isPrivateIdentifier(node.name);
  if (ts.isFunctionDeclaration(node)) seen(`${kind} declaration`);
  else if (ts.isFunctionExpression(node)) seen(`${kind} expression`);
  else if (ts.isMethodDeclaration(node)) seen(inObject ? `${kind} object method` : `${kind} method`);
  else if (ts.isArrowFunction(node)) {
    seen(`${isAsync(node) ? 'async ' : ''}arrow, ${ts.isBlock(node.body) ? 'block' : 'expression'}`);
  } else if (ts.isConstructorDeclaration(node)) {
    seen(node.parent.heritageClauses ? 'derived constructor' : 'constructor');
  } else
    seen(
      inObject
        ? 'object accessor'
        : isPrivate
          ? 'private accessor'
          : ts.isGetAccessor(node)
            ? 'getter'
            : 'setter',
    );
  if (isStatic(node)) seen('static method');
  if (isPrivate && ts.isMethodDeclaration(node)) seen('private method');
  if (node.name && ts.isComputedPropertyName(node.name)) {
    seen('computed key');
    if (suspends(node.name)) seen('computed key that suspends');
  }
  for (const { name, dotDotDotToken, initializer } of node.parameters) {
    if (dotDotDotToken) seen('rest');
    else if (!ts.isIdentifier(name)) seen('destructuring parameter');
    else if (initializer) seen('default');
  }
  if (up(node, ts.isFunctionLike, (() => false) as never)) seen('nested function');
  if (node.body && ts.isBlock(node.body)) bodies(node, node.body, seen);
}

function bodies(node: ts.FunctionLikeDeclaration, body: ts.Block, seen: Seen): void {
  const [first] = body.statements;
  if (first && ts.isExpressionStatement(first) && ts.isStringLiteral(first.expression)) {
    seen(first.expression.text === 'use strict' ? 'strict directive' : 'other directive');
  }
  const own = body.statements
    .map((s) => (ts.isLabeledStatement(s) ? s.statement : s))
    .filter(ts.isFunctionDeclaration);
  const names = own.map((f) => f.name!.text);
  if (new Set(names).size < names.length) seen('two functions of one name');
  const params = node.parameters
    .map((p) => p.name)
    .filter(ts.isIdentifier)
    .map((p) => p.text);
  if (names.some((name) => params.includes(name))) seen('function beside parameter');
  const lets = new Set<string>();
  const walk = (one: ts.Node): void => {
    if (ts.isFunctionDeclaration(one) && one.name && !own.includes(one) && names.includes(one.name.text)) {
      seen('function in a block and in the body');
    }
    if (ts.isFunctionLike(one) || ts.isClassLike(one)) return;
    if (ts.isVariableDeclarationList(one)) {
      for (const { name } of one.declarations) {
        if (!ts.isIdentifier(name)) continue;
        if (one.flags & ts.NodeFlags.BlockScoped) lets.add(name.text);
        else if (names.includes(name.text)) seen('function beside var');
      }
    }
    ts.forEachChild(one, walk);
  };
  ts.forEachChild(body, walk);
  const reads = (one: ts.Node, wanted: (name: string) => boolean): boolean =>
    (ts.isIdentifier(one) && wanted(one.text)) ||
    !!ts.forEachChild(one, (c) => reads(c, wanted) || undefined);
  if (own.some((f) => reads(f.body!, (name) => lets.has(name))))
    seen('function that reads a let of the body');
  body.statements.forEach((statement, n) => {
    const later = body.statements
      .slice(n + 1)
      .filter(ts.isFunctionDeclaration)
      .map((f) => f.name!.text);
    if (!ts.isFunctionDeclaration(statement) && reads(statement, (name) => later.includes(name))) {
      seen('function before its declaration');
    }
  });
}

function classes(node: ts.ClassLikeDeclaration, seen: Seen): void {
  const heritage = node.heritageClauses?.[0];
  if (heritage) {
    if (suspends(heritage)) seen('extends that suspends');
    if (!node.members.some(ts.isConstructorDeclaration)) seen('derived class without constructor');
  }
  for (const member of node.members) {
    if (ts.isClassStaticBlockDeclaration(member)) seen('static block');
    if (!ts.isPropertyDeclaration(member)) continue;
    seen(isStatic(member) ? 'static field' : 'class field');
    if (ts.isPrivateIdentifier(member.name)) seen('private field');
  }
}

const inFinally = (node: ts.Node) =>
  !!up(node, (one) => !!one.parent && ts.isTryStatement(one.parent) && one.parent.finallyBlock === one);

function statements(node: ts.Statement, seen: Seen): void {
  if (ts.isTryStatement(node)) {
    const { catchClause, finallyBlock } = node;
    seen(catchClause && finallyBlock ? 'try catch finally' : catchClause ? 'try catch' : 'try finally');
    if (up(node, ts.isTryStatement)) seen('nested try');
    const bound = catchClause?.variableDeclaration;
    if (catchClause && !bound) seen('catch without parameter');
    if (bound && !ts.isIdentifier(bound.name)) seen('catch pattern');
    if (bound && suspends(bound)) seen('await in a parameter of catch');
  } else if (ts.isReturnStatement(node)) {
    if (!node.expression) seen('bare return');
    if (inFinally(node)) seen('return in finally');
  } else if (ts.isThrowStatement(node)) {
    if (inFinally(node)) seen('throw in finally');
  } else if (ts.isBreakOrContinueStatement(node)) {
    const word = ts.isBreakStatement(node) ? 'break' : 'continue';
    if (node.label) seen(`labelled ${word}`);
    if (inFinally(node)) seen(`${word} in finally`);
  } else if (ts.isLabeledStatement(node)) {
    seen('label');
    if (ts.isFunctionDeclaration(node.statement)) seen('labelled function');
    if (ts.isForOfStatement(node.statement) && node.statement.awaitModifier) seen('labelled for await');
  } else if (ts.isForOfStatement(node)) {
    const list = node.initializer;
    const word = using(list);
    if (word) seen(word === 'using' ? 'for using' : 'for await using');
    else seen(node.awaitModifier ? 'for await' : 'for of');
    if (
      node.awaitModifier &&
      ts.isVariableDeclarationList(list) &&
      !ts.isIdentifier(list.declarations[0].name)
    ) {
      seen('for await with a pattern');
    }
  } else if (ts.isVariableStatement(node)) {
    const word = using(node.declarationList);
    if (word) seen(word);
    if (word && node.declarationList.declarations.length > 1) seen('several using');
  } else if (ts.isForStatement(node)) seen('for');
  else if (ts.isForInStatement(node)) seen('for in');
  else if (ts.isWhileStatement(node)) seen('while');
  else if (ts.isDoStatement(node)) seen('do');
  else if (ts.isSwitchStatement(node)) seen('switch');
  else if (ts.isWithStatement(node)) seen('with');
  if (ts.isIterationStatement(node, false) && !ts.isBlock(node.statement)) seen('statement body of a loop');
}

function using(list: ts.Node): 'using' | 'await using' | undefined {
  const flags = list.flags & ts.NodeFlags.BlockScoped;
  if (!ts.isVariableDeclarationList(list)) return undefined;
  return flags === ts.NodeFlags.AwaitUsing
    ? 'await using'
    : flags === ts.NodeFlags.Using
      ? 'using'
      : undefined;
}

function expressions(node: ts.Node, seen: Seen): void {
  if (ts.isAwaitExpression(node)) {
    seen('await');
    if (inFinally(node)) seen('await in finally');
  } else if (ts.isYieldExpression(node)) {
    seen(node.asteriskToken ? 'yield*' : node.expression ? 'yield' : 'yield without operand');
    if (inFinally(node)) seen('yield in finally');
  } else if (ts.isIdentifier(node)) {
    if (node.text !== 'arguments') return;
    seen('arguments');
    const write = ts.isElementAccessExpression(node.parent) && ts.isBinaryExpression(node.parent.parent);
    if (write) seen('mapped arguments');
  } else if (node.kind === ts.SyntaxKind.ThisKeyword) seen('this');
  else if (node.kind === ts.SyntaxKind.SuperKeyword) {
    seen(ts.isCallExpression(node.parent) ? 'super call' : 'super property');
    if (ts.isCallExpression(node.parent) && up(node, ts.isArrowFunction)) seen('super call in an arrow');
  } else if (ts.isMetaProperty(node)) seen('new.target');
  else if (ts.isPrivateIdentifier(node)) {
    if (ts.isBinaryExpression(node.parent)) seen('private in');
  } else if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'eval')
    seen('eval');
}

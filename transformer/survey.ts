// What a function holds that forbids a form or forces another: names that a block cannot declare, a
// `with`, an assignment to an await. It serves visit.ts, and must only look: it changes and reports nothing.

import type * as ts from 'typescript';
import type { Typescript } from './selected';

export interface Survey {
  /** Why the function must be left alone; absent: it can be rewritten. */
  unfit?: string;
  /** Function declarations at the level of the body that its new block cannot hold, in source order. */
  hoists: ts.FunctionDeclaration[];
  /** Names bound by the parameters, in source order. */
  params: string[];
}

/** `node` has a body. */
export function survey(ts: Typescript, node: ts.FunctionLikeDeclaration): Survey {
  const params = node.parameters.flatMap((p) => boundNames(ts, p.name)).filter((name) => name !== 'this');
  const body = node.body as ts.ConciseBody;
  const facts = look(ts, body);
  let unfit = facts.unfit;
  if (!ts.isBlock(body)) return { unfit, hoists: [], params };

  const level = body.statements.map((statement) => unlabelled(ts, statement));
  const declarations = level.filter(ts.isFunctionDeclaration).filter((d) => d.body && d.name);
  for (const statement of level) {
    // An early error that a block of its own would hide: `function f(x) { let x }`.
    const clash = lexicalNames(ts, statement).find((name) => params.includes(name));
    if (clash) unfit ??= `it declares its parameter "${clash}" again`;
  }
  const seen = new Map<string, number>();
  for (const { name } of declarations) seen.set(name!.text, (seen.get(name!.text) ?? 0) + 1);
  const hoists = declarations.filter(({ name }) => {
    const text = name!.text;
    return (
      facts.evals ||
      params.includes(text) ||
      facts.vars.has(text) ||
      facts.nestedFunctions.has(text) ||
      seen.get(text)! > 1
    );
  });
  return { unfit, hoists, params };
}

export function isStatement(ts: Typescript, node: ts.Node): boolean {
  const { FirstStatement, LastStatement, Block } = ts.SyntaxKind;
  return (node.kind >= FirstStatement && node.kind <= LastStatement) || node.kind === Block;
}

/** Whether a nameless function or class stands in a statement's own expressions, or in an expression. */
export function holdsNameless(ts: Typescript, root: ts.Node): boolean {
  const look = (node: ts.Node): boolean => {
    if (ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isClassExpression(node)) {
      if (node.name === undefined) return true;
    }
    if (node !== root && (ts.isFunctionLike(node) || isStatement(ts, node))) return false;
    return !!ts.forEachChild(node, (child) => look(child) || undefined);
  };
  return look(root);
}

/** Whether an expression calls something itself: what its caller's frame holds meanwhile takes of a recursion's depth. */
export function holdsCall(ts: Typescript, root: ts.Node): boolean {
  const look = (node: ts.Node): boolean => {
    if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node))
      return true;
    if (ts.isFunctionLike(node)) return false;
    return !!ts.forEachChild(node, (child) => look(child) || undefined);
  };
  return look(root);
}

/** The statement under any labels. */
export function unlabelled(ts: Typescript, statement: ts.Statement): ts.Statement {
  while (ts.isLabeledStatement(statement)) statement = statement.statement;
  return statement;
}

/** Whether `list` is `await using ...`; copies of TypeScript before 5.2 know none. */
export function isAwaitUsing(ts: Typescript, list: ts.Node): boolean {
  const flag = ts.NodeFlags.AwaitUsing;
  return (
    flag !== undefined &&
    ts.isVariableDeclarationList(list) &&
    (list.flags & ts.NodeFlags.BlockScoped) === flag
  );
}

/** Whether each turn of the loop, or its end, awaits without an `await` expression. */
export function isAwaitingLoop(ts: Typescript, node: ts.Node): node is ts.ForOfStatement {
  return ts.isForOfStatement(node) && (!!node.awaitModifier || isAwaitUsing(ts, node.initializer));
}

/**
 * Visits what of a nested function or class belongs to the code around it: keys, `extends`, decorators,
 * each with the function, class or member that holds it. False where `node` is neither.
 */
export function outerParts(
  ts: Typescript,
  node: ts.Node,
  visit: (part: ts.Node, holder: ts.Node) => void,
): boolean {
  const edges = (holder: ts.Node) => {
    const { modifiers, name } = holder as ts.MethodDeclaration;
    for (const modifier of modifiers ?? []) if (ts.isDecorator(modifier)) visit(modifier, holder);
    if (name && ts.isComputedPropertyName(name)) visit(name, holder);
  };
  if (ts.isFunctionLike(node)) {
    edges(node);
    return true;
  }
  if (ts.isClassLike(node)) {
    edges(node);
    for (const clause of node.heritageClauses ?? []) visit(clause, node);
    for (const member of node.members) edges(member);
    return true;
  }
  return false;
}

interface Facts {
  unfit?: string;
  /** Names declared by `var`, at any depth. */
  vars: Set<string>;
  /** Names of function declarations in nested blocks, which sloppy code also binds outside. */
  nestedFunctions: Set<string>;
  /** Whether a direct eval could declare names. */
  evals: boolean;
}

function look(ts: Typescript, body: ts.ConciseBody): Facts {
  const facts: Facts = { vars: new Set(), nestedFunctions: new Set(), evals: false };
  const unfit = (reason: string) => {
    facts.unfit ??= reason;
  };
  const visit = (node: ts.Node, parent: ts.Node, level: boolean): void => {
    if (outerParts(ts, node, (part, holder) => visit(part, holder, false))) {
      if (!level && ts.isFunctionDeclaration(node) && node.name) facts.nestedFunctions.add(node.name.text);
      return;
    }
    if (ts.isWithStatement(node)) unfit('it contains a with statement');
    // `let` as a name: beside it, a newline more or less is another program.
    if (ts.isIdentifier(node) && node.text === 'let' && !isKey(ts, node, parent))
      unfit('it uses "let" as a name');
    if (isAssignedAwait(ts, node)) unfit('it assigns to an await or yield');
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'eval') {
      facts.evals = true;
    }
    if (isAwaitingLoop(ts, node)) {
      // Not valid, or another program than it seems (`for await (x of y) let`): a block would take it.
      const { statement } = node;
      const declares = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement);
      if (declares || isLexical(ts, statement)) unfit('a loop’s body is a declaration');
    }
    if (ts.isVariableDeclarationList(node)) {
      if (!(node.flags & ts.NodeFlags.BlockScoped)) {
        for (const d of node.declarations) for (const name of boundNames(ts, d.name)) facts.vars.add(name);
      }
      if (isAwaitUsing(ts, node)) {
        if (ts.isForStatement(parent)) unfit('it contains "for (await using ...;;)"');
      }
    }
    // Not valid (`if (a) await using b = c;`), and a printer would make a block of it.
    if (isUsingStatement(ts, node) && !ts.isBlock(parent)) unfit('it contains "await using" outside a block');
    if (ts.isCatchClause(node) && node.variableDeclaration) {
      const bound = boundNames(ts, node.variableDeclaration.name);
      const { statements } = node.block;
      if (statements.some((s) => isUsingStatement(ts, s))) {
        if (statements.some((s) => lexicalNames(ts, s).some((name) => bound.includes(name)))) {
          unfit('a catch block declares its parameter again');
        }
      }
    }
    const own = level && ts.isLabeledStatement(node);
    ts.forEachChild(node, (child) => visit(child, node, own));
  };
  if (ts.isBlock(body)) for (const statement of body.statements) visit(statement, body, true);
  else visit(body, body, false);
  return facts;
}

// `gen.let()`, `{ let: 1 }`: no statement begins with it.
function isKey(ts: Typescript, node: ts.Node, parent: ts.Node): boolean {
  const holds = ts.isPropertyAccessExpression(parent) || ts.isPropertyAssignment(parent);
  return holds && parent.name === node;
}

/** Whether `statement` is `await using ...;`. */
export function isUsingStatement(ts: Typescript, statement: ts.Node): statement is ts.VariableStatement {
  return ts.isVariableStatement(statement) && isAwaitUsing(ts, statement.declarationList);
}

/** `using` and `await using`, also of compilers that have no name for them: what they declare is disposed of at the block's end. */
export function isDisposing(ts: Typescript, statement: ts.Node): boolean {
  return ts.isVariableStatement(statement) && (statement.declarationList.flags & 7) > ts.NodeFlags.Const;
}

// `(await x) = 1`, `(yield)++`, `for ((await x) of y)`: early errors, where a call would be none.
function isAssignedAwait(ts: Typescript, node: ts.Node): boolean {
  let target: ts.Node | undefined;
  if (ts.isBinaryExpression(node)) {
    const kind = node.operatorToken.kind;
    if (kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment) target = node.left;
  } else if (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) {
    const { PlusPlusToken, MinusMinusToken } = ts.SyntaxKind;
    if (node.operator === PlusPlusToken || node.operator === MinusMinusToken) target = node.operand;
  } else if (ts.isForOfStatement(node) || ts.isForInStatement(node)) {
    target = node.initializer;
  }
  while (
    target &&
    (ts.isParenthesizedExpression(target) ||
      ts.isAsExpression(target) ||
      ts.isNonNullExpression(target) ||
      ts.isTypeAssertionExpression(target) ||
      ts.isSatisfiesExpression(target))
  ) {
    target = target.expression;
  }
  return !!target && (ts.isAwaitExpression(target) || ts.isYieldExpression(target));
}

function isLexical(ts: Typescript, statement: ts.Statement): boolean {
  return ts.isVariableStatement(statement) && !!(statement.declarationList.flags & ts.NodeFlags.BlockScoped);
}

function lexicalNames(ts: Typescript, statement: ts.Statement): string[] {
  if (ts.isClassDeclaration(statement)) return statement.name ? [statement.name.text] : [];
  if (!isLexical(ts, statement)) return [];
  const { declarations } = (statement as ts.VariableStatement).declarationList;
  return declarations.flatMap((d) => boundNames(ts, d.name));
}

function boundNames(ts: Typescript, name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((e) => (ts.isOmittedExpression(e) ? [] : boundNames(ts, e.name)));
}

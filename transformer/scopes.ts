// Which function of this file an expression names, by the language's scoping alone. Serves
// travels.ts. It must never need a type checker: single-file hosts have none.

import type * as ts from 'typescript';
import { isWrapper } from './names';
import type { Typescript as TS } from './selected';

/** What a name is bound to: a function, an object literal or a class of this file; `null`: something else. */
type Value = ts.Node | null;

export class Scopes {
  private readonly tables = new Map<ts.Node, Map<string, Value>>();

  constructor(private readonly ts: TS) {}

  /** The function with a body that `expression` names or is; `path` leads from the file to its parent. */
  functionOf(expression: ts.Node, path: readonly ts.Node[]): ts.FunctionLikeDeclaration | undefined {
    const value = this.value(expression, path);
    return value && isFunctionWithBody(this.ts, value) ? value : undefined;
  }

  private value(expression: ts.Node, path: readonly ts.Node[]): Value | undefined {
    const { ts } = this;
    let node = expression;
    while (isWrapper(ts, node)) node = (node as ts.ParenthesizedExpression).expression;
    if (isFunctionWithBody(ts, node) || ts.isObjectLiteralExpression(node) || ts.isClassExpression(node))
      return node;
    if (ts.isIdentifier(node)) return this.lookup(ts.idText(node), path);
    if (!ts.isPropertyAccessExpression(node)) return undefined;
    const name = ts.idText(node.name);
    if (node.expression.kind === ts.SyntaxKind.ThisKeyword) {
      const holder = [...path]
        .reverse()
        .find((one) => ts.isClassLike(one) || ts.isObjectLiteralExpression(one));
      return holder && this.memberOf(holder, name);
    }
    const base = this.value(node.expression, path);
    if (!base) return undefined;
    return name === 'prototype' && ts.isClassLike(base) ? base : this.memberOf(base, name);
  }

  private memberOf(holder: ts.Node, name: string): Value | undefined {
    const { ts } = this;
    const members: readonly ts.Node[] = ts.isClassLike(holder)
      ? holder.members
      : ts.isObjectLiteralExpression(holder)
        ? holder.properties
        : [];
    for (const one of members) {
      const key = (one as ts.MethodDeclaration).name;
      if (!key || !(ts.isIdentifier(key) || ts.isPrivateIdentifier(key) || ts.isStringLiteral(key))) continue;
      if (key.text !== name) continue;
      if (ts.isMethodDeclaration(one) && one.body) return one;
      if ((ts.isPropertyAssignment(one) || ts.isPropertyDeclaration(one)) && one.initializer) {
        return this.initial(one.initializer);
      }
    }
    return undefined;
  }

  private lookup(name: string, path: readonly ts.Node[]): Value | undefined {
    for (let i = path.length - 1; i >= 0; i--) {
      const value = this.table(path[i]).get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  /** The names that a node itself declares for what lies within it. */
  private table(node: ts.Node): Map<string, Value> {
    let table = this.tables.get(node);
    if (!table) {
      table = new Map();
      this.tables.set(node, table);
      this.fill(node, table);
    }
    return table;
  }

  private fill(node: ts.Node, table: Map<string, Value>): void {
    const { ts } = this;
    if (ts.isFunctionLike(node)) {
      for (const parameter of node.parameters) this.names(parameter.name, null, table);
      const body = (node as ts.FunctionLikeDeclaration).body;
      if (body && ts.isBlock(body)) this.hoisted(body, table);
    }
    if ((ts.isFunctionExpression(node) || ts.isClassLike(node)) && node.name) {
      const name = ts.idText(node.name);
      if (!table.has(name)) table.set(name, node);
    }
    if (ts.isCatchClause(node) && node.variableDeclaration) {
      this.names(node.variableDeclaration.name, null, table);
    }
    if (ts.isForStatement(node) || ts.isForOfStatement(node) || ts.isForInStatement(node)) {
      const list = node.initializer;
      if (list && ts.isVariableDeclarationList(list)) this.list(list, table);
    }
    if (ts.isSourceFile(node)) this.hoisted(node, table);
    if (
      ts.isSourceFile(node) ||
      ts.isBlock(node) ||
      ts.isModuleBlock(node) ||
      ts.isCaseOrDefaultClause(node)
    ) {
      for (const statement of node.statements) this.statement(statement, table);
    }
    if (ts.isCaseBlock(node)) {
      for (const clause of node.clauses) for (const one of clause.statements) this.statement(one, table);
    }
  }

  private statement(node: ts.Statement, table: Map<string, Value>): void {
    const { ts } = this;
    if (ts.isFunctionDeclaration(node)) {
      if (node.name && (node.body || !table.has(node.name.text))) table.set(node.name.text, node);
    } else if (ts.isClassDeclaration(node)) {
      if (node.name) table.set(node.name.text, node);
    } else if (ts.isVariableStatement(node)) {
      this.list(node.declarationList, table);
    } else if (ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node)) {
      table.set(node.name.text, null);
    } else if (ts.isImportDeclaration(node) && node.importClause) {
      const { name, namedBindings } = node.importClause;
      if (name) table.set(name.text, null);
      if (namedBindings && ts.isNamespaceImport(namedBindings)) table.set(namedBindings.name.text, null);
      else for (const one of namedBindings?.elements ?? []) table.set(one.name.text, null);
    }
  }

  private list(list: ts.VariableDeclarationList, table: Map<string, Value>): void {
    for (const one of list.declarations) {
      this.names(one.name, one.initializer ? this.initial(one.initializer) : null, table);
    }
  }

  private names(name: ts.BindingName, value: Value, table: Map<string, Value>): void {
    if (this.ts.isIdentifier(name)) {
      table.set(name.text, value);
      return;
    }
    for (const element of name.elements) {
      if (this.ts.isBindingElement(element)) this.names(element.name, null, table);
    }
  }

  /** `var` in nested blocks belongs to the function. */
  private hoisted(root: ts.Node, table: Map<string, Value>): void {
    const { ts } = this;
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
      if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped))
        this.list(node, table);
      ts.forEachChild(node, visit);
    };
    ts.forEachChild(root, visit);
  }

  private initial(expression: ts.Expression): Value {
    const { ts } = this;
    let node: ts.Node = expression;
    while (isWrapper(ts, node)) node = (node as ts.ParenthesizedExpression).expression;
    return isFunctionWithBody(ts, node) || ts.isObjectLiteralExpression(node) || ts.isClassExpression(node)
      ? node
      : null;
  }
}

/** Whether a node is a function that runs: it has a body (overloads, abstract and `declare` ones have none). */
export function isFunctionWithBody(ts: TS, node: ts.Node): node is ts.FunctionLikeDeclaration {
  switch (node.kind) {
    case ts.SyntaxKind.FunctionDeclaration:
    case ts.SyntaxKind.FunctionExpression:
    case ts.SyntaxKind.ArrowFunction:
    case ts.SyntaxKind.MethodDeclaration:
    case ts.SyntaxKind.Constructor:
    case ts.SyntaxKind.GetAccessor:
    case ts.SyntaxKind.SetAccessor:
      return (node as ts.FunctionLikeDeclaration).body !== undefined;
    default:
      return false;
  }
}

// A form as fresh nodes of one compiler: parsed once a form, then built again for each use, since nodes
// must not be shared. It serves print-ast and must know just the syntax that templates.ts uses.

import type * as ts from 'typescript';
import type { Typescript } from './selected';
import { type Form, HOLE, PARAM, parseableOf } from './templates';
import type { Names } from './unique';

export interface Filling {
  names: Names;
  /** Source text of expressions (an identifier where the form declares one), or of statements. */
  params: Record<string, string>;
  /** A list takes the place of a statement. */
  hole?: ts.Node | readonly ts.Node[];
  /** Where debuggers and stack traces are to find what is inserted. */
  range: ts.TextRange;
}

interface Forms {
  /** The form's statements; for a form that is an expression, that one. */
  make(form: Form, filling: Filling): ts.Node[];
}

const parsed = new WeakMap<Typescript, Map<string, ts.SourceFile>>();

export function formsOf(ts: Typescript, factory: ts.NodeFactory): Forms {
  const cache = parsed.get(ts) ?? new Map<string, ts.SourceFile>();
  parsed.set(ts, cache);
  const parse = (text: string): ts.SourceFile =>
    ts.createSourceFile('form.ts', text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS);
  const read = (form: Form): ts.SourceFile => {
    const file = cache.get(form) ?? parse(parseableOf(form));
    cache.set(form, file);
    return file;
  };

  return {
    make(form, filling) {
      const { statements } = read(form);
      const [only] = statements;
      const isStatement = /^(var|const|import|using|try|\{|__hole_S)/.test(parseableOf(form));
      if (statements.length === 1 && ts.isExpressionStatement(only) && !isStatement) {
        return [expression(only.expression, filling)];
      }
      return list(statements, filling);
    },
  };

  function list(statements: readonly ts.Statement[], filling: Filling): ts.Statement[] {
    return statements.flatMap((s) => {
      // A form's own `;` only ends what the text before it may have left open.
      if (ts.isEmptyStatement(s)) return [];
      const hole = ts.isExpressionStatement(s) && isHole(s.expression) ? filling.hole : undefined;
      if (hole) return (Array.isArray(hole) ? hole : [hole]) as ts.Statement[];
      const param = ts.isExpressionStatement(s) && ts.isIdentifier(s.expression) ? s.expression.text : '';
      if (!param.startsWith(PARAM)) return [statement(s, filling)];
      return parse(filling.params[param.slice(PARAM.length)]).statements.map((each) => {
        const copy = factory.createExpressionStatement(literal((each as ts.ExpressionStatement).expression));
        return ts.setSourceMapRange(copy, filling.range);
      });
    });
  }

  function isHole(node: ts.Node): boolean {
    return ts.isIdentifier(node) && node.text.startsWith(HOLE);
  }

  function name(text: string, { names, params }: Filling): string {
    if (text.startsWith(PARAM)) return params[text.slice(PARAM.length)];
    if (text.startsWith('$')) return names[text.slice(1) as keyof Names] ?? text;
    return text;
  }

  function block(node: ts.Block, filling: Filling): ts.Block {
    return factory.createBlock(list(node.statements, filling), true);
  }

  function statement(node: ts.Statement, filling: Filling): ts.Statement {
    return ts.setSourceMapRange(fresh(node, filling), filling.range);
  }

  function fresh(node: ts.Statement, filling: Filling): ts.Statement {
    const expr = (e: ts.Expression) => expression(e, filling);
    if (ts.isExpressionStatement(node)) return factory.createExpressionStatement(expr(node.expression));
    if (ts.isReturnStatement(node))
      return factory.createReturnStatement(node.expression && expr(node.expression));
    if (ts.isBlock(node)) return block(node, filling);
    if (ts.isTryStatement(node)) {
      const last = node.finallyBlock && block(node.finallyBlock, filling);
      return factory.createTryStatement(block(node.tryBlock, filling), undefined, last);
    }
    if (ts.isIfStatement(node)) {
      return factory.createIfStatement(expr(node.expression), statement(node.thenStatement, filling));
    }
    if (ts.isVariableStatement(node)) {
      const { declarations, flags } = node.declarationList;
      const copies = declarations.map((d) => {
        const text = name((d.name as ts.Identifier).text, filling);
        const value = d.initializer && expr(d.initializer);
        return factory.createVariableDeclaration(text, undefined, undefined, value);
      });
      return factory.createVariableStatement(
        undefined,
        factory.createVariableDeclarationList(copies, flags & ~CONTEXT),
      );
    }
    if (ts.isFunctionDeclaration(node)) {
      const text = name((node.name as ts.Identifier).text, filling);
      const body = block(node.body as ts.Block, filling);
      return factory.createFunctionDeclaration(undefined, undefined, text, undefined, [], undefined, body);
    }
    if (ts.isImportDeclaration(node)) {
      const bindings = node.importClause?.namedBindings as ts.NamespaceImport;
      const space = factory.createNamespaceImport(
        factory.createIdentifier(name(bindings.name.text, filling)),
      );
      const clause = factory.createImportClause(false, undefined, space);
      return factory.createImportDeclaration(undefined, clause, expr(node.moduleSpecifier));
    }
    throw new Error(`a form holds the statement ${ts.SyntaxKind[node.kind]}`);
  }

  function expression(node: ts.Expression, filling: Filling): ts.Expression {
    const expr = (e: ts.Expression) => expression(e, filling);
    if (ts.isIdentifier(node)) {
      if (isHole(node)) return filling.hole as ts.Expression;
      if (!node.text.startsWith(PARAM)) return factory.createIdentifier(name(node.text, filling));
      const { statements } = parse(`(${name(node.text, filling)})`);
      const { expression: value } = (statements[0] as ts.ExpressionStatement)
        .expression as ts.ParenthesizedExpression;
      // A parameter's text is the user's: nothing in it is a name of ours.
      return literal(value);
    }
    if (ts.isParenthesizedExpression(node))
      return factory.createParenthesizedExpression(expr(node.expression));
    if (ts.isCallExpression(node)) {
      return factory.createCallExpression(expr(node.expression), undefined, node.arguments.map(expr));
    }
    if (ts.isPropertyAccessExpression(node)) {
      return factory.createPropertyAccessExpression(expr(node.expression), node.name.text);
    }
    if (ts.isBinaryExpression(node)) {
      return factory.createBinaryExpression(expr(node.left), node.operatorToken.kind, expr(node.right));
    }
    if (ts.isVoidExpression(node)) return factory.createVoidExpression(expr(node.expression));
    return literal(node);
  }

  function literal(node: ts.Expression): ts.Expression {
    if (ts.isIdentifier(node)) return factory.createIdentifier(node.text);
    if (ts.isNumericLiteral(node)) return factory.createNumericLiteral(node.text);
    if (ts.isStringLiteral(node)) return factory.createStringLiteral(node.text);
    if (ts.isPropertyAccessExpression(node)) {
      return factory.createPropertyAccessExpression(literal(node.expression), node.name.text);
    }
    if (ts.isBinaryExpression(node)) {
      return factory.createBinaryExpression(literal(node.left), node.operatorToken.kind, literal(node.right));
    }
    if (ts.isParenthesizedExpression(node))
      return factory.createParenthesizedExpression(literal(node.expression));
    if (ts.isArrayLiteralExpression(node)) {
      return factory.createArrayLiteralExpression(node.elements.map(literal));
    }
    throw new Error(`a form holds the expression ${ts.SyntaxKind[node.kind]}`);
  }
}

// Flags of a parsed list that say where it stood; the low bits say var, let, const, using.
const CONTEXT = ~7;

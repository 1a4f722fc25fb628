// A plan as a new tree: each form is parsed once and its hole filled with the user's node. It serves the
// `before` transformer of every host that hands over its compiler. It must never rebuild a node that
// holds no form: TypeScript then forgets what it knew of it (elision, metadata, comments, positions).

import type * as ts from 'typescript';
import { prologueLength } from './print-text';
import type { Typescript } from './selected';
import { type Filling, formsOf } from './synthesize';
import type { Form } from './templates';
import type { Lay, Plan } from './visit';

/** `sourceFile` with the plan's forms in it; the same object where the plan is empty. */
export function printAst(
  ts: Typescript,
  context: ts.TransformationContext,
  sourceFile: ts.SourceFile,
  plan: Plan,
): ts.SourceFile {
  if (plan.lays.length === 0) return sourceFile;
  const { factory } = context;
  const forms = formsOf(ts, factory);
  const laysOf = new Map<ts.Node, Lay[]>();
  for (const lay of plan.lays) laysOf.set(lay.node, [...(laysOf.get(lay.node) ?? []), lay]);
  /** Statements that were function declarations, in the order of the source. */
  const hoisted = new Set<ts.Node>();
  /** The function whose forms are being made: what is inserted maps to where it begins. */
  let range: ts.TextRange = sourceFile;

  // Async generators are ES2018; without a target, TypeScript before 6 lowers to ES5 and 6 does not.
  const { ES5, ES2018 } = ts.ScriptTarget;
  const { target = Number.parseInt(ts.version, 10) < 6 ? ES5 : ES2018 } = context.getCompilerOptions();
  const lowers = target < ES2018;

  const make = (form: Form, params: Filling['params'], hole?: Filling['hole']) =>
    forms.make(form, { names: plan.names, params, hole, range });

  const visit = (node: ts.Node): ts.Node | ts.Node[] => {
    if (!plan.touched.has(node)) return node;
    const outer = range;
    if (ts.isFunctionLike(node)) range = placeOf(node);
    const lays = laysOf.get(node) ?? [];
    let result: ts.Node | ts.Node[] = ts.visitEachChild(node, visit as ts.Visitor, context);
    if (ts.isLabeledStatement(result) && hoisted.has(result.statement)) result = result.statement;
    for (const lay of [...lays].reverse()) result = apply(lay, result as ts.Node);
    range = outer;
    return result;
  };

  const apply = (lay: Lay, node: ts.Node): ts.Node | ts.Node[] => {
    switch (lay.place) {
      case 'around':
        return one(make(lowers && lay.form === 'bareAsync' ? 'bareLowered' : lay.form, lay.params, node));
      case 'operand': {
        const [operand] = make(lay.form, lay.params);
        return factory.updateYieldExpression(node as ts.YieldExpression, undefined, operand as ts.Expression);
      }
      case 'inside':
        return inside(lay, node as ts.Block);
      case 'hoist': {
        const [statement] = make(lay.form, lay.params, anonymous(node as ts.FunctionDeclaration));
        hoisted.add(statement);
        return ts.setTextRange(statement, node);
      }
      case 'split':
        return split(lay, node as ts.VariableStatement);
    }
  };

  const inside = (lay: Lay, block: ts.Block): ts.Block => {
    const all = block.statements;
    const isBody = lay.form === 'body' || lay.form === 'bodyAbrupt';
    const front = isBody ? (lay.before ?? prologueLength(ts, all)) : 0;
    const rest = all.slice(front);
    const body = isBody
      ? [...rest.filter((s) => hoisted.has(s)), ...rest.filter((s) => !hoisted.has(s))]
      : [...rest];
    const statements = [...all.slice(0, front), ...make(lay.form, lay.params, body)] as ts.Statement[];
    return factory.updateBlock(block, ts.setTextRange(factory.createNodeArray(statements), all));
  };

  // function f() {}    as what `var f =` takes: it is named by that, and has no binding of its own
  const anonymous = (node: ts.FunctionDeclaration): ts.FunctionExpression => {
    const expression = factory.createFunctionExpression(
      node.modifiers?.filter((m): m is ts.Modifier => m.kind === ts.SyntaxKind.AsyncKeyword),
      node.asteriskToken,
      undefined,
      node.typeParameters,
      node.parameters,
      node.type,
      node.body as ts.Block,
    );
    return ts.setTextRange(ts.setOriginalNode(expression, node), node);
  };

  const split = (lay: Lay, node: ts.VariableStatement): ts.Node[] =>
    node.declarationList.declarations.flatMap((declaration, n) => {
      const list = factory.createVariableDeclarationList([declaration], node.declarationList.flags);
      const statement = factory.createVariableStatement(node.modifiers, list);
      ts.setTextRange(statement, n ? declaration : node);
      return make(lay.form, lay.each?.[n] ?? {}, statement);
    });

  const placeOf = (node: ts.SignatureDeclaration): ts.TextRange => {
    const original = ts.getOriginalNode(node) as ts.FunctionLikeDeclaration;
    return original.name ?? original;
  };

  const visited = ts.visitEachChild(sourceFile, visit as ts.Visitor, context);
  const front = prologueLength(ts, visited.statements);
  const head = [
    ...make(plan.format === 'module' ? 'import' : 'require', {}),
    ...make('table', plan.table),
  ] as ts.Statement[];
  const statements = [...visited.statements.slice(0, front), ...head, ...visited.statements.slice(front)];
  return factory.updateSourceFile(
    visited,
    ts.setTextRange(factory.createNodeArray(statements), sourceFile.statements),
  );
}

function one(nodes: ts.Node[]): ts.Node | ts.Node[] {
  return nodes.length === 1 ? nodes[0] : nodes;
}

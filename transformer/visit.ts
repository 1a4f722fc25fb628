// Which emitted form lies where in a file: the one visitor over the source's tree. It serves both
// printers, which get a plan and apply it; it must never print, and never need `parent` or positions for
// its decisions, since another transformer may have made the nodes.

import type * as ts from 'typescript';
import { Kind, type SiteRow } from '../contract/abi';
import { unwrapped } from './names';
import type { Report, Selected, Typescript } from './selected';
import {
  holdsCall,
  holdsNameless,
  isAwaitingLoop,
  isDisposing,
  isStatement,
  isUsingStatement,
  outerParts,
  survey,
  unlabelled,
} from './survey';
import type { Form } from './templates';
import { type Names, uniqueNames } from './unique';

/**
 * One form on one node. `around` wraps the node, `inside` wraps the statements of a block, `operand`
 * gives a bare yield one, `hoist` moves a function declaration to the start of `block`, `split` makes
 * several declarations of an `await using` list (the form follows each).
 */
export interface Lay {
  place: 'around' | 'inside' | 'operand' | 'hoist' | 'split';
  form: Form;
  node: ts.Node;
  params: Record<string, string>;
  /** Of a hoist: the body it belongs to. */
  block?: ts.Block;
  /** Of a body: the statements after its directives that come before `enter` (an old compiler's super call). */
  before?: number;
  /** Of a split: the parameters of each declaration. */
  each?: Record<string, string>[];
}

export interface Plan {
  names: Names;
  format: 'module' | 'script';
  /** Parameters of the table's form. */
  table: Record<string, string>;
  /** In the order of the source, outer nodes before inner ones. */
  lays: Lay[];
  /** Every node that holds a lay, so that a printer leaves the rest of the tree alone. */
  touched: Set<ts.Node>;
  /** What is instrumented; empty: the file stays as it is. */
  functions: { name: string; line: number; node: ts.FunctionLikeDeclaration }[];
}

export interface FileInfo {
  /** The file's label in reports, '/' separated. */
  path: string;
  /** How the runtime is reached: `import`, or `require`. */
  format: 'module' | 'script';
  /** The line (from 1) of a position of the source file, where it is not the file's own. */
  lineOf?(pos: number): number;
  report: Report;
}

/** Parameters beyond this many are not shown. */
const MAX_PARAMS = 12;

/**
 * Where the engine has suspended the call, and has not reached a statement that resumes it: a parameter of catch,
 * the head of a for-await. Their forms are named so.
 */
type Late = '' | 'Late' | 'Head';

/** Forms that hand the value of an expression over: each is there in two ways. */
type Passing = Form extends infer F ? (F extends `${infer Name}With` ? Name : never) : never;

/** The function that owns the code that is being walked. */
interface Owner {
  kind: Kind;
  awaits: number[];
  marks: number;
  disposers: number;
  /** Nothing runs between a return here and the end of the call. */
  ends: boolean;
}

/** Decides every form in `sourceFile`. A function that cannot be rewritten is reported and left out. */
export function planFile(
  ts: Typescript,
  sourceFile: ts.SourceFile,
  selected: Selected[],
  info: FileInfo,
): Plan {
  const names = uniqueNames(ts, sourceFile);
  const plan: Plan = { names, format: info.format, table: {}, lays: [], touched: new Set(), functions: [] };
  const parseErrors = (ts.getOriginalNode(sourceFile) as { parseDiagnostics?: ts.Diagnostic[] })
    .parseDiagnostics;
  if (parseErrors?.length && selected.length) {
    const text = ts.flattenDiagnosticMessageText(parseErrors[0].messageText, ' ');
    info.report('MEMPROF_W_FILE', sourceFile, { reason: `it does not parse (${text})` });
    return plan;
  }
  const wanted = new Map(selected.map((s) => [s.node as ts.Node, s]));
  const rows: SiteRow[] = [];
  const { lays } = plan;
  // Whether the statement that is being walked holds a nameless function.
  let nameless = false;
  const labelledLoops = new Set<ts.Node>();
  let insideWith = false;
  // What calls end with, where nothing of the user's comes after it.
  const returned = new Set<ts.Node>();

  const lineOf = (node: ts.Node): number => {
    const { pos, end } = ts.getOriginalNode(node);
    if (pos < 0) return 0;
    // The first token, not the comments before it.
    const start = ts.isSourceFile(node) ? 0 : skipTrivia(ts, sourceFile, pos, end);
    return info.lineOf?.(start) ?? sourceFile.getLineAndCharacterOfPosition(start).line + 1;
  };
  const lay = (
    place: Lay['place'],
    form: Form,
    node: ts.Node,
    params: Lay['params'] = {},
    more: Partial<Lay> = {},
  ) => lays.push({ place, form, node, params, ...more });
  const suspension = (owner: Owner, node: ts.Node): Lay['params'] => {
    owner.awaits.push(lineOf(node));
    return { n: String(owner.awaits.length - 1) };
  };
  const numbered = (base: string, n: number) => (n ? `${base}${n}` : base);

  const walk = (node: ts.Node, owner: Owner | undefined, late: Late = ''): void => {
    const before = lays.length;
    const outer = nameless;
    if (owner && isStatement(ts, node)) nameless = holdsNameless(ts, node);
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) nested(node, owner, late);
    else if (ts.isWithStatement(node)) {
      walk(node.expression, owner, late);
      const was = insideWith;
      insideWith = true;
      walk(node.statement, owner, late);
      insideWith = was;
    } else if (owner) {
      const { ends } = owner;
      owner.ends &&= passesEnd(ts, node);
      own(node, owner, late);
      owner.ends = ends;
    } else ts.forEachChild(node, (child) => walk(child, undefined));
    nameless = outer;
    if (lays.length > before) plan.touched.add(node);
  };
  // How a form hands the value of an expression over.
  const passing = <F extends Passing>(form: F, value: ts.Node): F | `${F}With` =>
    nameless || !holdsCall(ts, value) ? `${form}With` : form;

  const nested = (node: ts.Node, owner: Owner | undefined, late: Late = ''): void => {
    const within = (holder: ts.Node, work: () => void) => {
      const before = lays.length;
      work();
      if (lays.length > before) plan.touched.add(holder);
    };
    outerParts(ts, node, (part, holder) => within(holder, () => walk(part, owner, late)));
    if (!ts.isClassLike(node)) callee(node as ts.FunctionLikeDeclaration);
    else
      for (const member of node.members) {
        within(member, () => {
          if (ts.isFunctionLike(member)) callee(member, node);
          else if (ts.isClassStaticBlockDeclaration(member)) walk(member.body, undefined);
          else if (ts.isPropertyDeclaration(member) && member.initializer) {
            walk(member.initializer, undefined);
          }
        });
      }
  };

  // A function's own side: its parameters are no part of the account, its body is if it is wanted.
  const callee = (node: ts.SignatureDeclaration, holder?: ts.ClassLikeDeclaration): void => {
    for (const parameter of node.parameters) walk(parameter, undefined);
    const { body } = node as ts.FunctionLikeDeclaration;
    if (!body) return;
    const chosen = wanted.get(node);
    const facts = chosen && survey(ts, chosen.node);
    const root = chosen && superStatement(ts, chosen.node, holder);
    let unfit = facts?.unfit ?? root?.unfit;
    if (insideWith) unfit ??= 'it stands inside a with statement';
    if (!chosen || !facts || unfit) {
      if (chosen) info.report('MEMPROF_W_FUNCTION', node, { value: chosen.label, reason: unfit });
      walk(body, undefined);
      return;
    }

    const owner: Owner = {
      kind: chosen.kind,
      awaits: [],
      marks: 0,
      disposers: 0,
      ends: chosen.kind === Kind.Async && (!ts.isBlock(body) || passesEnd(ts, body)),
    };
    const values = facts.params.slice(0, MAX_PARAMS);
    const line = lineOf(placeOf(ts, chosen.node));
    const row: SiteRow = [chosen.label, line, chosen.kind, values, owner.awaits];
    if (chosen.spike !== undefined) row.push(chosen.spike);
    const args = values.map((value) => `${names.s}.arg=${value}`).join(';');
    // Inside of the try, though before the body: where the stack is full, the call ends all the same.
    const gives = values.map((value) => `${names.s}.given=${value}`).join(',');
    const given = gives && `${names.s}.takes&&(${gives})`;
    const params = { n: String(rows.push(row) - 1), args, given };
    plan.functions.push({ name: chosen.label, line, node: chosen.node });

    if (!ts.isBlock(body)) {
      // => E    =>{const $s=$mp.enter($sites(),0);try{return $r=(E),$s.result=$r,...}finally{...}}
      nameless = holdsNameless(ts, body);
      if (owner.ends) returned.add(unwrapped(ts, body));
      lay('around', passing('arrow', body), body, params);
      walk(body, owner);
      return;
    }
    // { BODY }    {const $s=$mp.enter($sites(),0);try{BODY;$s.result=void 0}finally{...}}
    const last = body.statements.at(-1);
    const abrupt = !!last && (ts.isReturnStatement(last) || ts.isThrowStatement(last));
    lay('inside', abrupt ? 'bodyAbrupt' : 'body', body, params, { before: root?.before });
    for (const declaration of facts.hoists) {
      // function f() {}    var f=function () {};    first in the try
      lay('hoist', 'hoist', declaration, { f: declaration.name!.text }, { block: body });
    }
    for (const statement of body.statements) walk(statement, owner);
  };

  // Code of a function that is instrumented.
  const own = (node: ts.Node, owner: Owner, late: Late = ''): void => {
    const children = () => ts.forEachChild(node, (child) => walk(child, owner, late));
    if (ts.isReturnStatement(node)) {
      // return E    return $r=(E),$s.result=$r,...    without a call in it: return $s.doneWith((E))
      // ... in an async generator: return ($r=(E),...$s.last=...)
      // return      {$s.result=void 0;return}
      const awaits = owner.kind === Kind.AsyncGenerator;
      if (owner.ends && node.expression) returned.add(unwrapped(ts, node.expression));
      if (node.expression) {
        lay('around', passing(awaits ? 'last' : 'done', node.expression), node.expression);
      } else lay('around', awaits ? 'bareAsync' : 'bare', node);
    } else if (ts.isAwaitExpression(node) && isAsync(owner.kind)) {
      // (Elsewhere it is an early error, which `await (` would mend. A head's changes nothing: nobody runs there.)
      // await E    ($r=await ($r=(E),$s.in=$r,$s.suspend=$r=0,$s.out),$s.in=$r,$s.resume=$r=0,$s.out)
      // ... without a call in it: $s.resumeWith(await $s.suspendWith(E,0))
      if (late !== 'Head') {
        // ... as the whole of what is returned: $s.returns=...
        lay('around', passing(returned.has(node) ? 'returns' : 'resume', node), node);
        lay('around', passing(`suspend${late}`, node.expression), node.expression, suspension(owner, node));
      }
    } else if (ts.isYieldExpression(node)) {
      // yield E    ($r=yield ($r=(E),$s.in=$r,$s.yields=$r=0,$s.out),$s.in=$r,$s.resume=$r=0,$s.out)
      // yield      ($r=yield ($s.yields=0,$s.out),$s.in=$r,$s.resume=$r=0,$s.out)
      const params = suspension(owner, node);
      lay('around', passing(late === 'Head' ? 'resumeHead' : 'resume', node), node, params);
      if (node.expression) lay('around', passing(`yields${late}`, node.expression), node.expression, params);
      else lay('operand', `yieldsNothing${late}`, node, params);
    } else if (ts.isTryStatement(node)) {
      attempt(node, owner);
      return;
    } else if (ts.isLabeledStatement(node) || isAwaitingLoop(ts, node)) {
      const loop = unlabelled(ts, node as ts.Statement);
      if (isAwaitingLoop(ts, loop) && !labelledLoops.has(loop)) {
        // L: for await (H of E) S    try{L: for await (H of (...$s.suspend=...)) {...}}finally{$s.reenter()}
        lay('around', 'loop', node);
        labelledLoops.add(loop);
      }
      if (loop === node) {
        turns(loop as ts.ForOfStatement, owner);
        return;
      }
    } else if (ts.isBlock(node) && node.statements.some((s) => isUsingStatement(ts, s))) {
      // { await using a = A; S }    {try{await using a = A; ... S}finally{$s.reenter()}}
      lay('inside', 'usingBlock', node);
    } else if (isUsingStatement(ts, node)) {
      // await using a = A, b = B;    await using a = A;using $d=$s.disposer(0); await using b = B;using ...
      const each = node.declarationList.declarations.map((declaration) => ({
        d: numbered(names.d, owner.disposers++),
        ...suspension(owner, declaration),
      }));
      if (each.length > 1) lay('split', 'using', node, {}, { each });
      else lay('around', 'using', node, each[0]);
    }
    children();
  };

  const attempt = (node: ts.TryStatement, owner: Owner): void => {
    walk(node.tryBlock, owner);
    if (node.catchClause) {
      const { variableDeclaration, block } = node.catchClause;
      const before = lays.length;
      if (variableDeclaration) walk(variableDeclaration, owner, 'Late');
      // catch (e) { BODY }    catch (e) {$s.caught();BODY}
      lay('inside', 'caught', block);
      walk(block, owner);
      if (lays.length > before) plan.touched.add(node.catchClause);
    }
    if (node.finallyBlock) {
      // finally { BODY }    finally {const $m=$s.lastly();BODY;$s.result=$m}
      lay('inside', 'lastly', node.finallyBlock, { m: numbered(names.m, owner.marks++) });
      walk(node.finallyBlock, owner);
    }
  };

  const turns = (node: ts.ForOfStatement, owner: Owner): void => {
    // for await (H of E) S    for await (H of (...$s.suspend=...)) {$s.in=H;$s.reenter();try{S}finally{$s.leave(0)}}
    // for (await using H of E) S    suspends at the end of a turn only
    const params = suspension(owner, node);
    walk(node.initializer, owner, node.awaitModifier ? 'Head' : '');
    if (node.awaitModifier) lay('around', passing('suspend', node.expression), node.expression, params);
    walk(node.expression, owner);
    const name = declared(ts, node);
    if (name === undefined) lay('around', 'turn', node.statement, params);
    else lay('around', 'turnOf', node.statement, { ...params, h: name });
    walk(node.statement, owner);
  };

  walk(sourceFile, undefined);
  // A wrapped node need not hold a lay below it.
  for (const { node } of lays) plan.touched.add(node);
  plan.table = { path: JSON.stringify(info.path), rows: JSON.stringify(rows.map(trimmed)) };
  return plan;
}

// May a return in it be the end of the call? A loop over an iterator closes that, `using` disposes, and `finally` is the user's.
function passesEnd(ts: Typescript, node: ts.Node): boolean {
  if (ts.isBlock(node)) return !node.statements.some((one) => isDisposing(ts, one));
  return ts.isIfStatement(node) || ts.isReturnStatement(node);
}

// The one name that the head of a for-await declares. Reading any other target may run the user's code.
function declared(ts: Typescript, { awaitModifier, initializer }: ts.ForOfStatement): string | undefined {
  if (!awaitModifier || !ts.isVariableDeclarationList(initializer)) return undefined;
  const [{ name }] = initializer.declarations;
  return ts.isIdentifier(name) ? ts.idText(name) : undefined;
}

// Where a reader looks for the function: its name, else its first token after decorators.
function placeOf(ts: Typescript, node: ts.FunctionLikeDeclaration): ts.Node {
  if (node.name) return node.name;
  return node.modifiers?.find((m) => !ts.isDecorator(m)) ?? node;
}

const isAsync = (kind: Kind) => kind === Kind.Async || kind === Kind.AsyncGenerator;

function skipTrivia(ts: Typescript, sourceFile: ts.SourceFile, pos: number, end: number): number {
  const { text } = ts.getOriginalNode(sourceFile) as ts.SourceFile;
  const comments = ts.getLeadingCommentRanges(text, pos)?.at(-1)?.end;
  const trailing = ts.getTrailingCommentRanges(text, pos)?.at(-1)?.end;
  let start = Math.max(pos, comments ?? 0, trailing ?? 0);
  while (start < end && /\s/.test(text[start])) start++;
  return start;
}

function trimmed(row: SiteRow): unknown[] {
  const cells: unknown[] = [...row];
  const empty = (cell: unknown) => Array.isArray(cell) && cell.length === 0;
  while (empty(cells.at(-1))) cells.pop();
  return cells;
}

// TypeScript before 5.2 initialises a derived class's fields right only after a super call at the root of
// the constructor's body: what comes up to it stays in front of the account.
function superStatement(
  ts: Typescript,
  node: ts.FunctionLikeDeclaration,
  holder: ts.ClassLikeDeclaration | undefined,
): { before?: number; unfit?: string } | undefined {
  const [major, minor] = ts.versionMajorMinor.split('.').map(Number);
  if (!ts.isConstructorDeclaration(node) || major > 5 || (major === 5 && minor >= 2)) return undefined;
  const fields = holder?.members.some((m) => ts.isPropertyDeclaration(m) && m.initializer);
  if (!fields && !node.parameters.some((p) => p.modifiers?.length)) return undefined;
  const isSuper = (n: ts.Node) => ts.isCallExpression(n) && n.expression.kind === ts.SyntaxKind.SuperKeyword;
  const calls = (n: ts.Node): boolean =>
    isSuper(n) ||
    (!(ts.isFunctionLike(n) && !ts.isArrowFunction(n)) && !!ts.forEachChild(n, (c) => calls(c) || undefined));
  const leaves = (n: ts.Node): boolean =>
    ts.isReturnStatement(n) ||
    ts.isTryStatement(n) ||
    (!ts.isFunctionLike(n) && !!ts.forEachChild(n, (c) => leaves(c) || undefined));
  const { statements } = node.body as ts.Block;
  const at = statements.findIndex(calls);
  if (at < 0) return undefined;
  const statement = statements[at];
  const plain = ts.isExpressionStatement(statement) && isSuper(statement.expression);
  if (!plain || statements.slice(0, at).some(leaves)) {
    return {
      unfit: `its super call is not a plain statement of the body, as TypeScript ${ts.version} needs`,
    };
  }
  return { before: at + 1 };
}

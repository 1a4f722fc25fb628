// Which functions of one file are measured: by tags, by the options, never those whose text travels.
// Serves the plugin and instrument(). It changes nothing, and returns at once where no option and no
// tag can concern the file: a build must not feel it.

import type * as ts from 'typescript';
import { Kind } from '../contract/abi';
import { fileSelected } from './files';
import { isAssignment, isWrapper, Names, unwrapped } from './names';
import type { Selection } from './options';
import { isFunctionWithBody } from './scopes';
import type { Report, Selected, Typescript as TS } from './selected';
import { strayTags } from './stray';
import { sizeError, type Tag, tagCandidates, tagsOn } from './tags';
import { Travels } from './travels';
import { matchesWildcard } from './wildcard';

/** Which patterns of the options have matched something so far, across files. */
export interface Hits {
  functions: Set<string>;
  decorators: Set<string>;
  /** How many functions the options match, whatever tags say. */
  count: number;
  /** Labels of what a tag leaves out. */
  off?: Set<string>;
}

/**
 * The functions of a file that are to be measured, in the order of the source. A tag decides where
 * there is one (`off` too), whatever the options say.
 * @throws MemprofError MEMPROF_E_TAG_SIZE, its message begun with `file:line:column`
 */
export function selectFunctions(
  ts: TS,
  sourceFile: ts.SourceFile,
  selection: Selection,
  report: Report,
  hits?: Hits,
): Selected[] {
  const tagged = sourceFile.text.includes('@memprof') || selection.tags !== undefined;
  const configured = selection.configured && fileSelected(selection, sourceFile.fileName);
  if (selection.strip || sourceFile.isDeclarationFile || !(tagged || configured)) return [];
  const walk = new Walk(ts, sourceFile, selection, configured, report, hits);
  walk.visit(sourceFile);
  const selected = walk.settled();
  if (tagged) strayTags(ts, sourceFile, tagCandidates(sourceFile.text), walk.used, report);
  return selected;
}

/** What the tags of a source say, by label. */
export function tagsOfSource(ts: TS, sourceFile: ts.SourceFile): NonNullable<Selection['tags']> {
  const hits: Hits = { functions: new Set(), decorators: new Set(), count: 0, off: new Set() };
  const on = selectFunctions(ts, sourceFile, { strip: false, configured: false }, () => {}, hits);
  const tags = new Map<string, { off: boolean; spike?: number }>();
  for (const label of hits.off ?? []) tags.set(label, { off: true });
  for (const { label, spike } of on) tags.set(label, { off: false, spike });
  return tags;
}

/** What members of a class inherit from it. */
interface ClassRule {
  tag?: Tag;
  decorated: boolean;
}

class Walk {
  /** What is asked for, with the way to it; whether its text travels is known when all was seen. */
  private readonly asked: { function: Selected; path: ts.Node[]; tagged: boolean }[] = [];
  /** Positions of the tags that stand on something that can carry them. */
  readonly used = new Set<number>();
  private readonly path: ts.Node[] = [];
  private readonly names: Names;
  private readonly travels: Travels;
  private readonly lastLeaf: number;
  private readonly types: [first: number, last: number];
  private readonly classes = new Map<ts.Node, ClassRule>();

  constructor(
    private readonly ts: TS,
    private readonly sourceFile: ts.SourceFile,
    private readonly selection: Selection,
    private readonly configured: boolean,
    private readonly report: Report,
    private readonly hits: Hits | undefined,
  ) {
    this.names = new Names(ts, sourceFile);
    this.travels = new Travels(ts, sourceFile);
    this.lastLeaf = ts.SyntaxKind.LastToken;
    this.types = [ts.SyntaxKind.FirstTypeNode, ts.SyntaxKind.LastTypeNode];
  }

  readonly visit = (node: ts.Node): void => {
    const { ts, path, types } = this;
    const { kind } = node;
    // Names, tokens and types are most of a file, and hold no function.
    if (kind <= this.lastLeaf || (kind >= types[0] && kind <= types[1])) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isClassLike(node)) this.enterClass(node);
    else if (isFunctionWithBody(ts, node)) this.consider(node);
    path.push(node);
    if (this.travels.possible) this.travels.see(node, path);
    ts.forEachChild(node, this.visit);
    path.pop();
  };

  /** What is asked for, without what travels. */
  settled(): Selected[] {
    const left: Selected[] = [];
    for (const { function: one, path, tagged } of this.asked) {
      const reason = this.travels.reason(one.node, path);
      if (reason === undefined) left.push(one);
      else if (tagged) this.report('MEMPROF_W_TAG_TRAVELS', one.node, { value: one.label, reason });
    }
    return left;
  }

  private consider(node: ts.FunctionLikeDeclaration): void {
    const own = this.tagOf(node);
    const tag = own ?? this.classRule(node)?.tag;
    const { label } = this.names.of(node, this.path);
    // A built file's own comments are what is left of them.
    const before = tag ? undefined : this.selection.tags?.get(label);
    const byConfig = this.configured ? this.configSelects(node) : undefined;
    if (byConfig && this.hits) this.hits.count++;
    if (tag?.off) this.hits?.off?.add(label);
    if (tag || before ? (tag ?? before)?.off : !byConfig) return;
    if (tag?.bad !== undefined) throw sizeError(this.sourceFile, tag, this.selection.root);
    const spike = (tag ?? before)?.spike;
    const why = own ? 'a tag' : tag ? 'the tag of its class' : before ? 'a tag' : (byConfig as string);
    const one: Selected = { node, label, kind: kindOf(this.ts, node), why };
    if (spike !== undefined) one.spike = spike;
    this.asked.push({ function: one, path: this.path.slice(), tagged: tag !== undefined });
  }

  /** What of the options selects a function of a file that they address. */
  private configSelects(node: ts.FunctionLikeDeclaration): string | undefined {
    const { selection, hits } = this;
    let result: string | undefined;
    if (selection.decorators) {
      const field = this.fieldOf(node);
      // Each is asked, since each one that matches counts as a hit.
      const all = [this.classRule(node)?.decorated, this.decorated(node), field && this.decorated(field)];
      if (all.includes(true)) result = 'decorators';
    }
    if (selection.functions === 'all') return 'functions "all"';
    if (!selection.functions && selection.decorators) return result;
    const { label, named } = this.names.of(node, this.path);
    if (!named) return result;
    if (!selection.functions) return 'include';
    // `K.x` should find the accessor, which is labelled `K.get x`.
    const plain = label.replace(/(^|\.)[gs]et /g, '$1');
    for (const pattern of selection.functions) {
      if (!matchesWildcard(pattern, label) && !matchesWildcard(pattern, plain)) continue;
      hits?.functions.add(pattern);
      result ??= `functions "${pattern}"`;
    }
    return result;
  }

  private decorated(node: ts.Node): boolean {
    const { ts } = this;
    const { modifiers, decorators } = node as {
      modifiers?: readonly ts.Node[];
      decorators?: readonly ts.Node[];
    };
    let result = false;
    for (const one of [...(decorators ?? []), ...(modifiers ?? [])]) {
      if (!ts.isDecorator(one)) continue;
      const full = decoratorName(ts, one.expression);
      const last = full.slice(full.lastIndexOf('.') + 1);
      for (const pattern of this.selection.decorators ?? []) {
        if (!matchesWildcard(pattern, full) && !matchesWildcard(pattern, last)) continue;
        this.hits?.decorators.add(pattern);
        result = true;
      }
    }
    return result;
  }

  private enterClass(node: ts.ClassLikeDeclaration): void {
    const tag = this.nearest(this.holders(node));
    if (tag && !tag.off && !node.members.some((one) => this.isFunctionMember(one))) this.used.delete(tag.pos);
    if (tag?.bad !== undefined) throw sizeError(this.sourceFile, tag, this.selection.root);
    this.classes.set(node, { tag, decorated: this.configured && this.decorated(node) });
  }

  private isFunctionMember(member: ts.Node): boolean {
    const { ts } = this;
    if (isFunctionWithBody(ts, member)) return true;
    return ts.isPropertyDeclaration(member) && member.initializer !== undefined
      ? isFunctionWithBody(ts, unwrapped(ts, member.initializer))
      : false;
  }

  /** What a member takes over from its class; `undefined` for what is no member. */
  private classRule(node: ts.FunctionLikeDeclaration): ClassRule | undefined {
    const { path } = this;
    const parent = path[path.length - 1];
    if (this.classes.has(parent)) return this.classes.get(parent);
    const field = this.fieldOf(node);
    return field && this.classes.get(path[path.indexOf(field) - 1]);
  }

  /** The field whose value a function is. */
  private fieldOf(node: ts.Node): ts.PropertyDeclaration | undefined {
    const { ts, path } = this;
    let inner = node;
    for (let i = path.length - 1; i > 0; i--) {
      const parent = path[i];
      if (ts.isPropertyDeclaration(parent)) return parent.initializer === inner ? parent : undefined;
      if (!isWrapper(ts, parent)) return undefined;
      inner = parent;
    }
    return undefined;
  }

  private tagOf(node: ts.FunctionLikeDeclaration): Tag | undefined {
    const own = this.nearest(this.holders(node));
    let overload: Tag | undefined;
    for (const one of this.overloads(node)) overload = this.nearest([one]) ?? overload;
    return own ?? overload;
  }

  private nearest(holders: readonly ts.Node[]): Tag | undefined {
    const tags = tagsOn(this.ts, this.sourceFile, holders);
    for (const tag of tags) this.used.add(tag.pos);
    return tags[0];
  }

  /** A function or class and what a reader takes for one thing with it: `const f =`, `prop:`, `export default`. */
  private holders(node: ts.Node): ts.Node[] {
    const { ts, path } = this;
    const holders: ts.Node[] = [node];
    const expression =
      ts.isFunctionExpression(node) || ts.isArrowFunction(node) || ts.isClassExpression(node);
    if (!expression) return holders;
    let inner: ts.Node = node;
    for (let i = path.length - 1; i > 0; i--) {
      const parent = path[i];
      const last = stopsAt(ts, parent, inner);
      if (last === undefined) break;
      holders.push(parent);
      if (last) break;
      inner = parent;
    }
    return holders;
  }

  /** The signatures that stand directly before an implementation, in the order of the source. */
  private overloads(node: ts.FunctionLikeDeclaration): ts.Node[] {
    const { ts, path } = this;
    const parent = path[path.length - 1] as ts.Node & {
      statements?: readonly ts.Node[];
      members?: readonly ts.Node[];
    };
    const siblings = parent?.statements ?? parent?.members;
    if (
      !siblings ||
      !(ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node))
    ) {
      return [];
    }
    const found: ts.Node[] = [];
    for (let i = siblings.indexOf(node) - 1; i >= 0; i--) {
      const one = siblings[i] as ts.FunctionLikeDeclaration;
      if (one.kind !== node.kind || one.body || keyText(ts, one) !== keyText(ts, node)) break;
      found.unshift(one);
    }
    return found;
  }
}

/** Whether a holder reaches from `inner` to `parent`: `true` and ends there, `false` and goes on, or not at all. */
function stopsAt(ts: TS, parent: ts.Node, inner: ts.Node): boolean | undefined {
  if (isWrapper(ts, parent)) return false;
  // const f = () => 1, g = () => 2
  if (ts.isVariableDeclaration(parent)) return parent.initializer === inner ? false : undefined;
  if (ts.isVariableDeclarationList(parent)) return false;
  if (ts.isVariableStatement(parent)) return true;
  // { prop: () => 1 }, class { field = () => 1 }, const { late = () => 1 } = x
  if (ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent) || ts.isBindingElement(parent)) {
    return parent.initializer === inner ? true : undefined;
  }
  // X.prototype.y = function () {}
  if (ts.isBinaryExpression(parent)) {
    return parent.right === inner && isAssignment(ts, parent) ? false : undefined;
  }
  if (ts.isExpressionStatement(parent)) return true;
  // export default () => 1, export = function () {}, return () => 1
  if (ts.isExportAssignment(parent) || ts.isReturnStatement(parent)) return true;
  return undefined;
}

function keyText(ts: TS, node: ts.FunctionLikeDeclaration): string {
  const { name } = node;
  const fixed = (node as ts.MethodDeclaration).modifiers?.some(
    (one) => one.kind === ts.SyntaxKind.StaticKeyword,
  );
  const place = fixed ? 'static ' : '';
  if (!name) return place;
  if (ts.isComputedPropertyName(name)) {
    return `${place}[${ts.isIdentifier(name.expression) ? ts.idText(name.expression) : '?'}]`;
  }
  return place + (name as ts.Identifier).text;
}

function decoratorName(ts: TS, expression: ts.Expression): string {
  if (ts.isCallExpression(expression)) return decoratorName(ts, expression.expression);
  if (ts.isIdentifier(expression)) return ts.idText(expression);
  if (ts.isParenthesizedExpression(expression)) return decoratorName(ts, expression.expression);
  if (!ts.isPropertyAccessExpression(expression)) return '';
  return `${decoratorName(ts, expression.expression)}.${ts.idText(expression.name)}`;
}

function kindOf(ts: TS, node: ts.FunctionLikeDeclaration): Kind {
  const modifiers = (node as ts.FunctionDeclaration).modifiers;
  const async = modifiers?.some((one) => one.kind === ts.SyntaxKind.AsyncKeyword);
  const generator = (node as ts.FunctionDeclaration).asteriskToken !== undefined;
  if (generator) return async ? Kind.AsyncGenerator : Kind.Generator;
  return async ? Kind.Async : Kind.Sync;
}

// Every form of emitted code, spelled once, as text. It serves both printers: print-text splices the
// parts around a form's hole into the source, print-ast parses the form and fills the hole with the
// user's node. It must never decide where a form lies (visit.ts does), nor hold a newline.
//
// ‹X› is the hole (at most one in a form), #x a parameter, $x a name that unique.ts chose for the file.

import { RUNTIME_MODULE } from '../contract/abi';
import type { Names } from './unique';

const ENTER = 'const $s=$mp.enter($sites(),#n);try{';
const EXIT = '}finally{if($mp.exit($s))$mp.explain($s,#values)}';

export const FORMS = {
  // The head of a file: the runtime and the table of its functions. The table is made by the first call,
  // since a hoisted function can be called through an import cycle before the module's body ran.
  import: `import * as $mp from ${JSON.stringify(RUNTIME_MODULE)};`,
  require: `var $mp=require(${JSON.stringify(RUNTIME_MODULE)});`,
  table: 'var $file;function $sites(){return $file||($file=$mp.file(#path,#rows))}',

  // { BODY }  in a function. `done` marks that the end was reached: an exit without it threw.
  body: `${ENTER}‹BODY›;$mp.done($s)${EXIT}`,
  // { BODY }  whose last statement is a return or a throw. The `;` ends what ASI would have ended.
  bodyAbrupt: `${ENTER}‹BODY›;${EXIT}`,
  // => E
  arrow: `{${ENTER}return $mp.done($s,(‹E›))${EXIT}}`,

  // return E  (the spaces before `$mp`: `return/re/` and `await/re/` are legal)
  done: ' $mp.done($s,(‹E›))',
  // return E  in an async generator, which awaits E
  last: ' $mp.last($s,(‹E›))',
  // return;   stays bare: in an async generator `return undefined` would cost one tick more
  bare: '{$mp.done($s);‹S›}',
  // return;   in an async generator, which a compiler that lowers it makes await all the same
  bareAsync: '{$mp.done($s);‹S›}',
  bareLowered: 'return $mp.last($s,void 0);',

  // await E, yield E, yield* E  as a whole
  resume: '$mp.resume($s,‹E›)',
  // their operand
  suspend: ' $mp.suspend($s,‹E›,#n)',
  yields: ' $mp.yields($s,‹E›,#n)',
  yieldsNothing: ' $mp.yields($s,void 0,#n)',
  // ... where the engine has suspended the call already: the head of a for-await, a catch parameter
  suspendLate: ' $mp.suspend($s,($mp.reenter($s),‹E›),#n)',
  yieldsLate: ' $mp.yields($s,($mp.reenter($s),‹E›),#n)',
  yieldsNothingLate: ' $mp.yields($s,($mp.reenter($s),void 0),#n)',

  // catch (e) { BODY }
  caught: '$mp.caught($s);‹BODY›',
  // finally { BODY }  takes a pending completion's mark away, and gives it back where BODY completes
  lastly: 'const #m=$mp.lastly($s);‹BODY›;$mp.remark($s,#m)',

  // L: for await (H of E) S  and  for (await using H of E) S: the statement with its labels, then S
  loop: 'try{‹S›}finally{$mp.reenter($s)}',
  turn: '{$mp.reenter($s);try{‹S›}finally{$mp.leave($s,#n)}}',

  // { ... await using a = A; ... }: the block, then the declaration. The disposer is disposed first.
  usingBlock: 'try{‹BODY›}finally{$mp.reenter($s)}',
  using: '‹S›;using #d=$mp.disposer($s,#n);',

  // function F() {}  at the level of a body, where a block cannot hold it; F's own text is the hole
  hoist: 'var #f=‹E›;',
} as const;

export type Form = keyof typeof FORMS;

/** The text before and after a form's hole, names and parameters filled in. */
export function textOf(form: Form, names: Names, params: Record<string, string> = {}): [string, string] {
  const fill = (part: string) =>
    part
      .replace(/\$(mp|sites|file|s)\b/g, (_, name: keyof Names) => names[name])
      .replace(/#(\w+)/g, (_, name: string) => params[name]);
  const [before, after = ''] = FORMS[form].split(/‹\w+›/).map(fill);
  return [before, after];
}

/** A form as a program that any parser reads: holes and parameters are identifiers with these prefixes. */
export const HOLE = '__hole_';
export const PARAM = '__param_';
export function parseableOf(form: Form): string {
  return FORMS[form].replace(/‹(\w+)›/g, `${HOLE}$1`).replace(/#(\w+)/g, `${PARAM}$1`);
}

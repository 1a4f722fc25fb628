// Every form of emitted code, spelled once, as text. It serves both printers: print-text splices the
// parts around a form's hole into the source, print-ast parses the form and fills the hole with the
// user's node. It must never decide where a form lies (visit.ts does), nor hold a newline.
//
// ‹X› is the hole (at most one in a form), #x a parameter (`#x;` any number of statements), $x a name that unique.ts chose for the file.

import { RUNTIME_MODULE } from '../contract/abi';
import type { Names } from './unique';

const ENTER = 'const $s=$mp.enter($sites(),#n);try{#given;';
const EXIT = '}finally{if($s.exit()){#args;$s.explain()}}';

// A value waits in $r while the event is told, so that the call of the user's that makes it finds no register
// of ours in its caller's frame: contract/abi.ts. It goes through a call (the forms `...With`) where no call of the user's makes
// it, since to store what is young in what is old, as $r is, takes longer than all else that is done for a call which is not
// measured; and where a statement holds a nameless function: V8 shows one in stack traces by what is assigned around it.
const COMPLETES = '$r=(‹E›),$s.result=$r,$r=0,$s.result';
const through = (event: string, operand = '‹E›') => `($r=${operand},$s.in=$r,$s.${event},$s.out)`;

const STANDS_AGAIN = ' ($s.reenter(),$s.yields=#n,$s.out)';

export const FORMS = {
  // The head of a file: the runtime and the table of its functions. The table is made by the first call,
  // since a hoisted function can be called through an import cycle before the module's body ran.
  import: `import * as $mp from ${JSON.stringify(RUNTIME_MODULE)};`,
  require: `var $mp=require(${JSON.stringify(RUNTIME_MODULE)});`,
  table: 'var $file,$r;function $sites(){return $file||($file=$mp.file(#path,#rows))}',

  // { BODY }  in a function. A result marks that the end was reached: an exit without it threw.
  body: `${ENTER}‹BODY›;$s.result=void 0${EXIT}`,
  // { BODY }  whose last statement is a return or a throw. The `;` ends what ASI would have ended.
  bodyAbrupt: `${ENTER}‹BODY›;${EXIT}`,
  // => E
  arrow: `{${ENTER}return ${COMPLETES}${EXIT}}`,
  arrowWith: `{${ENTER}return $s.doneWith((‹E›))${EXIT}}`,

  // return E  (the spaces before `$r` and `(`: `return/re/` and `await/re/` are legal)
  done: ` ${COMPLETES}`,
  doneWith: ' $s.doneWith((‹E›))',
  // return E  in an async generator, which awaits E
  last: ` ${through('last=$r=0', '(‹E›)')}`,
  lastWith: ' $s.lastWith((‹E›))',
  // return;   stays bare: in an async generator `return undefined` would cost one tick more
  bare: '{$s.result=void 0;‹S›}',
  // return;   in an async generator, which a compiler that lowers it makes await all the same
  bareAsync: '{$s.result=void 0;‹S›}',
  bareLowered: 'return $s.in=void 0,$s.last=0,$s.out;',

  // await E, yield E, yield* E  as a whole
  resume: through('resume=$r=0'),
  resumeWith: '$s.resumeWith(‹E›)',
  // ... which is returned, where nothing runs before the call is over
  returns: through('returns=$r=0'),
  returnsWith: '$s.returnsWith(‹E›)',
  // their operand
  suspend: ` ${through('suspend=$r=#n', '(‹E›)')}`,
  suspendWith: ' $s.suspendWith(‹E›,#n)',
  yields: ` ${through('yields=$r=#n', '(‹E›)')}`,
  yieldsWith: ' $s.yieldsWith(‹E›,#n)',
  yieldsNothing: ' ($s.yields=#n,$s.out)',
  // ... where the engine may have suspended the call already: a catch parameter
  suspendLate: ` ${through('suspend=$r=#n', '($s.reenter(),‹E›)')}`,
  suspendLateWith: ' $s.suspendWith(($s.reenter(),‹E›),#n)',
  yieldsLate: ` ${through('yields=$r=#n', '($s.reenter(),‹E›)')}`,
  yieldsLateWith: ' $s.yieldsWith(($s.reenter(),‹E›),#n)',
  yieldsNothingLate: STANDS_AGAIN,
  // ... where it has: the head of a for-await. Nobody runs there, since the engine waits for the iterator's close
  // where something throws. An await changes nothing.
  yieldsHead: ` ${through('yields=$r=#n', '(‹E›),$s.reenter()')}`,
  yieldsHeadWith: ' $s.yieldsWith(‹E›,($s.reenter(),#n))',
  yieldsNothingHead: STANDS_AGAIN,
  resumeHead: through('resume=$r=0,$s.leave(#n)'),
  resumeHeadWith: '$s.resumeWith(‹E›,#n)',

  // catch (e) { BODY }
  caught: '$s.caught();‹BODY›',
  // finally { BODY }  takes a pending completion's mark away, and gives it back where BODY completes
  lastly: 'const #m=$s.lastly();‹BODY›;$s.result=#m',

  // L: for await (H of E) S  and  for (await using H of E) S: the statement with its labels, then S
  loop: 'try{‹S›}finally{$s.reenter()}',
  turn: '{$s.reenter();try{‹S›}finally{$s.leave(#n)}}',
  // ... where H declares one name: what came is at hand
  turnOf: '{$s.in=#h;$s.reenter();try{‹S›}finally{$s.leave(#n)}}',

  // { ... await using a = A; ... }: the block, then the declaration. The disposer is disposed first.
  usingBlock: 'try{‹BODY›}finally{$s.reenter()}',
  using: '‹S›;using #d=$s.disposer(#n);',

  // function F() {}  at the level of a body, where a block cannot hold it; F's own text is the hole
  hoist: 'var #f=‹E›;',
} as const;

export type Form = keyof typeof FORMS;

/** The text before and after a form's hole, names and parameters filled in. */
export function textOf(form: Form, names: Names, params: Record<string, string> = {}): [string, string] {
  const fill = (part: string) =>
    part
      .replace(/\$(mp|sites|file|s|r)\b/g, (_, name: keyof Names) => names[name])
      .replace(/#(\w+)(;?)/g, (_, name: string, end: string) => params[name] && params[name] + end);
  const [before, after = ''] = FORMS[form].split(/‹\w+›/).map(fill);
  return [before, after];
}

/** A form as a program that any parser reads: holes and parameters are identifiers with these prefixes. */
export const HOLE = '__hole_';
export const PARAM = '__param_';
export function parseableOf(form: Form): string {
  return FORMS[form].replace(/‹(\w+)›/g, `${HOLE}$1`).replace(/#(\w+)/g, `${PARAM}$1`);
}

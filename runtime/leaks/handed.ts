// What are functions handed, and by whom was it made? Has emitted code hand over the arguments of sampled calls, and of the calls that
// follow when a new object was met. Serves the survey. Runs where a call begins: must allocate on memprof's account, never throw, and
// leave the recorder, which has arguments handed over as well, its own.

import { both, goesOn, hooks, settleOwn } from '../ledger';
import { idOf, type Site } from '../sites';
import { SPAN_WIDTH, type Span, WEIGHT } from '../span';
import type { Holdings, OfFunction, Watched } from './held';
import { Skips } from './pace';

// `keeps` of a span: its arguments are looked at for what is known, or they are sampled as well.
const FOLLOWS = 1;
const SAMPLES = 2;
const MOST_HANDED_TO = 6;
const DEPTH = 16;

export class Handed {
  private readonly skips = new Skips();

  constructor(
    private readonly holdings: Holdings,
    private readonly often: number,
    private readonly clock: () => number,
  ) {}

  /** A call begins, and the recorder has said whether it takes the arguments' shapes. */
  begun(span: Span): void {
    const id = idOf(span.site);
    const { holdings } = this;
    span.keeps = 0;
    // Of an earlier call: there is no recorder then, which would have said.
    if (span.n.length === SPAN_WIDTH) span.takes = false;
    if (id < 1 || span.site.params.length === 0) return;
    if (this.skips.isDue(id)) {
      span.keeps = SAMPLES;
      const at = this.clock();
      const { handedPace: pace } = holdings.of(id, span.site, at);
      span.stands = pace.looked(at, this.often);
      this.skips.set(id, pace.next());
      // What that took is not the call's that begins.
      settleOwn();
    } else if (holdings.follows > 0) span.keeps = FOLLOWS;
    if (span.keeps === 0) return;
    if (holdings.follows > 0) holdings.follows--;
    if (span.takes) return;
    span.takes = true;
    span.taken = 0;
  }

  /** The parameter `n` of a call that is looked at. */
  given(span: Span, value: unknown, n: number): void {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return;
    try {
      this.look(span, value, n);
    } catch {
      // The stack is full: this one is not looked at.
    }
    settleOwn();
    goesOn();
  }

  private look(span: Span, value: object, n: number): void {
    const { holdings } = this;
    let watched = holdings.known(value);
    if (span.keeps === SAMPLES) {
      const one = holdings.all.get(idOf(span.site)) as OfFunction;
      watched = holdings.given(one, n, value, this.clock(), span.stands * span.n[WEIGHT]);
    }
    if (watched !== undefined) pass(watched, span);
  }
}

// Who is handed what, and who of those that call it had it before: the innermost is where it may be kept.
function pass(watched: Watched, { site, parent }: Span): void {
  const { handedTo } = watched;
  for (let n = 0; n < handedTo.length; n++) if (handedTo[n].site === site) return;
  if (handedTo.length === MOST_HANDED_TO) return;
  let by: Site | undefined;
  let above = parent;
  for (let depth = 0; above !== null && by === undefined && depth < DEPTH; depth++) {
    for (let n = 0; n < handedTo.length; n++) if (handedTo[n].site === above.site) by = above.site;
    above = above.parent;
  }
  handedTo[handedTo.length] = { site, by };
}

let handed: Handed | undefined;
// Whoever listened before us, while ours listens beside it.
let before: typeof hooks.begun = null;
let beside: typeof hooks.begun = null;

/** Has arguments handed over from now on, to nobody else. */
export function listenTo(one: Handed): void {
  handed = one;
  hooks.given = (span, value, n) => handed?.given(span, value, n);
  if (beside !== null) return;
  before = hooks.begun;
  beside = both(before, (span) => handed?.begun(span));
  hooks.begun = beside;
}

/** From now on nothing is done. Where the recorder has come since, it goes on telling us, who do not listen. */
export function listenNoMore(): void {
  handed = undefined;
  hooks.given = null;
  if (hooks.begun !== beside) return;
  hooks.begun = before;
  beside = null;
}

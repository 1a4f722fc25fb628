// How many bytes does memprof itself allocate from one boundary to the next? Serves the ledger's tare:
// calls of no function, whose every byte is memprof's own. Leaves no trace in the account.

import { Kind } from '../contract/abi';
import { now } from './clock';
import { advanceOwn, Boundary, meter, OVERHEAD, RAW, READINGS, setTare } from './heap';
import {
  done,
  EXTERNAL_SUM,
  enter,
  exit,
  hooks,
  ledger,
  OWNED,
  PROBE_AT,
  resume,
  setOwner,
  suspend,
  UNOWNED,
} from './ledger';
import { newTable } from './sites';

// What memprof allocates between a boundary's reading and its return (the reading's object, a boxed time)
// is a constant, until the compiler changes its mind. Calls of no function, made now and then, often at
// first, tell it: nothing but memprof's own bytes lies between their boundaries.
const PROBE_EVERY = 2048;
const PROBE_FIRST = 32;
const table = newTable('', [['', 0, Kind.Async]]);
const least = new Float64Array(4);

function probe(): void {
  const readings = meter[READINGS];
  ledger[PROBE_AT] = Number.POSITIVE_INFINITY;
  const ran = setOwner(null);
  const { ended } = hooks;
  const owned = ledger[OWNED];
  const unowned = ledger[UNOWNED];
  const external = ledger[EXTERNAL_SUM];
  hooks.ended = notTold;
  advanceOwn();
  least.fill(Number.POSITIVE_INFINITY);
  // A page of the heap that ends between two readings adds its rest to one of them, not to both.
  for (let round = 0; round < 2; round++) {
    exit(enter(table, 0));
    note(Boundary.Enter);
    const span = enter(table, 0);
    note(Boundary.Exit);
    suspend(span, undefined, 0);
    resume(span, undefined);
    note(Boundary.Suspend);
    exit(span);
    note(Boundary.Resume);
  }
  for (let boundary = 0; boundary < 4; boundary++) setTare(boundary as Boundary, least[boundary]);
  hooks.ended = ended;
  setOwner(ran);
  // Whatever the probes were charged is memprof's own.
  meter[OVERHEAD] += ledger[OWNED] - owned + ledger[UNOWNED] - unowned;
  ledger[OWNED] = owned;
  ledger[UNOWNED] = unowned;
  ledger[EXTERNAL_SUM] = external;
  ledger[PROBE_AT] = meter[READINGS] + Math.min(PROBE_EVERY, Math.max(PROBE_FIRST, readings / 2));
  advanceOwn(Boundary.Enter);
}

function note(boundary: Boundary): void {
  if (meter[RAW] > 0 && meter[RAW] < least[boundary]) least[boundary] = meter[RAW];
}

function notTold(): boolean {
  return false;
}

// What every call runs is compiled before the first one counts; a machine under load may need longer,
// and the probes follow it.
function warmUp(): void {
  const { ended } = hooks;
  hooks.ended = notTold;
  ledger[PROBE_AT] = Number.POSITIVE_INFINITY;
  const until = now() + 30;
  for (let i = 0; i < 6000 && now() < until; i++) {
    const span = enter(table, 0);
    resume(span, suspend(span, 0, 0));
    done(span, 0);
    exit(span);
  }
  hooks.ended = ended;
  meter[READINGS] = 0;
  ledger[PROBE_AT] = 0;
}

hooks.probe = probe;
hooks.warmUp = warmUp;

// How many bytes does memprof itself allocate from one boundary to the next? Serves the ledger's tare:
// calls of no function, whose every byte is memprof's own. Leaves no trace in the account.

import { Kind } from '../contract/abi';
import { setReadingTime } from './budget';
import { now } from './clock';
import { advanceOwn, Boundary, meter, OVERHEAD, RAW, READINGS, setTare } from './heap';
import {
  begin,
  comeBack,
  counts,
  DUE_AT,
  exit,
  hooks,
  ledger,
  OWNED,
  PACED,
  PROBE_AT,
  pause,
  setOwner,
  settleOwn,
  UNOWNED,
} from './ledger';
import { FLOOR } from './rests';
import { newTable, PROBED } from './sites';

// What memprof allocates between a boundary's reading and its return (the reading's object, a boxed time)
// is a constant, until the compiler changes its mind. Calls of no function, made now and then, often at
// first, tell it: nothing but memprof's own bytes lies between their boundaries.
const PROBE_EVERY = 2048;
const PROBE_FIRST = 32;
// Where few calls are measured, the compiler comes to their code late.
const PROBE_PACED = 96;
const ROUNDS = 2;
const LOOKED_AT = FLOOR / 4;
const table = newTable('', [
  ['', PROBED, Kind.Sync],
  ['', PROBED, Kind.Async],
]);
const least = new Float64Array(6);
// The ledger as it was: whatever slot the probes touch, they leave it so.
const kept = new Float64Array(ledger.length);
const keptCounts = new Int32Array(counts.length);

function probe(): void {
  const readings = meter[READINGS];
  kept.set(ledger);
  keptCounts.set(counts);
  ledger[PROBE_AT] = Number.POSITIVE_INFINITY;
  ledger[DUE_AT] = Number.POSITIVE_INFINITY;
  const ran = setOwner(null);
  try {
    advanceOwn();
    measure();
  } finally {
    // A stack that is full may end the probes anywhere: first of all the owner, then the ledger, without a call.
    setOwner(ran);
    // Whatever the probes were charged is memprof's own.
    meter[OVERHEAD] += ledger[OWNED] - kept[OWNED] + ledger[UNOWNED] - kept[UNOWNED];
    for (let slot = 0; slot < kept.length; slot++) ledger[slot] = kept[slot];
    for (let slot = 0; slot < keptCounts.length; slot++) counts[slot] = keptCounts[slot];
    const every = ledger[PACED] > 0 ? PROBE_PACED : PROBE_EVERY;
    ledger[PROBE_AT] = meter[READINGS] + Math.min(every, Math.max(PROBE_FIRST, readings / 2));
  }
}

function measure(): void {
  least.fill(Number.POSITIVE_INFINITY);
  // A page of the heap that ends between two readings adds its rest to one of them, not to both.
  const since = now();
  const readings = meter[READINGS];
  for (let round = 0; round < ROUNDS; round++) {
    exit(begin(table, 1));
    if (ledger[PACED] === 0) note(Boundary.Enter);
    const told = begin(table, 1);
    settleOwn();
    exit(told);
    note(Boundary.Other);
    const span = begin(table, 1);
    note(Boundary.Exit);
    pause(span, 0);
    comeBack(span, undefined);
    note(Boundary.Suspend);
    exit(span);
    note(Boundary.Resume);
  }
  setReadingTime((now() - since) / (meter[READINGS] - readings));
  for (let boundary = 0; boundary < least.length; boundary++) setTare(boundary as Boundary, least[boundary]);
}

function note(boundary: Boundary): void {
  if (meter[RAW] >= 0 && meter[RAW] < least[boundary]) least[boundary] = meter[RAW];
}

// What every call runs is compiled before the first one counts, on the ways that calls take: alone, inside
// another, waiting, throwing. A machine under load may need longer, and the probes follow it.
function warmUp(): void {
  // The probes themselves among them: they come with the first readings.
  meter[READINGS] = 0;
  ledger[PROBE_AT] = 0;
  const until = now() + 40;
  for (let i = 0; i < 4000 && now() < until; i++) {
    // In both ways: each call measured, and as calls are while not all of them are.
    ledger[PACED] = i & 1;
    const since = now();
    const readings = meter[READINGS];
    const outer = begin(table, 1);
    const inner = begin(table, 0);
    const innermost = begin(table, 0);
    innermost.result = i;
    // Enough for rests of pages to be looked at.
    if (i % 8 === 0) innermost.result = new Array(LOOKED_AT);
    exit(innermost);
    if (i % 8 > 0) inner.result = undefined;
    exit(inner);
    pause(outer, 0);
    comeBack(outer, i);
    outer.result = table;
    exit(outer);
    if (i > 500) setReadingTime((now() - since) / (meter[READINGS] - readings));
    if (i % 1000 === 500) nest(i / 8);
  }
  meter[READINGS] = 0;
  ledger[PROBE_AT] = 0;
}

// Deeper than the pool of spans goes: it is filled up again.
function nest(depth: number): void {
  const span = begin(table, 0);
  if (depth > 0) nest(depth - 1);
  exit(span);
}

hooks.probe = probe;
hooks.warmUp = warmUp;

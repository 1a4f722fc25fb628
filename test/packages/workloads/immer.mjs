// immer: drafts are Proxies, revoked when their producer is over; patches; classes, maps and sets.

export async function run({ load, log, attempt }) {
  const immer = await load('immer');
  log('exports', Object.keys(immer).sort());
  const {
    produce,
    produceWithPatches,
    applyPatches,
    enablePatches,
    enableMapSet,
    immerable,
    current,
    original,
  } = immer;
  const { createDraft, finishDraft, isDraft, nothing, freeze, Immer, castDraft } = immer;
  enablePatches();
  enableMapSet();
  const base = {
    list: [
      { id: 1, tags: ['a'] },
      { id: 2, tags: [] },
    ],
    deep: { er: { est: 1 } },
    n: 0,
  };
  const next = produce(base, (draft) => {
    log('is a draft', isDraft(draft), isDraft(draft.list[0]), Object.keys(draft), 'n' in draft);
    draft.list[0].tags.push('b');
    draft.list.push({ id: 3, tags: [] });
    delete draft.deep.er.est;
    log('current', current(draft), original(draft) === base);
    for (const one of draft.list) one.seen = one.tags.length;
  });
  log('next', next, base, next.deep === base.deep, Object.isFrozen(next.list));
  log('unchanged', produce(base, () => {}) === base);
  const curried = produce((draft, by) => void (draft.n += by));
  log('curried', curried(base, 5), curried.length, curried.name);
  await attempt('frozen', () => {
    next.list.push(1);
  });
  await attempt('both', () => produce(base, (draft) => ((draft.n = 1), { other: 1 })));
  await attempt('thrown', () =>
    produce(base, () => {
      throw new RangeError('from a recipe');
    }),
  );
  let leaked;
  produce(base, (draft) => {
    leaked = draft.deep;
  });
  await attempt('revoked', () => leaked.er);
  const [patched, patches, inverse] = produceWithPatches(base, (draft) => {
    draft.list[1].tags = ['x', 'y'];
    draft.list.shift();
    draft.n++;
  });
  log('patches', patched, patches, inverse, applyPatches(patched, inverse));
  class Money {
    [immerable] = true;
    constructor(cents) {
      this.cents = cents;
    }
    get euros() {
      return this.cents / 100;
    }
    plus(other) {
      return produce(this, (draft) => {
        draft.cents += other.cents;
      });
    }
  }
  const sum = new Money(250).plus(new Money(125));
  log('class', sum, sum.euros, sum instanceof Money);
  const maps = { map: new Map([['a', { n: 1 }]]), set: new Set([1, 2]) };
  log(
    'maps',
    produce(maps, (draft) => {
      draft.map.get('a').n++;
      draft.map.set('b', { n: 2 });
      draft.set.delete(1);
      draft.set.add(3);
      for (const [key, value] of draft.map) log('entry', key, isDraft(value));
    }),
    maps,
  );
  const draft = createDraft(base);
  draft.n = 9;
  log(
    'finished',
    finishDraft(draft),
    nothing,
    typeof castDraft,
    Object.isFrozen(freeze({ a: { b: 1 } }, true).a),
  );
  const own = new Immer({ autoFreeze: false });
  log('own', Object.isFrozen(own.produce(base, (d) => void (d.n = 2))));
  let state = { rows: Array.from({ length: 500 }, (_, id) => ({ id, v: 0 })) };
  for (let n = 0; n < 100; n++) state = produce(state, (d) => void (d.rows[n * 3 + 1].v += n));
  log('many', state.rows.filter((row) => row.v).length, state.rows[298]);
}

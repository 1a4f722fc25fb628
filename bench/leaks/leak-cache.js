// A cache without a bound: every id is a new key.
const { traffic } = require('./traffic');
const { readRows, renderPage } = require('./work');

const profiles = new Map();

/** @memprof */
function loadProfile(id, size) {
  return {
    id,
    seen: Date.now(),
    history: Array.from({ length: size * 4 }, (_, n) => ({ at: n, page: `/p/${id}/${n}` })),
  };
}

/** @memprof */
function profileOf(id, size) {
  let profile = profiles.get(id);
  if (!profile) profiles.set(id, (profile = loadProfile(id, size)));
  return profile;
}

/** @memprof */
function handle({ id, size }) {
  const profile = profileOf(id, size);
  renderPage(readRows(profile.id, size));
}

traffic(120, handle);

// A cache without a bound: every visitor is a new key, and none is ever taken out.
const profiles = new Map();

/** @memprof */
function loadProfile(visitor) {
  return { visitor, history: Array.from({ length: 300 }, (_, n) => ({ n, page: `/p/${visitor}/${n}` })) };
}

/** @memprof */
function greet(visitor) {
  if (!profiles.has(visitor)) profiles.set(visitor, loadProfile(visitor));
  return profiles.get(visitor).history.length;
}

let visitor = 0;
setInterval(() => {
  for (let n = 0; n < 3; n++) greet(visitor++);
}, 20);
setTimeout(() => process.exit(), 30_000);

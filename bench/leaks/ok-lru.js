// The least recently used goes.
const { traffic, below } = require('./traffic');
const { readRows, renderPage } = require('./work');

class Lru {
  constructor(most) {
    this.most = most;
    this.map = new Map();
  }

  /** @memprof */
  get(key, make) {
    let value = this.map.get(key);
    if (value === undefined) value = make(key);
    else this.map.delete(key);
    this.map.set(key, value);
    if (this.map.size > this.most) this.map.delete(this.map.keys().next().value);
    return value;
  }
}

const lru = new Lru(600);

/** @memprof */
function loadPage(key) {
  return { key, blocks: Array.from({ length: 500 }, (_, n) => ({ n, text: `${key}-${n}` })) };
}

/** @memprof */
function handle({ id, size }) {
  lru.get(below(20_000), loadPage);
  renderPage(readRows(id, size));
}

traffic(130, handle);

// A cache that holds nothing by itself: WeakRef for values, WeakMap for what belongs to a request.
const { traffic, below } = require('./traffic');
const { readRows, renderPage } = require('./work');

const images = new Map();
const noted = new WeakMap();
const registry = new FinalizationRegistry((key) => {
  if (images.get(key)?.deref() === undefined) images.delete(key);
});

/** @memprof */
function decode(key) {
  return { key, pixels: Array.from({ length: 1500 }, (_, n) => n * 0.1) };
}

/** @memprof */
function imageOf(key) {
  let image = images.get(key)?.deref();
  if (!image) {
    image = decode(key);
    images.set(key, new WeakRef(image));
    registry.register(image, key);
  }
  return image;
}

/** @memprof */
function handle(request) {
  const image = imageOf(`image ${below(5000)}`);
  noted.set(request, { at: Date.now(), rows: Array.from({ length: 200 }, (_, n) => [n, image.key]) });
  renderPage(readRows(request.id, request.size));
}

traffic(130, handle);

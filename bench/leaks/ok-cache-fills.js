// A cache that has all there is after a while, and stops.
const { traffic, below } = require('./traffic');
const { readRows, renderPage } = require('./work');

const articles = new Map();
const ARTICLES = 400;

/** @memprof */
function loadArticle(id) {
  return { id, paragraphs: Array.from({ length: 1000 }, (_, n) => ({ n, text: `${id}:${n}` })) };
}

/** @memprof */
function articleOf(id) {
  let article = articles.get(id);
  if (!article) articles.set(id, (article = loadArticle(id)));
  return article;
}

/** @memprof */
function handle({ id, size }) {
  articleOf(below(ARTICLES));
  renderPage(readRows(id, size));
}

traffic(120, handle);

// Steps to be undone, a list that is linked for ever.
const { traffic, below } = require('./traffic');
const { readRows, renderPage } = require('./work');

class Editor {
  constructor() {
    this.cells = Array.from({ length: 500 }, () => ({ text: '' }));
    this.undo = null;
  }

  /** @memprof */
  snapshot() {
    return this.cells.map(({ text }) => ({ text: `${text}` }));
  }

  /** @memprof */
  apply({ id }) {
    this.undo = { before: this.snapshot(), next: this.undo };
    this.cells[below(this.cells.length)].text = `edit ${id}`;
  }
}

const editor = new Editor();

/** @memprof */
function handle(request) {
  editor.apply(request);
  renderPage(readRows(request.id, request.size));
}

traffic(120, handle);

// preact: minified code, hooks found by the order of calls, contexts, error boundaries; rendered into a small DOM
// of our own, since only calls that every element has are needed.

class Node {
  constructor(name, text) {
    this.localName = name;
    this.nodeType = name === '#text' ? 3 : 1;
    this.data = text;
    this.childNodes = [];
    this.attributes = [];
    this.style = { setProperty() {}, cssText: '' };
    this.parentNode = null;
    this.listeners = {};
    this.ownerDocument = globalThis.document;
    this.namespaceURI = 'http://www.w3.org/1999/xhtml';
  }
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  get nextSibling() {
    const all = this.parentNode?.childNodes ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }
  insertBefore(node, before) {
    node.remove();
    const at = before ? this.childNodes.indexOf(before) : this.childNodes.length;
    this.childNodes.splice(at, 0, node);
    node.parentNode = this;
    return node;
  }
  appendChild(node) {
    return this.insertBefore(node, null);
  }
  removeChild(node) {
    this.childNodes.splice(this.childNodes.indexOf(node), 1);
    node.parentNode = null;
    return node;
  }
  remove() {
    this.parentNode?.removeChild(this);
  }
  contains(node) {
    return node === this || this.childNodes.some((one) => one.contains(node));
  }
  setAttribute(name, value) {
    this.removeAttribute(name);
    this.attributes.push({ name, value: String(value) });
  }
  removeAttribute(name) {
    this.attributes = this.attributes.filter((one) => one.name !== name);
  }
  addEventListener(type, listener) {
    this.listeners[type] = listener;
  }
  removeEventListener(type) {
    delete this.listeners[type];
  }
  dispatch(type) {
    this.listeners[type].call(this, { type, target: this });
  }
  find(name) {
    return this.localName === name ? this : this.childNodes.map((one) => one.find(name)).find(Boolean);
  }
  get html() {
    if (this.nodeType === 3) return this.data;
    const attributes = this.attributes.map(({ name, value }) => ` ${name}="${value}"`).join('');
    return `<${this.localName}${attributes}>${this.childNodes.map((one) => one.html).join('')}</${this.localName}>`;
  }
}

export async function run({ load, log, attempt }) {
  globalThis.document = {
    createElement: (n) => new Node(n),
    createElementNS: (_, n) => new Node(n),
    createTextNode: (t) => new Node('#text', t),
  };
  const preact = await load('preact');
  const hooks = await load('preact/hooks');
  const { memo, forwardRef, lazy, Suspense } = await load('preact/compat');
  log('exports', Object.keys(preact).sort(), Object.keys(hooks).sort());
  const {
    h,
    render,
    Component,
    Fragment,
    createContext,
    createRef,
    toChildArray,
    cloneElement,
    isValidElement,
    options,
  } = preact;
  const {
    useState,
    useEffect,
    useLayoutEffect,
    useMemo,
    useReducer,
    useRef,
    useContext,
    useCallback,
    useErrorBoundary,
    useId,
  } = hooks;
  const events = [];
  // Rendering again waits for a microtask; effects for a frame, which is one here too.
  options.requestAnimationFrame = (callback) => setImmediate(callback);
  const settle = async () => {
    for (let n = 0; n < 6; n++) await new Promise(setImmediate);
  };
  const Theme = createContext('light');
  const Counter = ({ start, children }) => {
    const [n, setN] = useState(() => start);
    const [log2, dispatch] = useReducer((state, action) => [...state, action], []);
    const double = useMemo(() => n * 2, [n]);
    const previous = useRef();
    const theme = useContext(Theme);
    const bump = useCallback(() => {
      setN((x) => x + 1);
      dispatch(`at ${n}`);
    }, [n]);
    useLayoutEffect(() => {
      events.push(`layout ${n}`);
      return () => events.push(`unlayout ${n}`);
    }, [n]);
    useEffect(() => {
      events.push(`effect ${n} was ${previous.current}`);
      previous.current = n;
      return () => events.push(`uneffect ${n}`);
    }, [n]);
    return h(
      'button',
      { onClick: bump, title: theme, id: useId() },
      n,
      ' ',
      double,
      ' ',
      log2.join(),
      children,
    );
  };
  class Clock extends Component {
    constructor(props) {
      super(props);
      this.state = { ticks: 0 };
      this.tick = () => this.setState((s) => ({ ticks: s.ticks + this.props.by }));
    }
    static getDerivedStateFromProps(props, state) {
      return { label: `${props.by}:${state.ticks}` };
    }
    shouldComponentUpdate(_, next) {
      events.push(`should ${next.ticks}`);
      return next.ticks !== 3;
    }
    componentDidMount() {
      events.push('mounted');
    }
    getSnapshotBeforeUpdate(_, before) {
      return `snap ${before.ticks}`;
    }
    componentDidUpdate(_, before, snapshot) {
      events.push(`updated ${before.ticks} ${snapshot}`);
    }
    componentWillUnmount() {
      events.push('unmounting');
    }
    render(_, state) {
      return h('p', null, state.label);
    }
  }
  class Boundary extends Component {
    componentDidCatch(error) {
      events.push(`caught ${error.message}`);
    }
    static getDerivedStateFromError(error) {
      return { error };
    }
    render({ children }, { error }) {
      return error ? h('b', null, error.message) : children;
    }
  }
  const Throws = ({ when }) => {
    if (when) throw new RangeError('while rendering');
    return 'fine';
  };
  const Guarded = ({ when }) => {
    const [error] = useErrorBoundary((e) => events.push(`guard ${e.message}`));
    return error ? 'guarded' : h(Throws, { when });
  };
  const Plain = memo(({ list }) => {
    events.push('memo rendered');
    return h(
      Fragment,
      null,
      list.map((x) => h('li', { key: x }, x)),
    );
  });
  const Named = forwardRef((props, ref) => h('i', { ref, ...props }));
  const ref = createRef();
  const clock = createRef();
  const root = new Node('root');
  const App = ({ list, dark, fails, gone }) =>
    h(
      Theme.Provider,
      { value: dark ? 'dark' : 'light' },
      h(Counter, { start: 1 }, h('em', null, 'child')),
      !gone && h(Clock, { by: 2, ref: clock }),
      h('ul', { class: 'x' }, h(Plain, { list })),
      h(Boundary, null, h(Throws, { when: fails })),
      h(Guarded, { when: fails }),
      h(Named, { ref, 'data-a': 1 }, 'ref'),
      null,
      false,
      0,
      ['a', ['b']],
    );
  const show = async (props) => {
    render(h(App, props), root);
    await settle();
    log('html', root.html, events.splice(0));
  };
  const list = ['a', 'b', 'c'];
  await show({ list });
  root.find('button').dispatch('click');
  root.find('button').dispatch('click');
  await settle();
  log('clicked', root.html, events.splice(0));
  await show({ list: ['c', 'd', 'a'], dark: true });
  for (let n = 0; n < 2; n++) {
    clock.current.tick();
    await settle();
  }
  log('ticked', root.html, events.splice(0), ref.current.localName);
  await show({ list, fails: true });
  await show({ list: [], gone: true });
  const Lazy = lazy(async () => {
    await null;
    return { default: () => h('s', null, 'lazy') };
  });
  render(h(Suspense, { fallback: 'waiting' }, h(Lazy)), root);
  const waiting = root.html;
  await settle();
  log('lazy', waiting, root.html, events.splice(0));
  render(null, root);
  log('unmounted', root.html, events);
  await attempt('no boundary', () => render(h(Throws, { when: true }), new Node('root')));
  log(
    'elements',
    h('a', { key: 1, b: 2 }, 'c').props,
    toChildArray([1, [null, 'x']]),
    cloneElement(h('a', { b: 1 }), { c: 2 }).props,
    isValidElement(h('a')),
    isValidElement({}),
  );
}

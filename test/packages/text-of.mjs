// A value as one line of text that is the same wherever the value is: serves the logs of child.mjs. It must
// never show what differs from run to run (addresses, times, stacks).

/** Types, keys in their order, errors by class and message; cycles by the way back to them. */
export function textOf(value, depth = 12, above = []) {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value);
    case 'bigint':
      return `${value}n`;
    case 'symbol':
      return value.toString();
    case 'function':
      return `[function ${value.name} ${value.length} ${Object.keys(value).join()}]`;
    case 'object':
      return value === null ? 'null' : objectText(value, depth, above);
    default:
      return String(value);
  }
}

function objectText(value, depth, above) {
  const back = above.indexOf(value);
  if (back >= 0) return `<up ${above.length - back}>`;
  if (depth <= 0) return '<deep>';
  const inner = (one) => textOf(one, depth - 1, [...above, value]);
  const list = (items) => Array.from(items, inner).join(', ');
  const name = value.constructor?.name ?? 'null-prototype';
  if (Array.isArray(value)) return `${name === 'Array' ? '' : name}[${arrayText(value, inner)}]`;
  if (value instanceof Date) return `Date(${Number.isNaN(+value) ? 'invalid' : value.toISOString()})`;
  if (value instanceof RegExp) return String(value);
  if (Buffer.isBuffer(value)) return `Buffer(${value.toString('hex')})`;
  if (ArrayBuffer.isView(value)) return `${name}[${list(value)}]`;
  if (value instanceof Map)
    return `${name}{${Array.from(value, ([k, v]) => `${inner(k)} => ${inner(v)}`).join(', ')}}`;
  if (value instanceof Set) return `${name}{${list(value)}}`;
  if (value instanceof Promise) return 'Promise';
  const own = Reflect.ownKeys(value).filter(
    (key) => Object.getOwnPropertyDescriptor(value, key)?.enumerable && key !== 'stack',
  );
  const parts = own.map((key) => {
    const { get, value: held } = Object.getOwnPropertyDescriptor(value, key);
    return `${String(key)}: ${get ? '[getter]' : inner(held)}`;
  });
  if (value instanceof Error) {
    const cause = 'cause' in value ? ` cause ${inner(value.cause)}` : '';
    const errors = value instanceof AggregateError ? ` of ${list(value.errors)}` : '';
    return `${name}(${value.name}: ${value.message})${parts.length ? ` {${parts.join(', ')}}` : ''}${cause}${errors}`;
  }
  return `${name === 'Object' ? '' : `${name} `}{${parts.join(', ')}}`;
}

function arrayText(array, inner) {
  const items = [];
  for (let n = 0; n < array.length; n++) items.push(n in array ? inner(array[n]) : '<hole>');
  for (const key of Object.keys(array)) if (!/^\d+$/.test(key)) items.push(`${key}: ${inner(array[key])}`);
  return items.join(', ');
}

// Turns the rows of the three runs into the demo's table and its verdict. Serves demo.mjs alone.
// Pure: figures in, text and facts out.

const BIG_TOLERANCE = 0.1;
const LIGHT_TOLERANCE = 2;

/** The three runs' rows as one entry a function, the big call apart: [{ label, calls, truth, memprof, heapUsed }]. */
export function compare(truth, memprof, heapUsed) {
  const labels = [...new Set(truth.filter((row) => !row.big).map((row) => row.name))].sort();
  const entries = labels.map((name) => {
    const light = (rows) => rows.filter((row) => row.name === name && !row.big).map((row) => row.bytes);
    return entry(name, false, light(truth), light(memprof), light(heapUsed));
  });
  const big = (rows) => rows.filter((row) => row.big).map((row) => row.bytes);
  const name = truth.find((row) => row.big).name;
  entries.push(entry(`${name}, no bookingCode`, true, big(truth), big(memprof), big(heapUsed)));
  return entries;
}

function entry(label, big, truth, memprof, heapUsed) {
  return {
    label,
    big,
    calls: memprof.length,
    truth: median(truth),
    memprof: summary(memprof),
    heapUsed: summary(heapUsed),
  };
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

function summary(values) {
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    min: Math.min(...values),
    max: Math.max(...values),
  };
}

export function size(bytes) {
  const amount = Math.abs(bytes);
  if (amount < 1e6) return `${(bytes / 1e3).toFixed(1)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export function error(measured, truth) {
  const share = ((measured - truth) / truth) * 100;
  return `${share < 0 ? '-' : '+'}${Math.abs(share).toFixed(Math.abs(share) < 10 ? 1 : 0)} %`;
}

/** The table as lines of text. Mean figures, with the smallest and the largest call where there are several. */
export function table(entries) {
  const head = [
    'function',
    'calls',
    'true bytes',
    'memprof',
    'error',
    'most',
    'heapUsed diff.',
    'error',
    'least .. most',
  ];
  const body = entries.map(({ label, calls, truth, memprof, heapUsed }) => [
    label,
    String(calls),
    size(truth),
    size(memprof.mean),
    error(memprof.mean, truth),
    size(memprof.max),
    size(heapUsed.mean),
    error(heapUsed.mean, truth),
    `${size(heapUsed.min)} .. ${size(heapUsed.max)}`,
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...body].map((row) => row[column].length)));
  const line = (row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  ');
  return [line(head), widths.map((width) => '-'.repeat(width)).join('  '), ...body.map(line)];
}

/**
 * The claims, each { holds, text }. `log` is what the instrumented service wrote to its standard error, `legs`
 * the number of rows that the truth's big call returned, `source` the file and line of the method's name.
 */
export function verdict({ entries, memprof, log, legs, source, stats }) {
  const big = entries.find((one) => one.big);
  const warning = log.slice(Math.max(0, log.search(/WARN.*memprof/)));
  const has = (pattern) => pattern.test(warning);
  const share = Math.abs(big.memprof.mean - big.truth) / big.truth;
  const light = memprof.filter((row) => !row.big);
  const ratios = light.map((row) => ({
    name: row.name,
    ratio: row.bytes / entries.find((one) => !one.big && one.label === row.name).truth,
  }));
  const worst = ratios.reduce((a, b) => (b.ratio > a.ratio ? b : a));
  const over = ratios.filter((one) => one.ratio > LIGHT_TOLERANCE).length;
  return [
    {
      holds: has(/WARN.*FlightService\.getFlightHistory allocated/),
      text: 'the warning names FlightService.getFlightHistory',
    },
    {
      holds: warning.includes(source),
      text: `the warning names its place: ${source}`,
    },
    {
      holds: has(/bookingCode: undefined/),
      text: 'the warning shows the missing argument: bookingCode: undefined',
    },
    {
      holds: has(new RegExp(`Array\\(${legs}\\)`)),
      text: `the warning shows what came back: Array(${legs}), the true number of rows`,
    },
    {
      holds: share <= BIG_TOLERANCE,
      text: `the big call is within ${BIG_TOLERANCE * 100} % of the truth: ${size(big.memprof.mean)} for ${size(big.truth)} (${error(big.memprof.mean, big.truth)})`,
    },
    {
      holds: over === 0,
      text: `no light call is billed more than ${LIGHT_TOLERANCE} times its own truth: ${over} of ${ratios.length} are, the worst x${worst.ratio.toFixed(2)} (${worst.name})`,
    },
    {
      holds: stats.allocated === stats.owned + stats.unowned + stats.overhead,
      text: `the account closes to the byte: ${size(stats.allocated)} = ${size(stats.owned)} owned + ${size(stats.unowned)} unowned + ${size(stats.overhead)} memprof's own`,
    },
  ];
}

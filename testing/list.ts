// The list of the heaviest tests, and how a test file's process tells of its tests to the one that shows it. Serves
// heaviest.ts and reporter.ts. A test's name is anybody's text: none may break a line.

import { formatSize } from '../contract/size';
import { safe } from '../profile/shown';

/** What one test allocated on the heap, the hooks that run between memprof's among it; bytes. */
export interface TestBytes {
  name: string;
  bytes: number;
}

/** Of a test that overlaps another, nobody knows. */
export type Told = { name: string; bytes: number | undefined };

const REPORTING = 'MEMPROF_TEST_REPORTER';
const LINE = /^memprof: (\d+|unknown) bytes allocated by (".*")$/;

/** The processes of test files inherit it. */
export function startReporting(): void {
  process.env[REPORTING] = '1';
}

export function isReporting(): boolean {
  return process.env[REPORTING] === '1';
}

export function asLine({ name, bytes }: Told): string {
  return `memprof: ${bytes ?? 'unknown'} bytes allocated by ${JSON.stringify(name)}`;
}

/** `undefined` where the line is another's. */
export function ofLine(line: string): Told | undefined {
  const match = LINE.exec(line);
  if (!match) return undefined;
  try {
    const bytes = match[1] === 'unknown' ? undefined : Number(match[1]);
    return { name: String(JSON.parse(match[2])), bytes };
  } catch {
    return undefined;
  }
}

/** @param tests the costliest first */
export function listed(tests: TestBytes[], most: number, unmeasured: number): string {
  const lines = tests
    .slice(0, most)
    .map(({ name, bytes }) => `${formatSize(bytes).padStart(10)}  ${safe(name)}`);
  if (unmeasured > 0) lines.push(`not measured, as they overlap: ${unmeasured}`);
  return ['memprof: allocated by the heaviest tests', ...lines].join('\n');
}

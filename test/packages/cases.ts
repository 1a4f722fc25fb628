// Which packages are proved, in which of their formats, and what each of their processes needs. It serves
// main.ts; it only lists, and its versions are package.json's.

import type { ServiceName } from './services';

/** How a package is reached: the two entries that it may ship. */
export type Format = 'require' | 'import';

export interface Case {
  /** The workload's file: `workloads/NAME.mjs`. */
  name: string;
  /** What is installed beside the package of that name. */
  beside?: string[];
  formats: Format[];
  service?: ServiceName;
  /** Calls that stand open after the settled workload, and why; 0 where absent. */
  pending?: { calls: number; why: string };
}

const BOTH: Format[] = ['require', 'import'];

export const CASES: Case[] = [
  { name: 'lodash', formats: BOTH },
  { name: 'rxjs', formats: BOTH },
  { name: 'immer', formats: BOTH },
  { name: 'zod', formats: BOTH },
  { name: 'fastify', formats: BOTH },
  { name: 'express', formats: BOTH },
  { name: 'pg', formats: BOTH, service: 'postgres' },
  { name: 'ioredis', formats: BOTH, service: 'redis' },
  { name: 'typeorm', beside: ['pg', 'reflect-metadata'], formats: BOTH, service: 'postgres' },
  { name: 'mathjs', formats: BOTH },
  { name: 'acorn', formats: BOTH },
  { name: 'preact', formats: BOTH },
  { name: 'ajv', formats: BOTH },
  { name: 'handlebars', formats: BOTH },
  { name: 'bluebird', formats: BOTH },
  { name: 'ws', formats: BOTH },
];

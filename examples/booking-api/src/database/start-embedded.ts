// Starts the embedded database's process and says where it listens. Serves the service and the demo.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface EmbeddedDatabase {
  /** A connection string for exactly one connection at a time. */
  url: string;
  process: ChildProcess;
}

/** Resolves when the tables are seeded and the socket listens (2 to 4 seconds). */
export async function startEmbedded(): Promise<EmbeddedDatabase> {
  const child = fork(fileURLToPath(new URL('./embedded.js', import.meta.url)), { execArgv: [] });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the embedded database stopped (exit code ${code})`);
  });
  const [{ url }] = (await Promise.race([once(child, 'message'), failed])) as [{ url: string }];
  failed.catch(() => {});
  return { url, process: child };
}

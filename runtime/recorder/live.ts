// What is alive on the program's heap, and how much is it? Asks V8's inspector from the recorder's thread, which answers
// even while the program is in one endless call. Serves the watch.

import { Session } from 'node:inspector';
import type { Node } from '../profile';

/** A frame of a stack; `line` from 1, `column` from 0 on. */
export type FrameAt = [name: string, file: string, line: number, column: number];

const STACKS = 20;
const DEPTH = 12;
// One sample in so many bytes: cheap from here on, and a small heap has some hundreds of them.
const LEAST = 32 * 1024;
const MOST = 512 * 1024;

export class Live {
  private readonly session = new Session();
  private asking = false;
  /** Bytes in use on the heap, as last answered; 0 before. */
  used = 0;

  /** @throws where this version of Node cannot, or may not */
  constructor() {
    this.session.connectToMainThread();
  }

  /** Lets go of the program's thread: at its end Node waits for sessions that are still there, and says so. */
  close(): void {
    this.session.disconnect();
  }

  /** Asks how much is in use; one question at a time. */
  look(): void {
    if (this.asking) return;
    this.asking = true;
    this.session.post('Runtime.getHeapUsage', (error, answer) => {
      this.asking = false;
      if (!error) this.used = (answer as { usedSize: number }).usedSize;
    });
  }

  /**
   * Begins to sample what is allocated from now on.
   * @param isTaken our own main thread has V8 sample by now: that is ended
   */
  sample(heapLimit: number, isTaken: boolean, failed: (text: string) => void): void {
    if (isTaken) this.session.post('HeapProfiler.stopSampling');
    this.interval = Math.min(MOST, Math.max(LEAST, heapLimit / 2048));
    this.begin(failed);
  }

  private begin(failed: (text: string) => void): void {
    this.session.post('HeapProfiler.startSampling', { samplingInterval: this.interval }, (error) => {
      if (error) failed(error.message);
    });
  }
  private interval = MOST;

  /** What of it is still alive, by the stack that made it, most bytes first. */
  profile(then: (stacks: [number, FrameAt[]][]) => void, failed: (text: string) => void): void {
    this.session.post('HeapProfiler.getSamplingProfile', (error, answer) => {
      if (error) {
        // Whoever sampled before has taken its profile, and ours with it: V8 has one for all.
        failed(error.message);
        this.begin(failed);
      } else then(stacksOf((answer as { profile: { head: Node } }).profile.head));
    });
  }
}

function stacksOf(head: Node): [number, FrameAt[]][] {
  const found: [number, FrameAt[]][] = [];
  const walk = (node: Node, above: FrameAt[]) => {
    const { functionName, url, lineNumber, columnNumber } = node.callFrame;
    // The root and what V8 calls by a name in parentheses are no functions.
    const frames: FrameAt[] =
      functionName === '(root)'
        ? above
        : [[functionName || '(anonymous)', url, lineNumber + 1, columnNumber], ...above];
    if (node.selfSize > 0) found.push([node.selfSize, frames.slice(0, DEPTH)]);
    for (const child of node.children) walk(child, frames);
  };
  walk(head, []);
  return found.sort((a, b) => b[0] - a[0]).slice(0, STACKS);
}

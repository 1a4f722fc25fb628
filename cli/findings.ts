// What a command found, line by line: well, off with the next step to take, or a note. Serves `doctor`, whose exit
// status is the count of what is off.

import path from 'node:path';

/** Prints findings, and counts those that are off. */
export class Findings {
  off = 0;
  ok(text: string): void {
    console.log(`ok   ${text}`);
  }
  note(text: string): void {
    console.log(`     ${text}`);
  }
  bad(text: string, next: string): void {
    this.off++;
    console.log(`OFF  ${text}\n     ${next}`);
  }
  end(): number {
    console.log(this.off === 0 ? 'memprof: all is well' : `memprof: ${this.off} off`);
    return this.off === 0 ? 0 : 1;
  }
}

/** A file as it is shown: from the working directory. */
export const shown = (file: string): string => path.relative(process.cwd(), file) || '.';

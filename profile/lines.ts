// Which lines has a file that is read piece by piece? Whole ones: what follows the last newline waits for its rest. Serves the
// readers of recordings. Must never hold more than one line, nor one that has no end.

/** Longer than any line of a recorder: one with all calls that can be in flight has some 200 KB. */
const LONGEST = 8 * 1024 * 1024;
const NEWLINE = 10;

export class Lines {
  private parts: Buffer[] = [];
  private size = 0;

  /**
   * Calls back with each line that ends in this piece, `undefined` for one that is too long; stops where told `false`.
   * @returns false where it was
   */
  push(piece: Buffer, line: (text: string | undefined) => unknown): boolean {
    let from = 0;
    for (let to = 0; (to = piece.indexOf(NEWLINE, from)) >= 0; from = to + 1) {
      this.keep(piece.subarray(from, to));
      const whole = this.size > LONGEST ? undefined : Buffer.concat(this.parts).toString();
      this.parts = [];
      this.size = 0;
      if (line(whole) === false) return false;
    }
    // Copied: whoever reads uses the piece again.
    this.keep(Buffer.from(piece.subarray(from)));
    return true;
  }

  private keep(part: Buffer): void {
    this.size += part.length;
    if (this.size > LONGEST) this.parts = [];
    else if (part.length > 0) this.parts.push(part);
  }
}

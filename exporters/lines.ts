// On which line of time does a call stand, where calls overlap and a line takes only such as lie within or beside each other?
// Serves the trace: a process id and a thread id for each thread, and further ones for what does not fit on its own.

export interface Line {
  pid: number;
  tid: number;
}

/** A thread and its calls, by their start, the longer of two first; times in one unit. */
export interface Thread {
  pid: number;
  thread: number;
  calls: { from: number; to: number }[];
}

/** The thread's own line, the others that its calls took, and the line of each call. */
export interface Lines {
  own: Line;
  others: Line[];
  of: Line[];
}

// No system numbers a process or a thread as high.
const BEYOND = 2 ** 22;

export function linesOf(threads: Thread[]): Lines[] {
  const taken = new Set<string>();
  const take = (pid: number, tid: number, next: (line: Line) => Line): Line => {
    let line = { pid, tid };
    while (taken.has(`${line.pid} ${line.tid}`)) line = next(line);
    taken.add(`${line.pid} ${line.tid}`);
    return line;
  };
  // In containers one number is had by many processes.
  const own = threads.map(({ pid, thread }) =>
    take(numberOf(pid), numberOf(thread), (line) => ({ ...line, pid: line.pid + BEYOND })),
  );
  return threads.map(({ calls }, n) => {
    const lines = [own[n]];
    const open: number[][] = [[]];
    const of = calls.map((call) => {
      let at = open.findIndex((ends) => fits(ends, call));
      if (at < 0) {
        at = lines.length;
        lines.push(take(own[n].pid, BEYOND, (line) => ({ ...line, tid: line.tid + 1 })));
        open.push([]);
      }
      const ends = open[at];
      while (ends.length > 0 && ends[ends.length - 1] <= call.from) ends.pop();
      ends.push(call.to);
      return lines[at];
    });
    return { own: own[n], others: lines.slice(1), of };
  });
}

// `ends`: of the calls that stand on the line and within each other, the innermost last.
function fits(ends: number[], { from, to }: { from: number; to: number }): boolean {
  const around = ends.findLast((end) => end > from);
  return around === undefined || to <= around;
}

function numberOf(id: number): number {
  return id > 0 && id < BEYOND ? Math.floor(id) : 0;
}

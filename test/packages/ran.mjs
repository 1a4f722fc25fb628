// Which functions of a package the engine has seen called in this process, file by file. Serves child.mjs as
// a witness that knows nothing of the account: that what ran is the instrumented file and no other copy. It
// only reads what the engine remembers anyway, so that nothing runs otherwise for being watched.

import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Every file that ran: the names of its functions that were called; files without a name are no files. */
function called() {
  const session = new Session();
  session.connect();
  let scripts;
  session.post('Profiler.enable');
  session.post('Profiler.getBestEffortCoverage', (error, answer) => {
    if (error) throw new Error(error.message);
    scripts = answer.result;
  });
  session.disconnect();
  return scripts
    .filter(({ url }) => url.startsWith('file:') || path.isAbsolute(url))
    .map(({ url, functions }) => ({
      file: url.startsWith('file:') ? fileURLToPath(url) : url,
      names: functions
        .filter(({ functionName, ranges }) => functionName && ranges[0].count > 0)
        .map(({ functionName }) => functionName),
    }));
}

/**
 * @param copy the instrumented tree
 * @param name the package
 * @param counted the files, relative to the tree, in which the account counted a call
 * @returns files of the package, or workloads, that ran from elsewhere; files of which the engine saw instrumented functions
 *   called and the account none
 */
export function strangers(copy, name, counted) {
  const outside = [];
  const silent = [];
  for (const { file, names } of called()) {
    const inside = path.relative(copy, file).split(path.sep).join('/');
    const own = file.split(path.sep).join('/').includes(`/node_modules/${name}/`);
    if (inside.startsWith('..')) {
      if (own || /[\\/]workloads[\\/]/.test(file)) outside.push(file);
    } else if (own && !counted.has(inside) && enters(readFileSync(file, 'utf8'), names)) silent.push(inside);
  }
  return { outside, silent };
}

// Has one of these functions a call of the runtime right behind its head, as the emitted code has?
function enters(code, names) {
  return names.some((name) => {
    const head = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(
      `\\bfunction\\s*\\*?\\s*${head}\\s*\\([\\w$\\s,]*\\)\\s*\\{\\s*(?:const|var|let)\\s+\\$\\w+\\s*=\\s*\\$\\w+\\.enter\\(`,
    ).test(code);
  });
}

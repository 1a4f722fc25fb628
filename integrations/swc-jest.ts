// `memprof/swc-jest`: a transformer for Jest in the place of @swc/jest, whose options it takes, with the
// transformer's own under the key `memprof`: `transform: { '\\.ts$': ['memprof/swc-jest', { memprof: {} }] }`.

import { createHash } from 'node:crypto';
import { VERSION } from '../contract/version';
import { load, type Options, type Output, prepared } from './swc-source';

interface JestTransformer {
  process(code: string, fileName: string, jest: object): Output;
  processAsync(code: string, fileName: string, jest: object): Promise<Output>;
  getCacheKey(code: string, fileName: string, jest: object): string;
}

function createTransformer(options: Options = {}): JestTransformer {
  const swcJest = load<{ createTransformer(options: object): JestTransformer }>('@swc/jest');
  const base = (code: string, filename: string): [JestTransformer, string] => {
    const [text, swc] = prepared(code, { ...options, filename });
    return [swcJest.createTransformer(swc), text];
  };
  const mark = JSON.stringify([VERSION, options.memprof, process.env.MEMPROF_STRIP]);
  return {
    process(code, fileName, jest) {
      const [swc, text] = base(code, fileName);
      return swc.process(text, fileName, jest);
    },
    processAsync(code, fileName, jest) {
      const [swc, text] = base(code, fileName);
      return swc.processAsync(text, fileName, jest);
    },
    getCacheKey(code, fileName, jest) {
      const { memprof: _, ...swc } = options;
      const key = swcJest.createTransformer(swc).getCacheKey(code, fileName, jest);
      return createHash('sha1').update(key).update(mark).digest('hex');
    },
  };
}

export = { createTransformer };

import typescript from '@rollup/plugin-typescript';
import memprof from 'memprof/transformer';
import ts from 'typescript';

export default {
  input: 'src/main.ts',
  external: [/^memprof/],
  plugins: [
    typescript({
      transformers: {
        before: [{ type: 'program', factory: (program) => memprof(program, {}, { ts }) }],
      },
    }),
  ],
  output: { file: 'dist/main.mjs', sourcemap: true },
};

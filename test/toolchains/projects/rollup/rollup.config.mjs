import memprof from 'memprof/rollup';
import esbuild from 'rollup-plugin-esbuild';

export default {
  input: 'src/main.ts',
  external: [/^memprof/],
  plugins: [memprof(), esbuild({ target: 'es2022' })],
  output: { file: 'dist/main.mjs', sourcemap: true },
};

import { build } from 'esbuild';
import memprof from 'memprof/esbuild';

await build({
  entryPoints: ['src/main.ts'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  sourcemap: true,
  outfile: 'dist/main.mjs',
  plugins: [memprof()],
});

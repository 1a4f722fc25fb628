import memprof from 'memprof/rolldown';

export default {
  input: 'src/main.ts',
  platform: 'node',
  external: [/^memprof/],
  plugins: [memprof()],
  output: { file: 'dist/main.mjs', sourcemap: true },
};

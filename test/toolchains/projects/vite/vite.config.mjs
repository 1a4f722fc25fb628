import memprof from 'memprof/vite';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [memprof()],
  build: {
    ssr: 'src/main.ts',
    sourcemap: true,
    rollupOptions: { output: { entryFileNames: 'main.mjs' } },
  },
});

import memprof from 'memprof/vite';
import { defineConfig } from 'vitest/config';

export default defineConfig({ plugins: [memprof()] });

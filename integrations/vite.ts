// `memprof/vite`: the plugin for Vite and Vitest. Takes the options of the transformer's entry, and `root`.

import { unplugin } from './unplugin';

export = unplugin.vite;

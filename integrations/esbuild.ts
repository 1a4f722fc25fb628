// `memprof/esbuild`: the plugin for esbuild. Takes the options of the transformer's entry, and `root`.

import { unplugin } from './unplugin';

export = unplugin.esbuild;

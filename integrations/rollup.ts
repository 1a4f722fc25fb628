// `memprof/rollup`: the plugin for Rollup. Takes the options of the transformer's entry, and `root`.

import { unplugin } from './unplugin';

export = unplugin.rollup;

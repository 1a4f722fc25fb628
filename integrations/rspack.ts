// `memprof/rspack`: the plugin for Rspack. Takes the options of the transformer's entry, and `root`.

import { unplugin } from './unplugin';

export = unplugin.rspack;

// `memprof/webpack`: the plugin for webpack. Takes the options of the transformer's entry, and `root`.

import { unplugin } from './unplugin';

export = unplugin.webpack;

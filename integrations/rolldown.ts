// `memprof/rolldown`: the plugin for Rolldown. Takes the options of the transformer's entry, and `root`.

import { unplugin } from './unplugin';

export = unplugin.rolldown;

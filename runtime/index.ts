// `memprof/runtime`: what emitted code calls. No user calls it; contract/abi.ts says what each must do.

import { instance } from './instance';

export const { file, enter } = instance.emitted;

// `memprof/runtime`: what emitted code calls. No user calls it; contract/abi.ts says what each must do.

import { instance } from './instance';

export const {
  file,
  enter,
  done,
  last,
  exit,
  explain,
  suspend,
  yields,
  resume,
  caught,
  lastly,
  remark,
  reenter,
  leave,
  disposer,
} = instance.emitted;

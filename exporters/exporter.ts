// What an exporter is: a profile in, the text or the bytes of a file out. Serves whoever writes one, and `memprof export`.

import type { Profile } from '../profile/profile';

export interface ExportOptions {
  /**
   * Which bytes of a path count; `awaited` are estimated. Default: all three; of a heap profile those on the heap, `self`
   * and `awaited`. A trace shows all of them.
   */
  bytes?: ('self' | 'awaited' | 'external')[];
}

export type Exporter = (profile: Profile, options?: ExportOptions) => string | Uint8Array;

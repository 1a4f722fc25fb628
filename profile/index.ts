// What `memprof/profile` offers: reading recordings, and several of them as one profile. Serves programs that export a
// recording, or ask it something of their own. Nothing here may write.

export type { FunctionProfile, PathProfile, Profile, Track } from './profile';
export { profileOf } from './profile';
export { readRecordings } from './read';
export type { Recording } from './recording';

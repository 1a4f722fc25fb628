// `memprof`: what a program calls about its own account.

import { instance } from './instance';

export type { AlertOptions } from './alerts/options';
export type { Logger, LogLevel, Options, SnapshotOptions } from './config';
export type { AlertRecord, CallRecord, EventName, Listener, SpikeRecord } from './events';
export type { Leaks, Suspect } from './leaks/suspects';
export { merge } from './merge';
export type { UnownedStack } from './stacks';
export type { FunctionStats, Stats } from './stats';

/** Sets thresholds, log and logger of the running program; what is not named stays. */
export const configure = instance.api.configure;
/** Counts from now on, in a process that was started with MEMPROF=off or was disabled. */
export const enable = instance.api.enable;
/** Counts no longer: an instrumented call then costs a load and a branch. Figures are kept. */
export const disable = instance.api.disable;
/** Forgets all figures; calls in flight are not recorded. */
export const reset = instance.api.reset;
/** The account at this moment. */
export const stats = instance.api.stats;
/** Measures a function that no build step reaches. */
export const track = instance.api.track;
/** Listens to finished calls, spikes and alerts. */
export const on = instance.api.on;

// What is sent of an alert: memprof's own shape, or Slack's. Names and shapes alone, as in the log.

import type { AlertRecord } from '../events';
import type { Sender } from './layout';
import type { Shape } from './options';

/** `dropped`: how many alerts before this one could not be sent. */
export function bodyOf(alert: AlertRecord, sender: Sender, shape: Shape, dropped: number): string {
  const { pid, host, script } = sender;
  const missed = dropped === 0 ? '' : ` (${dropped} before this one could not be sent)`;
  const text = `memprof: ${alert.message}${missed} [${script ?? 'node'}, pid ${pid} on ${host}]`;
  if (shape === 'slack') return JSON.stringify({ text: text.replace(/[&<>]/g, (sign) => SIGNS[sign]) });
  return JSON.stringify({ text, alert, process: sender, ...(dropped > 0 && { dropped }) });
}

// Slack's markup begins with these.
const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

// Which tests are none of ours, each by a rule: what they test is a thing that instrumenting changes on
// purpose, or that this runner does not offer. Serves the runner; a rule must say why.

export const EXCLUSIONS: { path?: RegExp; source?: RegExp; why: string }[] = [
  {
    path: /computed-property-name-from-(async-|generator-)*(arrow-)?function-(expression|declaration)/,
    why: 'a function’s source text is the key',
  },
  {
    path: /\/S11\.\d+\.\d+_A3\.2_T1\.2\.js$/,
    why: 'the source text of two functions is compared',
  },
  { path: /\/Function\/prototype\/toString\//, why: 'the subject is source text' },
  { source: /flags:.*CanBlockIsFalse|\$262\.agent/, why: 'needs a host with agents' },
];

/** Why a test is left out, or `undefined` where it is run. */
export function excluded(path: string, source: string): string | undefined {
  return EXCLUSIONS.find((rule) => rule.path?.test(path) || rule.source?.test(source))?.why;
}

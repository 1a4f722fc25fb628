// What a conformance test says of itself in its `/*--- ... ---*/` block, and in which variants it runs. It
// serves the runner and reads just the keys that matter to it, not YAML.

export type Variant = 'sloppy' | 'strict' | 'module' | 'raw';

export interface FrontMatter {
  flags: string[];
  /** Harness files that the test needs beside the common ones. */
  includes: string[];
  /** The error that must end the test, and when: while it is parsed, linked or run. */
  negative?: { phase: string; type: string };
}

export function frontMatter(source: string): FrontMatter {
  const block = /\/\*---([\s\S]*?)---\*\//.exec(source)?.[1] ?? '';
  const list = (key: string): string[] => {
    const inline = new RegExp(`^${key}:\\s*\\[([^\\]]*)\\]`, 'm').exec(block)?.[1];
    const lines = new RegExp(`^${key}:\\s*\\n((?:\\s+- .*\\n?)+)`, 'm').exec(block)?.[1];
    const items = inline?.split(',') ?? lines?.split('\n').map((line) => line.replace(/^\s*- /, '')) ?? [];
    return items.map((item) => item.trim()).filter(Boolean);
  };
  const fails = /^negative:/m.test(block);
  const of = (key: string) => new RegExp(`^\\s+${key}:\\s*(\\w+)`, 'm').exec(block)?.[1] ?? '';
  return {
    flags: list('flags'),
    includes: list('includes'),
    negative: fails ? { phase: of('phase'), type: of('type') } : undefined,
  };
}

export function variantsOf({ flags }: FrontMatter): Variant[] {
  if (flags.includes('module')) return ['module'];
  if (flags.includes('raw')) return ['raw'];
  if (flags.includes('onlyStrict')) return ['strict'];
  return flags.includes('noStrict') ? ['sloppy'] : ['sloppy', 'strict'];
}

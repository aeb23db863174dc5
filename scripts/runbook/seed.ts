import { readFileSync } from 'node:fs';

/** A block of code of the runbook that ours comes from. */
export interface SeedBlock {
  /** The titles above it, from the outermost. */
  readonly titles: readonly string[];
  /** The step that it belongs to; empty for a list of commands. */
  readonly step: string;
  readonly code: string;
}

/** The blocks of a runbook, from top to bottom. */
export function seedBlocks(page: string): SeedBlock[] {
  const blocks: SeedBlock[] = [];
  let titles: string[] = [];
  let step = '';
  let code: string[] | undefined;
  for (const line of page.split('\n')) {
    if (/^\s*```/.test(line)) {
      if (code) blocks.push({ titles, step, code: code.join('\n') });
      code = code ? undefined : [];
      continue;
    }
    if (code) {
      code.push(line);
      continue;
    }
    const [, hashes, title] = /^(#+) (.*)/.exec(line) ?? [];
    if (hashes && title !== undefined) {
      titles = [...titles.slice(0, hashes.length - 1), title];
      step = '';
    }
    step = /^\d+\. \*\*(.*?)\*\*/.exec(line)?.[1] ?? step;
  }
  return blocks;
}

/** The runbook that ours comes from, block by block. */
export const SEED: readonly SeedBlock[] = seedBlocks(
  readFileSync(new URL('../../test/fixtures/runbook-seed.md', import.meta.url), 'utf8'),
);

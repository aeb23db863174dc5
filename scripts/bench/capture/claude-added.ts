import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { measureAddedTime } from '../../../test/claude/harness/added-time.ts';
import { setStage } from '../../../test/claude/harness/played.ts';
import { CLAUDE_CURRENT } from '../../../test/claude/harness/versions.ts';
import { NotAvailableError } from '../measure/benchmark.ts';
import type { BenchContext, Benchmark } from '../measure/benchmark.ts';

/** A pair takes three sessions of the real Claude Code. */
const PAIRS = 30;
const CALLS = 20;

/** Measures what the user of Claude Code waits for: our hooks, compared with hooks that run `true`. */
export const claudeAdded: Benchmark = {
  name: 'claude-added',
  async *run({ env, pairs = PAIRS, mayInstall }) {
    const { version } = CLAUDE_CURRENT;
    if (!mayInstall && !isCached(version, env)) {
      throw new NotAvailableError(`Claude Code ${version} is not installed; --claude installs it`);
    }
    const stage = await setStage({ version, capture: 'sh' });
    try {
      const { claude, tracker } = stage;
      const added = await measureAddedTime({ claude, hooks: tracker.hooks, pairs, calls: CALLS });
      yield {
        what: `added to ${CALLS} tool calls of Claude Code ${version}, against true (${pairs} pairs)`,
        ours: `${added.addedByOursMs.toFixed(0)} ms`,
        floor: `${added.addedByTrueMs.toFixed(0)} ms`,
        value: added.ratio ?? NaN,
        limit: { kind: 'at most', value: 1.9, unit: 'x' },
      };
    } finally {
      await stage.clear();
    }
  },
};

/** True if this version of Claude Code is where `installClaude` puts it. */
export function isCached(version: string, env: BenchContext['env']): boolean {
  const caches = env['XDG_CACHE_HOME'] || join(env['HOME'] ?? '', '.cache');
  const cache = env['CLAUDE_TEST_CACHE'] || join(caches, 'claude-pattern-tracker', 'claude-code');
  return existsSync(join(cache, version));
}

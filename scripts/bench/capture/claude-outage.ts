import { writeFileSync } from 'node:fs';
import { sessionMs } from '../../../test/claude/harness/added-time.ts';
import { setStage } from '../../../test/claude/harness/played.ts';
import type { Stage } from '../../../test/claude/harness/played.ts';
import { CLAUDE_CURRENT } from '../../../test/claude/harness/versions.ts';
import { NotAvailableError, pairedResult } from '../measure/benchmark.ts';
import type { Benchmark } from '../measure/benchmark.ts';
import { isCached } from './claude-added.ts';
import { startLineageServer } from '../delivery/lineage-server-process.ts';
import { summarise } from '../measure/pairs.ts';
import type { Pair } from '../measure/pairs.ts';
import type { Throwaway } from '../measure/throwaway.ts';

/** A pair takes two sessions of the real Claude Code. */
const PAIRS = 20;
const CALLS = 20;

/** Measures whether a session of Claude Code takes longer while the server hangs. */
export const claudeOutage: Benchmark = {
  name: 'claude-outage',
  async *run({ throwaway, env, pairs = PAIRS, mayInstall }) {
    const { version } = CLAUDE_CURRENT;
    if (!mayInstall && !isCached(version, env)) {
      throw new NotAvailableError(`Claude Code ${version} is not installed; --claude installs it`);
    }
    const hanging = await deliveringStage(throwaway, version, 'hangs');
    const well = await deliveringStage(throwaway, version, 'answers');
    try {
      const measured: Pair[] = [];
      for (const stage of [hanging, well]) await session(stage); // the first session in a home is slower
      for (let n = 0; n < pairs; n++) {
        // The order alternates, so that a machine that gets slower or faster favours neither.
        const first = n % 2 === 0 ? hanging : well;
        const times = new Map([[first, await session(first)]]);
        const second = first === hanging ? well : hanging;
        times.set(second, await session(second));
        measured.push({ ours: times.get(hanging) ?? NaN, floor: times.get(well) ?? NaN });
      }
      const what = `${CALLS} tool calls of Claude Code ${version}, the server hangs, against one that answers`;
      yield pairedResult(what, summarise(measured), 1.05);
    } finally {
      await hanging.clear();
      await well.clear();
    }
  },
};

// --- internal ---

async function deliveringStage(
  throwaway: Throwaway,
  version: string,
  manner: 'answers' | 'hangs',
): Promise<Stage> {
  const url = await startLineageServer(throwaway, manner);
  const stage = await setStage({ version, capture: 'sh' });
  writeFileSync(stage.tracker.paths.configFile, `api: { base_url: '${url}' }\n`);
  return stage;
}

async function session({ claude, sandbox, tracker }: Stage): Promise<number> {
  return sessionMs(claude, sandbox, tracker.hooks, CALLS);
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ClaudeInstall } from './claude-install.ts';
import { runClaude } from './claude-run.ts';
import { makeSandbox } from './sandbox.ts';
import type { Sandbox } from './sandbox.ts';
import { writesInTurn } from './scenarios.ts';
import { hooksOf } from './settings-hooks.ts';
import type { CommandHook, SettingsHooks } from './settings-hooks.ts';

export interface AddedTimeOptions {
  readonly claude: ClaudeInstall;
  /** The `hooks` of settings.json; only PreToolUse and PostToolUse are taken. */
  readonly hooks: SettingsHooks;
  /** How many rounds of none, `true`, ours. */
  readonly pairs: number;
  /** Tool calls a session. @default 20 */
  readonly calls?: number;
}

/** What hooks cost, in milliseconds for all tool calls of one session. */
export interface AddedTime {
  readonly calls: number;
  readonly pairs: number;
  /** Medians of a session's time with no hooks, with hooks that are `true`, with ours. */
  readonly noneMs: number;
  readonly trueMs: number;
  readonly oursMs: number;
  /** Medians of the time added, each session compared with the one with no hooks of its round. */
  readonly addedByTrueMs: number;
  readonly addedByOursMs: number;
  /** `addedByOursMs / addedByTrueMs`; null when `true` added nothing. */
  readonly ratio: number | null;
}

/**
 * Measures the time that Claude Code itself adds to a session of tool calls for our hooks, and for
 * hooks that do nothing, in turn. Timed by the model: from its first request to its last, so that the
 * start and the end of Claude do not blur it.
 */
export async function measureAddedTime(options: AddedTimeOptions): Promise<AddedTime> {
  const { claude, hooks, pairs, calls = 20 } = options;
  const ours = Object.fromEntries(TIMED_EVENTS.map((event) => [event, hooks[event] ?? []]));
  const sandbox = await makeSandbox({ claude });
  try {
    const session = (settings: SettingsHooks) => sessionMs(claude, sandbox, settings, calls);
    await session({}); // the first one in a new home is slower
    const settings = {
      none: {},
      nothing: hooksOf(TIMED_EVENTS, () => doingNothing(hooks)),
      own: ours,
    };
    const rounds: Record<keyof typeof settings, number>[] = [];
    for (let round = 0; round < pairs; round += 1) {
      const times = { none: 0, nothing: 0, own: 0 };
      const order = ['none', 'nothing', 'own'] as const;
      // To and fro, so that a machine that grows slower or faster favours none of them.
      for (const which of round % 2 === 0 ? order : order.toReversed()) {
        times[which] = await session(settings[which]);
      }
      rounds.push(times);
    }
    const addedByTrueMs = median(rounds.map(({ none, nothing }) => nothing - none));
    const addedByOursMs = median(rounds.map(({ none, own }) => own - none));
    return {
      calls,
      pairs,
      noneMs: median(rounds.map(({ none }) => none)),
      trueMs: median(rounds.map(({ nothing }) => nothing)),
      oursMs: median(rounds.map(({ own }) => own)),
      addedByTrueMs,
      addedByOursMs,
      ratio: addedByTrueMs > 0 ? addedByOursMs / addedByTrueMs : null,
    };
  } finally {
    await sandbox.remove();
  }
}

/** Milliseconds from the first to the last request of a session of `calls` tool calls with these hooks. */
export async function sessionMs(
  claude: ClaudeInstall,
  sandbox: Sandbox,
  hooks: SettingsHooks,
  calls: number,
): Promise<number> {
  await writeFile(join(sandbox.claudeFolder, 'settings.json'), JSON.stringify({ hooks }));
  const run = await runClaude({ claude, sandbox, script: writesInTurn(sandbox.project, calls) });
  const turns = run.requests.filter(({ speaker }) => speaker === 'main');
  const done = run.calls.filter(({ result }) => result?.isError === false).length;
  const [first, last] = [turns[0], turns.at(-1)];
  if (!first || !last || done !== calls) throw new Error(`${done} of ${calls} calls were made`);
  return last.atMs - first.atMs;
}

// --- internal ---

const TIMED_EVENTS = ['PreToolUse', 'PostToolUse'];

/** `true` in the form in which ours are registered: with a shell in between, or without. */
function doingNothing(hooks: SettingsHooks): CommandHook {
  const execForm = hooks['PreToolUse']?.[0]?.hooks[0]?.args !== undefined;
  return { type: 'command', command: 'true', ...(execForm ? { args: [] } : {}) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle) - 1] ?? NaN)) / 2;
}

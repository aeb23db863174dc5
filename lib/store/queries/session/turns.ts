import type { SessionMark } from './session-marks.ts';
import type { WaitFinder } from './waiting.ts';

/** A prompt, and what came of it. Times are milliseconds since 1970 UTC. */
export interface Turn<Entry> {
  /** When the prompt came; null for what came before the first. */
  readonly at: number | null;
  /** As it is stored; null if it is not kept. */
  readonly prompt: string | null;
  /** False for a prompt that Claude Code wrote itself. */
  readonly isTyped: boolean;
  /** How long the session had waited for it, in milliseconds; null if it had not. */
  readonly idleMs: number | null;
  /** When Claude had ended with it; null if that is not recorded. */
  readonly endedAt: number | null;
  /** `failed`: an error of the API ended it. */
  readonly end: 'stopped' | 'failed' | null;
  readonly entries: readonly Entry[];
}

/** The part of a session that is shown. */
interface ShownPart {
  readonly waits: WaitFinder;
  readonly range: { readonly from: number; readonly to: number };
}

/** Divides what happened at its prompts. Marks and entries are given in the order of their times. */
export function turnsOf<Entry extends { readonly at: number }>(
  marks: readonly SessionMark[],
  entries: readonly Entry[],
  { waits, range }: ShownPart,
): Turn<Entry>[] {
  const own = marks.filter(({ agentId }) => agentId === null);
  const prompts = own.filter(({ name }) => name === 'UserPromptSubmit');
  const turns: Turn<Entry>[] = [];
  let at = 0;
  const take = (end: number): Entry[] => {
    const start = at;
    while (at < entries.length && (entries[at]?.at ?? 0) < end) at += 1;
    return entries.slice(start, at);
  };
  const before = take(prompts[0]?.at ?? Infinity);
  if (before.length > 0) turns.push({ ...NO_PROMPT, entries: before });
  let mark = 0;
  for (const [index, prompt] of prompts.entries()) {
    const end = prompts[index + 1]?.at ?? Infinity;
    const taken = take(end);
    let last: SessionMark | undefined;
    for (; mark < own.length && (own[mark]?.at ?? 0) < end; mark += 1) {
      const { name = '', at: markAt = 0 } = own[mark] ?? {};
      if ((name === 'Stop' || name === 'StopFailure') && markAt >= prompt.at) last = own[mark];
    }
    if (taken.length === 0 && (prompt.at <= range.from || prompt.at >= range.to)) continue;
    turns.push({
      at: prompt.at,
      prompt: prompt.prompt,
      isTyped: prompt.isTyped,
      idleMs: waits.idleBefore(prompt.at),
      endedAt: last?.at ?? null,
      end: last === undefined ? null : last.name === 'Stop' ? 'stopped' : 'failed',
      entries: taken,
    });
  }
  return turns;
}

// --- internal ---

const NO_PROMPT = {
  at: null,
  prompt: null,
  isTyped: false,
  idleMs: null,
  endedAt: null,
  end: null,
} as const;

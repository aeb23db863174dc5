import { TOOL_OUTCOMES } from '../../../event/tool-call.ts';
import type { ToolOutcome } from '../../../event/tool-call.ts';
import { Retries } from './session-calls.ts';
import type { CountedCall } from './session-calls.ts';
import type { SessionMark } from './session-marks.ts';
import { WaitFinder } from './waiting.ts';

/** What is counted of a session. Lengths of time are in milliseconds. */
export interface SessionTotals {
  readonly calls: number;
  /** How many calls had each outcome. */
  readonly outcomes: Readonly<Record<ToolOutcome, number>>;
  /** Calls that did again what had not ended well. */
  readonly retries: number;
  /** Calls that only the transcript told of. */
  readonly recovered: number;
  /** Together; calls that ran beside each other count each. */
  readonly durationMs: number;
  readonly linesAdded: number;
  readonly linesRemoved: number;
}

/** A call of the part that is shown. */
export interface PassedCall extends CountedCall {
  /** The call that it does again; null for none. */
  readonly retryOf: string | null;
  /** How long it waited for leave, in milliseconds; null if nobody was asked, or it is not known. */
  readonly permissionMs: number | null;
}

/** Goes through all calls of a session once: it counts them, and keeps those of the part that is shown. */
export class SessionPass {
  readonly waits: WaitFinder;
  /** The calls that are shown, in their order. */
  readonly shown: PassedCall[] = [];
  readonly #limit: number;
  readonly #after: string | undefined;
  readonly #prompts: readonly number[];
  readonly #retries = new Retries();
  readonly #outcomes: Record<ToolOutcome, number> = noOutcomes();
  #counts = { calls: 0, retries: 0, recovered: 0, durationMs: 0, linesAdded: 0, linesRemoved: 0 };
  #nextPrompt = 0;
  #hasBegun: boolean;
  #from: number;
  #to = Infinity;

  constructor(
    marks: readonly SessionMark[],
    { limit, after }: { readonly limit: number; readonly after: string | undefined },
  ) {
    this.waits = new WaitFinder(marks);
    this.#prompts = marks.filter(({ name }) => name === 'UserPromptSubmit').map(({ at }) => at);
    this.#limit = limit === -1 ? Infinity : limit;
    this.#after = after;
    this.#hasBegun = after === undefined;
    this.#from = after === undefined ? -Infinity : Infinity;
  }

  /** The part of the session that is shown, from a time up to another, in milliseconds since 1970 UTC. */
  get range(): { readonly from: number; readonly to: number } {
    return { from: this.#from, to: this.#to };
  }

  /** False if there is no call of the id after which the part begins. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /** The last call that is shown if there are more; else null. */
  get next(): string | null {
    return this.#to === Infinity ? null : (this.shown.at(-1)?.toolUseId ?? null);
  }

  /** Takes the next call. */
  add(call: CountedCall): void {
    while ((this.#prompts[this.#nextPrompt] ?? Infinity) <= call.at) {
      this.#retries.begin();
      this.#nextPrompt += 1;
    }
    const retryOf = this.#retries.add(call);
    const permissionMs = this.waits.add(call);
    this.#count(call, retryOf !== null);
    if (!this.#hasBegun) {
      this.#hasBegun = call.toolUseId === this.#after;
      if (this.#hasBegun) this.#from = call.at;
    } else if (this.shown.length < this.#limit) {
      this.shown.push({ ...call, retryOf, permissionMs });
    } else this.#to = Math.min(this.#to, call.at);
  }

  /** What was counted. */
  totals(): SessionTotals {
    return { ...this.#counts, outcomes: this.#outcomes };
  }

  #count(call: CountedCall, isRetry: boolean): void {
    const { outcome, recovered, durationMs, linesAdded, linesRemoved } = call;
    const counts = this.#counts;
    counts.calls += 1;
    counts.retries += Number(isRetry);
    counts.recovered += recovered;
    counts.durationMs += durationMs ?? 0;
    this.#outcomes[outcome] += 1;
    counts.linesAdded += linesAdded ?? 0;
    counts.linesRemoved += linesRemoved ?? 0;
  }
}

// --- internal ---

function noOutcomes(): Record<ToolOutcome, number> {
  return Object.fromEntries(TOOL_OUTCOMES.map((outcome) => [outcome, 0])) as Record<
    ToolOutcome,
    number
  >;
}

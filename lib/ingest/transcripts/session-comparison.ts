import { compareVersions } from '../../claude-code/version.ts';
import type { ToolOutcome } from '../../event/tool-call.ts';
import type { RecordedCall } from '../../store/queries/transcripts/transcript-calls.ts';
import type { TranscriptProof } from '../../store/writers/transcript-proofs.ts';
import type { ToldCall } from '../../transcript/told.ts';

/**
 * Why hooks did not tell of a call: `never_began`: it waited behind another one when Claude was ended; `no_event`: its
 * version of Claude Code has no event for it; `recording_off`: no hook was there, or it was switched off; `left_out`: it
 * was forgotten, or the policy keeps nothing of it.
 */
export type Reason = 'never_began' | 'no_event' | 'recording_off' | 'left_out';

/** The numbers of a comparison, as in a `TranscriptProof`. */
export type Comparison = Pick<
  TranscriptProof,
  'calls' | 'tracked' | 'extra' | 'disagreeing' | 'rewritten' | 'recovered' | 'reasons'
>;

/** Compares the calls that a transcript tells of a session with those that are recorded of it. */
export class SessionComparison {
  readonly #told = new Map<string, ToldInShort>();

  /** Notes a call; told again, it replaces what was told before, but for a copy that does not tell how it ended. */
  add(call: ToldCall, isForgotten = false): void {
    if (call.outcome === 'running' && this.#told.has(call.toolUseId)) return;
    const why = isForgotten ? 'left_out' : whyUntold(call);
    this.#told.set(call.toolUseId, {
      toolName: call.toolName,
      askedAt: call.askedAt,
      outcome: call.outcome,
      why,
    });
  }

  /**
   * @param recorded all calls of the session
   * @param isTaken true if all that was told was given to ingest, which has left out what is not recorded
   */
  result(recorded: readonly RecordedCall[], isTaken: boolean): Comparison {
    const reasons: Record<string, number> = {};
    const note = (reason: Reason) => void (reasons[reason] = (reasons[reason] ?? 0) + 1);
    let [tracked, extra, disagreeing, rewritten, recovered] = [0, 0, 0, 0, 0];
    const missing = new Map(this.#told);
    const strangers: RecordedCall[] = [];
    for (const call of recorded) {
      const told = this.#told.get(call.toolUseId);
      if (!told) {
        strangers.push(call);
        continue;
      }
      missing.delete(call.toolUseId);
      tracked += 1;
      if (call.recovered === 1) {
        recovered += 1;
        note(told.why);
      } else if (disagree(call, told.outcome)) disagreeing += 1;
      rewritten += call.isRewritten;
    }
    for (const call of strangers) {
      // A version whose hooks tell no tool_use_id.
      const match = isWithoutId(call) ? nearest(missing, call) : undefined;
      if (match === undefined) extra += 1;
      else {
        missing.delete(match);
        tracked += 1;
      }
    }
    for (const { why } of missing.values()) note(isTaken ? 'left_out' : why);
    return { calls: this.#told.size, tracked, extra, disagreeing, rewritten, recovered, reasons };
  }
}

/** Finds the recorded call for a call of a transcript in versions whose hooks send no id. Each recorded call is used once. */
export class CallsWithoutId {
  readonly #calls: RecordedCall[];

  constructor(recorded: readonly RecordedCall[]) {
    this.#calls = recorded.filter(isWithoutId);
  }

  take({ toolName, askedAt }: ToldCall): RecordedCall | undefined {
    const distances = this.#calls.map((call) =>
      call.toolName === toolName ? Math.abs(call.at - askedAt) : Infinity,
    );
    const least = Math.min(Infinity, ...distances);
    return least <= NEAR_MS ? this.#calls.splice(distances.indexOf(least), 1)[0] : undefined;
  }
}

// --- internal ---

/** The first version that tells of calls that were refused before any hook was asked. */
const TELLS_REFUSED = '2.1.101';
/** How far apart the times of the same call may be, in milliseconds. */
const NEAR_MS = 15_000;

interface ToldInShort {
  readonly toolName: string;
  readonly askedAt: number;
  readonly outcome: ToolOutcome;
  readonly why: Reason;
}

function whyUntold({ outcome, begin, version }: ToldCall): Reason {
  if (outcome === 'running') return 'never_began';
  const isOld = version !== undefined && compareVersions(version, TELLS_REFUSED) < 0;
  return begin === undefined && isOld ? 'no_event' : 'recording_off';
}

/** True if Claude Code told hooks another end than it wrote into the transcript. */
function disagree({ outcome, certainty }: RecordedCall, told: ToolOutcome): boolean {
  return certainty === 2 && told !== 'running' && outcome !== told;
}

function isWithoutId({ toolUseId }: RecordedCall): boolean {
  return toolUseId.startsWith('~');
}

function nearest(told: ReadonlyMap<string, ToldInShort>, call: RecordedCall): string | undefined {
  let [found, least]: [string | undefined, number] = [undefined, NEAR_MS];
  for (const [id, { toolName, askedAt }] of told) {
    const distance = Math.abs(askedAt - call.at);
    if (toolName === call.toolName && distance <= least) [found, least] = [id, distance];
  }
  return found;
}

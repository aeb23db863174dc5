import type { CountedCall } from './session-calls.ts';
import type { SessionMark } from './session-marks.ts';

/** How long a session waited for a person, in milliseconds. What overlaps counts once within each of them. */
export interface Waiting {
  /** For leave to run a call. */
  readonly permissionMs: number;
  /** For an answer to a question, or to a plan. */
  readonly questionMs: number;
  /** For the next prompt, after a turn had ended. */
  readonly idleMs: number;
}

/** Finds when a session waited. Marks and calls are given in the order of their times. */
export class WaitFinder {
  readonly #permission: Span[] = [];
  readonly #question: Span[] = [];
  readonly #idle: Span[] = [];
  readonly #idleBefore = new Map<number, number>();
  readonly #requests: Request[] = [];

  constructor(marks: readonly SessionMark[]) {
    let [idleSince, askedSince]: [number | undefined, number | undefined] = [undefined, undefined];
    for (const { name, at, agentId, toolName, summary } of marks) {
      if (name === 'PermissionRequest') this.#requests.push({ at, agentId, toolName, summary });
      else if (name === 'Elicitation') askedSince = at;
      else if (name === 'ElicitationResult') {
        if (askedSince !== undefined) this.#question.push([askedSince, at]);
        askedSince = undefined;
      } else if (agentId === null && (name === 'Stop' || name === 'StopFailure')) idleSince = at;
      else if (name === 'UserPromptSubmit' || name === 'SessionEnd' || name === 'SessionStart') {
        if (name === 'UserPromptSubmit' && idleSince !== undefined) {
          this.#idle.push([idleSince, at]);
          this.#idleBefore.set(at, at - idleSince);
        }
        idleSince = undefined;
      }
    }
  }

  /** How long a call waited for leave, in milliseconds; null if nobody was asked, or it is not known. */
  add(call: CountedCall): number | null {
    const { toolName, outcome, endedAt } = call;
    const began = runsSince(call);
    if (QUESTIONS.has(toolName)) {
      const from = call.startedAt ?? (endedAt === null ? null : endedAt - (call.durationMs ?? 0));
      if (from !== null && endedAt !== null) this.#question.push([from, endedAt]);
      return null;
    }
    const asked = this.#requests.findIndex((request) => isAbout(request, call));
    if (asked === -1) return null;
    const [request] = this.#requests.splice(asked, 1);
    const until = outcome === 'ok' || outcome === 'failed' ? began : endedAt;
    if (request === undefined || until === null || until < request.at) return null;
    this.#permission.push([request.at, until]);
    return until - request.at;
  }

  /** How long the session had waited for the prompt that came at a time; null if it had not. */
  idleBefore(at: number): number | null {
    return this.#idleBefore.get(at) ?? null;
  }

  /** What all calls that were added, and all marks, come to. */
  sum(): Waiting {
    return {
      permissionMs: lengthOf(this.#permission),
      questionMs: lengthOf(this.#question),
      idleMs: lengthOf(this.#idle),
    };
  }
}

// --- internal ---

/** From when to when, in milliseconds. */
type Span = readonly [number, number];

interface Request extends Pick<SessionMark, 'at' | 'agentId' | 'toolName' | 'summary'> {}

/** Tools whose call is a question. */
const QUESTIONS: ReadonlySet<string> = new Set(['AskUserQuestion', 'ExitPlanMode']);

function isAbout(request: Request, call: CountedCall): boolean {
  const { startedAt, endedAt } = call;
  return (
    request.toolName === call.toolName &&
    request.agentId === call.agentId &&
    (request.summary === null || request.summary === call.summary) &&
    (startedAt ?? call.at) <= request.at &&
    (endedAt === null || endedAt >= request.at)
  );
}

/** When a call began to run: its own time counts from then. */
function runsSince({ endedAt, durationMs, recovered }: CountedCall): number | null {
  // Of a recovered call, the duration is all the time since Claude asked for it.
  if (endedAt === null || durationMs === null || recovered === 1) return null;
  return endedAt - durationMs;
}

/** How long spans are together; what overlaps counts once. */
function lengthOf(spans: readonly Span[]): number {
  let [sum, reached] = [0, -Infinity];
  for (const [from, to] of spans.toSorted(([one], [other]) => one - other)) {
    sum += Math.max(0, to - Math.max(from, reached));
    reached = Math.max(reached, to);
  }
  return sum;
}

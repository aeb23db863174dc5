import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { callEventId } from '../../event/call-event-id.ts';
import { asString } from '../../base/json.ts';
import type { Database } from '../../store/database/database.ts';
import { TranscriptCalls } from '../../store/queries/transcripts/transcript-calls.ts';
import type { RecordedCall } from '../../store/queries/transcripts/transcript-calls.ts';
import { ForgottenMarks } from '../../store/writers/forgotten-marks.ts';
import { TranscriptFacts } from '../../store/writers/transcript-facts.ts';
import { TranscriptProofs } from '../../store/writers/transcript-proofs.ts';
import type { TranscriptProof } from '../../store/writers/transcript-proofs.ts';
import { tellSession } from '../../transcript/claude-code/session-teller.ts';
import type { ReadingSteps } from '../../transcript/claude-code/session-teller.ts';
import type { Told, ToldCall, ToldEvent, ToldMessage, ToldTurn } from '../../transcript/told.ts';
import type { TranscriptSession } from '../../transcript/claude-code/transcript-files.ts';
import { TRANSCRIPT } from '../spool/spool-reader.ts';
import type { SpoolFile } from '../spool/spool-reader.ts';
import { KnownTurns } from './known-turns.ts';
import { CallsWithoutId, SessionComparison } from './session-comparison.ts';

/** What an import works with. */
export interface TranscriptImportOptions {
  readonly clock: Clock;
  /** Ingests events. Without it, nothing is written: it is only told what would be. */
  readonly take?: ((batch: readonly SpoolFile[]) => unknown) | undefined;
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string;
  /** Called with the proof of each session whose events are recorded now. */
  readonly onProof?: ((proof: TranscriptProof) => void) | undefined;
}

/** What to do while a session is read. */
export interface ImportSteps extends ReadingSteps {
  /** True when it is to end before it is done. @default never */
  readonly isOver?: (() => boolean) | undefined;
  /** Called with the numbers of events that the transcript tells, and that were given to ingest. */
  readonly onEvents?: ((told: number, given: number) => void) | undefined;
}

/**
 * Takes in what transcripts tell and no hook has told, as the events that hooks would have been given. It may be killed at
 * any moment, and done as often as one likes: an event is known by its call, else by its time. Short sessions share a
 * transaction, so {@link flush} has to be called at the end.
 *
 * Where both tell of a call, hooks are right: after an interruption, a transcript says that a call was refused which had
 * run; and it tells what Claude asked for, not what ran after another hook had rewritten it.
 */
export class TranscriptImport {
  readonly #database: Database;
  readonly #options: TranscriptImportOptions;
  readonly #recorded: TranscriptCalls;
  readonly #forgotten: ForgottenMarks;
  readonly #facts: TranscriptFacts;
  readonly #proofs: TranscriptProofs;
  #gathered = nothingGathered();
  /** What was told so far, of all sessions: many have little each. */
  #seen = 0;
  /** Words that were cleaned: names of models and the like, which are few. */
  readonly #words = new Map<string, string>();

  constructor(database: Database, options: TranscriptImportOptions) {
    this.#database = database;
    this.#options = options;
    this.#recorded = new TranscriptCalls(database);
    this.#forgotten = new ForgottenMarks(database);
    this.#facts = new TranscriptFacts(database);
    this.#proofs = new TranscriptProofs(database);
  }

  /** The last proof of the session, if its transcript is as it was then. */
  unchanged({ id, bytes }: TranscriptSession): TranscriptProof | undefined {
    const proof = this.#proofs.get(id);
    return proof?.bytes === bytes && proof.isWhole ? proof : undefined;
  }

  /**
   * Reads one session; false if it was to end before. What it tells is recorded by {@link flush} at the latest.
   *
   * @throws SQLite's error when nothing can be written
   */
  async session(session: TranscriptSession, steps: ImportSteps = {}): Promise<boolean> {
    const { isOver = () => false } = steps;
    const now = this.#options.clock();
    const isOpen = this.#recorded.isOpen(session.id);
    const work: Work = {
      session,
      now,
      onEvents: steps.onEvents ?? (() => {}),
      comparison: new SessionComparison(),
      withoutId: new CallsWithoutId(this.#recorded.of(session.id)),
      turns: new Map(),
      models: new Map(),
      events: 0,
      isWhole: true,
      isRead: true,
    };
    const onUnreadable = (path: string, error: unknown) => {
      work.isRead = false;
      steps.onUnreadable?.(path, error);
    };
    for (const told of tellSession(session, { ...steps, onUnreadable })) {
      if (isOver()) return false;
      if (isOpen && Math.abs(now - told.at) < SETTLE_MS) work.isWhole = false;
      if (work.isWhole) this.#add(work, told);
      else this.#compareOnly(work, told);
      if (isFull(this.#gathered)) this.flush();
      this.#seen += 1;
      if (this.#seen % BATCH_EVENTS === 0) await setImmediate(); // lets signals be handled
    }
    this.#gathered.read.push(work);
    if (isFull(this.#gathered)) this.flush();
    return true;
  }

  /** Records what was gathered, and then what belongs to it. @throws SQLite's error when nothing can be written */
  flush(): void {
    const { events, ids, owners, answers, facts, usage, read } = this.#gathered;
    const { take } = this.#options;
    this.#gathered = nothingGathered();
    // What is not written is told apart by what was gathered only.
    if (!take) Object.assign(this.#gathered, { ids, owners, answers });
    if (take && events.length > 0) take(events);
    let proofs: readonly TranscriptProof[] = [];
    const write = () => {
      for (const fact of facts) fact(this.#facts);
      for (const message of usage.values()) {
        this.#facts.usage({ ...message, agentId: message.agentId ?? null });
      }
      proofs = read.map((work) => this.#proofOf(work));
      for (const proof of proofs) this.#proofs.put(proof);
    };
    if (take) this.#database.transaction(write).immediate();
    else proofs = read.map((work) => this.#proofOf(work));
    for (const proof of proofs) this.#options.onProof?.(proof);
  }

  #proofOf({ session, now, isWhole, isRead, events, comparison }: Work): TranscriptProof {
    const { id, bytes } = session;
    const compared = comparison.result(this.#recorded.of(id), this.#options.take !== undefined);
    return { sessionId: id, at: now, bytes, isWhole: isWhole && isRead, events, ...compared };
  }

  #add(work: Work, told: Told): void {
    switch (told.kind) {
      case 'call':
        return this.#addCall(work, told);
      case 'turn':
        return this.#addTurn(work, told);
      case 'message':
        return this.#addMessage(work, told);
      case 'agent': {
        const [model, isBackground] = [this.#word(told.model), told.isBackground ? 1 : 0] as const;
        const agent = { ...told, model, isBackground };
        this.#gathered.facts.push((facts) => facts.agent(agent));
      }
    }
  }

  #addCall(work: Work, call: ToldCall): void {
    const { sessionId, toolUseId, agentId, permission } = call;
    const { owners, facts } = this.#gathered;
    const events = [call.begin, call.end].filter((event) => event !== undefined);
    const known = this.#recorded.find(toolUseId, sessionId) ?? work.withoutId.take(call);
    const owner = known?.sessionId ?? owners.get(toolUseId) ?? sessionId;
    if (owner !== sessionId) {
      // A copy, in a fork that does not say so.
      for (const _ of events) this.#count(work, false);
      return;
    }
    owners.set(toolUseId, sessionId);
    const isForgotten = known === undefined && this.#isForgotten(call);
    if (sessionId === work.session.id) work.comparison.add(call, isForgotten);
    for (const event of events) {
      const id = `${sessionId} ${toolUseId} ${asString(event.payload['hook_event_name'])}`;
      this.#offer(work, event, id, !isForgotten && !isKnown(known, call, event));
    }
    if (known !== undefined && agentId !== undefined) {
      facts.push((write) => write.caller(sessionId, toolUseId, agentId)); // old versions do not tell hooks
    }
    if (permission) {
      const [source, reason] = [this.#word(permission.source), this.#word(permission.reason)];
      const decision = this.#word(permission.decision);
      facts.push((write) => write.permission({ sessionId, toolUseId, decision, source, reason }));
    }
  }

  /** What was told just now, and hooks may be about to tell, counts only if they have. */
  #compareOnly({ session, comparison }: Work, told: Told): void {
    if (told.kind !== 'call' || told.sessionId !== session.id) return;
    const known = this.#recorded.find(told.toolUseId, told.sessionId);
    if (known?.sessionId === told.sessionId) comparison.add(told);
  }

  /** True if the call was forgotten, whichever of its events was recorded then. */
  #isForgotten({ sessionId, toolUseId, at }: ToldCall): boolean {
    return (
      this.#forgotten.isUsed &&
      CALL_EVENTS.some((name) =>
        this.#forgotten.has(callEventId(sessionId, toolUseId, name), sessionId, at),
      )
    );
  }

  #addTurn(work: Work, turn: ToldTurn): void {
    const { sessionId, name, at, key, answerId } = turn;
    const owner = answerId === undefined ? undefined : this.#answeredIn(answerId);
    if (owner !== undefined && owner !== sessionId) {
      this.#count(work, false); // a copy, in a fork that does not say so
      return;
    }
    const turns = work.turns.get(sessionId) ?? new KnownTurns(this.#recorded.turns(sessionId));
    work.turns.set(sessionId, turns);
    const isForgotten =
      this.#forgotten.hasSession(sessionId, at) || this.#forgotten.hasTurn(sessionId, name, at);
    this.#offer(work, turn, `${sessionId} ${key}`, !turns.takes(turn) && !isForgotten);
  }

  /** The session whose answer it is, if that is known. */
  #answeredIn(messageId: string): string | undefined {
    return this.#gathered.answers.get(messageId) ?? this.#recorded.answeredIn(messageId);
  }

  #addMessage(work: Work, message: ToldMessage): void {
    const { messageId, sessionId, at, agentId } = message;
    const model = this.#word(message.model);
    const { usage, facts, answers } = this.#gathered;
    if ((this.#answeredIn(messageId) ?? sessionId) !== sessionId) return; // a fork's copy
    answers.set(messageId, sessionId);
    const before = usage.get(messageId);
    usage.set(messageId, before ? largest(before, message) : { ...message, model });
    if (agentId !== undefined || model === work.models.get(sessionId)) return;
    work.models.set(sessionId, model);
    facts.push((write) => write.model({ sessionId, at, model }));
  }

  /** A word that goes beside the events, and so not through ingest. */
  #word<Word extends string | null>(word: Word): Word | string {
    if (word === null) return word;
    const clean = this.#words.get(word) ?? this.#options.clean(word);
    this.#words.set(word, clean);
    return clean;
  }

  /** Counts an event that the transcript tells, also one that is recorded: each time it is told, so that no batch matters. */
  #count(work: Work, isTaken: boolean): void {
    work.events += 1;
    work.onEvents(1, isTaken ? 1 : 0);
  }

  /** Gathers an event if it is wanted, unless it is gathered already: `id` tells. */
  #offer(work: Work, event: ToldEvent, id: string, isWanted: boolean): void {
    const gathered = this.#gathered;
    const isTaken = isWanted && !gathered.ids.has(id);
    this.#count(work, isTaken);
    if (!isTaken) return;
    gathered.ids.add(id);
    const text = JSON.stringify(event.payload);
    const name = `${asString(event.payload['session_id'])}.${event.key}.${TRANSCRIPT}`;
    gathered.events.push({
      name,
      path: name,
      writtenAt: event.at,
      size: Buffer.byteLength(text),
      text,
      payload: event.payload,
    });
    gathered.characters += text.length;
  }
}

// --- internal ---

/** How long a hook's event may take until it is in the spool and ingested, in milliseconds. */
const SETTLE_MS = 10_000;
/** The most events and characters in one transaction, and as many facts beside them. */
const BATCH_EVENTS = 1024;
const BATCH_CHARACTERS = 4 * 1024 * 1024;

const CALL_EVENTS = ['PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'PermissionDenied'];
/** How surely an outcome is known that Claude Code has told a hook. */
const SAID = 2;

/** One session in hand. */
interface Work {
  readonly session: TranscriptSession;
  /** When it was begun, in milliseconds since 1970 UTC. */
  readonly now: number;
  readonly onEvents: (told: number, given: number) => void;
  readonly comparison: SessionComparison;
  readonly withoutId: CallsWithoutId;
  /** The recorded turns of the session, and of those that it was forked from. */
  readonly turns: Map<string, KnownTurns>;
  /** The model of the last answer, of the same sessions. */
  readonly models: Map<string, string>;
  events: number;
  /** False once what is left was told just now. */
  isWhole: boolean;
  /** False if a part cannot be read: the proof does not cover it, and it is tried again the next time. */
  isRead: boolean;
}

/** What waits to be written. */
interface Gathered {
  readonly events: SpoolFile[];
  characters: number;
  /** Tells events apart that are not in the database yet: a fork has copies. */
  readonly ids: Set<string>;
  /** Which session each call is of. */
  readonly owners: Map<string, string>;
  /** Which session each answer is of. */
  readonly answers: Map<string, string>;
  readonly facts: ((facts: TranscriptFacts) => void)[];
  readonly usage: Map<string, ToldMessage>;
  /** Sessions that were read to their end. */
  readonly read: Work[];
}

function nothingGathered(): Gathered {
  return {
    events: [],
    characters: 0,
    ids: new Set(),
    owners: new Map(),
    answers: new Map(),
    facts: [],
    usage: new Map(),
    read: [],
  };
}

function isFull({ events, characters, facts, usage, read }: Gathered): boolean {
  if (events.length >= BATCH_EVENTS || characters >= BATCH_CHARACTERS) return true;
  return facts.length >= BATCH_EVENTS || usage.size >= BATCH_EVENTS || read.length >= BATCH_EVENTS;
}

/** Of the same answer, the largest numbers count, as in `TranscriptFacts`: it is told while it still grows. */
function largest(before: ToldMessage, now: ToldMessage): ToldMessage {
  return {
    ...before,
    inputTokens: Math.max(before.inputTokens, now.inputTokens),
    cacheCreationTokens: Math.max(before.cacheCreationTokens, now.cacheCreationTokens),
    cacheReadTokens: Math.max(before.cacheReadTokens, now.cacheReadTokens),
    outputTokens: Math.max(before.outputTokens, now.outputTokens),
  };
}

/** What is said of a command that SIGKILL or SIGTERM has ended. */
const KILLED = /^Exit code (?:137|143)\b/;

/** True if what the event tells is recorded, or known better. */
function isKnown(
  known: RecordedCall | undefined,
  { outcome, permission }: ToldCall,
  event: ToldEvent,
): boolean {
  if (known === undefined) return false;
  const name = event.payload['hook_event_name'];
  if (name === 'PreToolUse' || known.certainty === SAID) return true;
  if (known.toolUseId.startsWith('~')) return true; // it would become a second call, with an id
  if (known.outcome === 'running') return false;
  // Claude Code ends its commands when it is ended itself, and may still note how they ended: no hook is told of that.
  if (known.outcome === 'interrupted' && KILLED.test(asString(event.payload['error']) ?? ''))
    return true;
  // What was inferred, such as from the end of the turn, is not as good as what was told; a refusal is never told, and
  // without a word on permission a failure may be a refusal.
  const mayBeRefused = outcome === 'failed' && permission === undefined;
  return mayBeRefused || outcome === 'denied' || outcome === 'rejected';
}

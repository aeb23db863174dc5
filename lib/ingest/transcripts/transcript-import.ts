import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../base/clock.ts';
import { hexDigest } from '../../base/digest.ts';
import type { Database } from '../../store/database/database.ts';
import { TranscriptCalls } from '../../store/queries/transcripts/transcript-calls.ts';
import type { RecordedCall } from '../../store/queries/transcripts/transcript-calls.ts';
import { ForgottenMarks } from '../../store/writers/forgotten-marks.ts';
import { TranscriptFacts } from '../../store/writers/transcript-facts.ts';
import { TranscriptProofs } from '../../store/writers/transcript-proofs.ts';
import type { TranscriptProof } from '../../store/writers/transcript-proofs.ts';
import { toldBy } from '../../transcript/told-by.ts';
import type { ReadingSteps } from '../../transcript/told-by.ts';
import type { Told, ToldCall, ToldEvent, ToldMessage, ToldTurn } from '../../transcript/told.ts';
import type { TranscriptSession } from '../../transcript/transcript-files.ts';
import { TRANSCRIPT } from '../spool/spool-reader.ts';
import type { SpoolFile } from '../spool/spool-reader.ts';
import { KnownTurns } from './known-turns.ts';
import { CallsWithoutId, SessionComparison } from './session-comparison.ts';

/** What an import works with. */
export interface TranscriptImportOptions {
  readonly clock: Clock;
  /** Ingests events. Without it, nothing is written: it is only told what would be. */
  readonly take?: ((batch: readonly SpoolFile[]) => unknown) | undefined;
}

/** What to do while a session is read. */
export interface ImportSteps extends ReadingSteps {
  /** True when it is to end before it is done. @default never */
  readonly isOver?: (() => boolean) | undefined;
  /** Called with the numbers of events that the transcript tells, and that were given to ingest. */
  readonly onEvents?: ((told: number, given: number) => void) | undefined;
}

/**
 * Takes in what the transcript of a session tells and no hook has told, as the events that hooks would have been given. It
 * may be killed at any moment, and done as often as one likes: an event is known by its call, else by its time.
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
   * Takes in one session; returns the proof of it, or undefined if it was to end before.
   *
   * @throws SQLite's error when nothing can be written
   */
  async session(
    session: TranscriptSession,
    steps: ImportSteps = {},
  ): Promise<TranscriptProof | undefined> {
    const { isOver = () => false } = steps;
    const now = this.#options.clock();
    const isOpen = this.#recorded.isOpen(session.id);
    const work = this.#begin(session, steps);
    let isWhole = true;
    let seen = 0;
    for (const told of toldBy(session, steps)) {
      if (isOver()) return undefined;
      if (isOpen && Math.abs(now - told.at) < SETTLE_MS) isWhole = false;
      if (isWhole) this.#add(work, told);
      else this.#compareOnly(work, told);
      if (isFull(work)) this.#flush(work);
      seen += 1;
      if (seen % BATCH_EVENTS === 0) await setImmediate(); // lets signals be handled
    }
    this.#flush(work);
    const proof: TranscriptProof = {
      sessionId: session.id,
      at: now,
      bytes: session.bytes,
      isWhole,
      events: work.events,
      ...work.comparison.result(this.#recorded.of(session.id)),
    };
    if (this.#options.take) this.#proofs.put(proof);
    return proof;
  }

  #begin(session: TranscriptSession, { onEvents }: ImportSteps): Work {
    return {
      session,
      onEvents: onEvents ?? (() => {}),
      comparison: new SessionComparison(),
      withoutId: new CallsWithoutId(this.#recorded.of(session.id)),
      turns: new Map(),
      given: new Set(),
      events: 0,
      batch: [],
      bytes: 0,
      facts: [],
      usage: new Map(),
      model: undefined,
    };
  }

  #add(work: Work, told: Told): void {
    switch (told.kind) {
      case 'call':
        return this.#addCall(work, told);
      case 'turn':
        return this.#addTurn(work, told);
      case 'message':
        return addMessage(work, told);
      case 'agent':
        work.facts.push((facts) =>
          facts.agent({ ...told, isBackground: told.isBackground ? 1 : 0 }),
        );
    }
  }

  #addCall(work: Work, call: ToldCall): void {
    const { sessionId, toolUseId, agentId, permission } = call;
    const known = this.#recorded.find(toolUseId, sessionId) ?? work.withoutId.take(call);
    if (known !== undefined && known.sessionId !== sessionId) return; // a copy, in a fork that does not say so
    if (sessionId === work.session.id) work.comparison.add(call);
    for (const event of [call.begin, call.end]) {
      if (event === undefined) continue;
      const name = String(event.payload['hook_event_name']);
      const id = `${toolUseId}.${name}`;
      if (work.given.has(id)) continue;
      work.events += 1;
      const isWanted = !isKnown(known, call, event) && !this.#isForgotten(call);
      if (isWanted) {
        work.given.add(id);
        give(work, event);
      }
      work.onEvents(1, isWanted ? 1 : 0);
    }
    if (known !== undefined && agentId !== undefined) {
      work.facts.push((facts) => facts.caller(sessionId, toolUseId, agentId)); // old versions do not tell hooks
    }
    if (permission) {
      work.facts.push((facts) => facts.permission({ sessionId, toolUseId, ...permission }));
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
    return CALL_EVENTS.some((name) =>
      this.#forgotten.has(hexDigest(`${sessionId}\n${toolUseId}\n${name}`, 32), sessionId, at),
    );
  }

  #addTurn(work: Work, turn: ToldTurn): void {
    const { sessionId, name, at } = turn;
    const turns = work.turns.get(sessionId) ?? new KnownTurns(this.#recorded.turns(sessionId));
    work.turns.set(sessionId, turns);
    work.events += 1;
    const isWanted =
      !turns.takes(turn) &&
      !this.#forgotten.hasSession(sessionId, at) &&
      !this.#forgotten.hasTurn(sessionId, name, at);
    if (isWanted) give(work, turn);
    work.onEvents(1, isWanted ? 1 : 0);
  }

  /** Ingests what was gathered, and then writes what belongs to it. */
  #flush(work: Work): void {
    const { batch, facts, usage } = work;
    [work.batch, work.bytes, work.facts, work.usage] = [[], 0, [], new Map()];
    const { take } = this.#options;
    if (!take) return;
    if (batch.length > 0) take(batch);
    if (facts.length + usage.size === 0) return;
    this.#database
      .transaction(() => {
        for (const write of facts) write(this.#facts);
        for (const message of usage.values()) {
          this.#facts.usage({ ...message, agentId: message.agentId ?? null });
        }
      })
      .immediate();
  }
}

// --- internal ---

/** How long a hook's event may take until it is in the spool and ingested, in milliseconds. */
const SETTLE_MS = 10_000;
/** The most events and characters, and facts beside them, in one transaction. */
const BATCH_EVENTS = 1024;
const BATCH_CHARACTERS = 8 * 1024 * 1024;

const CALL_EVENTS = ['PreToolUse', 'PostToolUse', 'PostToolUseFailure', 'PermissionDenied'];
/** How surely an outcome is known that Claude Code has told a hook. */
const SAID = 2;

/** What is in hand of one session. */
interface Work {
  readonly session: TranscriptSession;
  readonly onEvents: (told: number, given: number) => void;
  readonly comparison: SessionComparison;
  readonly withoutId: CallsWithoutId;
  /** The recorded turns of the session, and of those that it was forked from. */
  readonly turns: Map<string, KnownTurns>;
  /** The events of calls that were given to ingest. */
  readonly given: Set<string>;
  events: number;
  batch: SpoolFile[];
  bytes: number;
  facts: ((facts: TranscriptFacts) => void)[];
  usage: Map<string, ToldMessage>;
  model: string | undefined;
}

function isFull({ batch, bytes, facts, usage }: Work): boolean {
  if (batch.length >= BATCH_EVENTS || bytes >= BATCH_CHARACTERS) return true;
  return facts.length >= BATCH_EVENTS || usage.size >= BATCH_EVENTS;
}

/** True if what the event tells is recorded, or known better. */
function isKnown(
  known: RecordedCall | undefined,
  { outcome }: ToldCall,
  event: ToldEvent,
): boolean {
  if (known === undefined) return false;
  const name = event.payload['hook_event_name'];
  if (name === 'PreToolUse' || known.certainty === SAID) return true;
  if (known.toolUseId.startsWith('~')) return true; // it would become a second call, with an id
  if (known.outcome === 'running') return false;
  // What was inferred, such as from the end of the turn, is not as good as what was told; a refusal is never told.
  return outcome === 'denied' || outcome === 'rejected';
}

function give(work: Work, { at, payload, key }: ToldEvent): void {
  const text = JSON.stringify(payload);
  const name = `${key}.${TRANSCRIPT}`;
  work.batch.push({ name, path: name, writtenAt: at, size: Buffer.byteLength(text), text });
  work.bytes += text.length;
}

function addMessage(work: Work, message: ToldMessage): void {
  const { messageId, sessionId, at, agentId, model } = message;
  if (!/^[\w.:@/[\]-]{1,200}$/.test(model)) return; // names no model
  work.usage.set(messageId, message);
  if (agentId !== undefined || model === work.model) return;
  work.model = model;
  work.facts.push((facts) => facts.model({ sessionId, at, model }));
}

import { asArray, asNumber, asObject, asString, isJsonObject } from '../../base/json.ts';
import type { Json, JsonObject } from '../../base/json.ts';
import { begunCall, endedCall } from './open-call.ts';
import type { OpenCall, OpenCalls } from './open-call.ts';
import { recordEvent, recordPlace, timeOf } from './record-event.ts';
import { ownWord } from './own-word.ts';
import { promptIn, typedText } from './prompt.ts';
import { recordChange } from './record-change.ts';
import type { RecordChange } from './record-change.ts';
import type { Told, ToldTurn } from '../told.ts';
import { readAgentMeta } from './transcript-files.ts';
import type { AgentMeta, TranscriptFile, TranscriptSession } from './transcript-files.ts';

/** Puts together what the records of one file tell, one record after the other. */
export class FileTeller {
  readonly #session: TranscriptSession;
  readonly #agentId: string | undefined;
  readonly #meta: AgentMeta | undefined;
  readonly #open: OpenCalls;
  /** Turns that wait for the next answer, which tells whose they are: a fork begins with a copy of another session. */
  #held: HeldTurn[] = [];
  /** The answer that is being read. */
  #answer: { readonly id: string; readonly sessionId: string } | undefined;
  #first: JsonObject | undefined;
  #last: JsonObject | undefined;
  #permissionMode: string | undefined;

  constructor(session: TranscriptSession, { path, agentId }: TranscriptFile, open: OpenCalls) {
    this.#session = session;
    this.#open = open;
    this.#agentId = agentId;
    this.#meta = agentId === undefined ? undefined : readAgentMeta(path);
  }

  /** What the next record tells. */
  *tell(record: JsonObject): Generator<Told> {
    const change = recordChange(record);
    if (change) {
      yield* this.#change(change);
      return;
    }
    if (timeOf(record) === undefined) {
      // It was written after the one before it.
      if (this.#last) yield* this.tell({ ...record, timestamp: this.#last['timestamp'] ?? null });
      return;
    }
    if (this.#first === undefined) {
      this.#first = record;
      yield* this.#agentBegun(record);
    }
    this.#last = record;
    switch (asString(record['type']) ?? '') {
      case 'assistant':
        yield* this.#assistant(record);
        return;
      case 'user':
        yield* this.#user(record);
        return;
      case 'system':
        this.#compaction(record);
        return;
      case 'attachment':
        this.#queuedPrompt(record);
    }
  }

  /**
   * What a change of earlier records tells: they change what the model is shown, not what was run. So a call in a new record
   * counts beside those before, and a prompt is told as it stood when Claude answered it, or not if it was gone.
   */
  *#change({ gone, records }: RecordChange): Generator<Told> {
    const at = this.#held.findIndex(
      ({ name, record }) => name === 'UserPromptSubmit' && record['uuid'] === gone,
    );
    const isHeld = gone !== undefined && at !== -1;
    const later = isHeld ? this.#held.splice(at).slice(1) : [];
    for (const record of records) {
      // What stands in place of a prompt that was answered is none that was typed.
      if (gone === undefined || isHeld || promptIn(record) === undefined) yield* this.tell(record);
    }
    this.#held.push(...later);
  }

  /** What is left at the end of the file. */
  *end(): Generator<Told> {
    yield* this.#release(this.#session.id);
    for (const call of this.#ownOpen()) yield begunCall(call);
    if (this.#last && this.#meta?.isFinished) yield this.#agentTurn('SubagentStop', this.#last);
  }

  *#assistant(record: JsonObject): Generator<Told> {
    const message = asObject(record['message']);
    if (!message) return;
    const at = timeOf(record) ?? 0;
    const id = ownWord(message['id']) ?? '';
    // A copied record names the session that it was copied from.
    const sessionId = asString(record['requestSessionId']) || this.#session.id;
    const isSameAnswer = id !== '' && this.#answer?.id === id;
    if (!isSameAnswer) yield* this.#release(sessionId, id);
    this.#answer = { id, sessionId };
    const model = ownWord(message['model']); // `<synthetic>` is what Claude Code made up itself
    for (const block of asArray(message['content'])) {
      if (isJsonObject(block) && block['type'] === 'tool_use') this.#ask(block, record, sessionId);
    }
    const usage = asObject(message['usage']);
    if (model !== null && usage && id !== '') {
      yield {
        kind: 'message',
        at,
        messageId: id,
        sessionId,
        agentId: this.#agentOf(record),
        model,
        inputTokens: tokens(usage['input_tokens']),
        cacheCreationTokens: tokens(usage['cache_creation_input_tokens']),
        cacheReadTokens: tokens(usage['cache_read_input_tokens']),
        outputTokens: tokens(usage['output_tokens']),
      };
    }
    if (this.#isOfAgent(record)) return;
    if (record['isApiErrorMessage'] === true) {
      const error = ownWord(record['error']) ?? 'unknown'; // never a text
      this.#hold('StopFailure', record, { error }, sessionId);
    } else if (model !== null && message['stop_reason'] === 'end_turn') {
      // Each block of the answer says so; the last one counts.
      this.#held = this.#held.filter(({ answer }) => answer !== id);
      this.#hold('Stop', record, { stop_hook_active: false }, sessionId, id);
    }
  }

  #ask(block: JsonObject, record: JsonObject, sessionId: string): void {
    const id = asString(block['id']);
    if (!id) return;
    this.#open.set(id, {
      id,
      teller: this,
      name: asString(block['name']) ?? '',
      input: block['input'] ?? {},
      sessionId,
      agentId: this.#agentOf(record),
      record,
      common: this.#common(record, sessionId),
    });
  }

  *#user(record: JsonObject): Generator<Told> {
    const content = asObject(record['message'])?.['content'];
    this.#permissionMode = asString(record['permissionMode']) ?? this.#permissionMode;
    const results = asArray(content).flatMap((block) =>
      isJsonObject(block) && block['type'] === 'tool_result' ? [block] : [],
    );
    // Beside several results, it is not told of which one of them the object is.
    const { toolUseResult: _, ...shared } = record;
    for (const result of results) {
      const call = this.#open.get(asString(result['tool_use_id']) ?? '');
      if (!call) continue;
      this.#open.delete(call.id);
      yield endedCall(call, result, results.length === 1 ? record : shared);
    }
    if (results.length > 0 || this.#isOfAgent(record)) return;
    const prompt = promptIn(record);
    if (prompt === undefined) return;
    // A prompt shows that what ran before it has begun, whatever its result will be.
    for (const call of this.#ownOpen()) yield begunCall(call);
    const source = asString(record['promptSource']);
    this.#hold('UserPromptSubmit', record, { prompt, ...(source === undefined ? {} : { source }) });
  }

  /** A prompt that was typed, or a task that ended, while Claude was at work. */
  #queuedPrompt(record: JsonObject): void {
    const attachment = asObject(record['attachment']);
    if (attachment?.['type'] !== 'queued_command' || this.#isOfAgent(record)) return;
    const prompt = typedText(attachment['prompt']);
    if (prompt === '') return;
    this.#hold('UserPromptSubmit', record, { prompt });
  }

  #compaction(record: JsonObject): void {
    if (record['subtype'] !== 'compact_boundary') return;
    const meta = asObject(record['compactMetadata']);
    const before = (timeOf(record) ?? 0) - (asNumber(meta?.['durationMs']) ?? 0);
    const told = { trigger: asString(meta?.['trigger']) ?? 'auto', custom_instructions: '' };
    this.#hold('PreCompact', record, told, undefined, undefined, before);
  }

  #hold(
    name: string,
    record: JsonObject,
    told: JsonObject,
    sessionId?: string,
    answer?: string,
    at = timeOf(record) ?? 0,
  ): void {
    this.#held.push({ name, record, told, sessionId, answer, at });
  }

  *#release(sessionId: string, nextAnswer?: string): Generator<ToldTurn> {
    const held = this.#held;
    this.#held = [];
    for (const turn of held) {
      const { name, record, at } = turn;
      const session = turn.sessionId ?? sessionId;
      const payload = { ...this.#common(record, session), hook_event_name: name, ...turn.told };
      const event = recordEvent(record, name, at, payload);
      const answerId = turn.answer ?? nextAnswer;
      yield { kind: 'turn', name, sessionId: session, agentId: undefined, answerId, ...event };
    }
  }

  *#agentBegun(record: JsonObject): Generator<Told> {
    const [agentId, meta] = [this.#agentId, this.#meta];
    if (agentId === undefined || meta === undefined) return;
    yield this.#agentTurn('SubagentStart', record);
    yield {
      kind: 'agent',
      at: timeOf(record) ?? 0,
      sessionId: this.#session.id,
      agentId,
      parentAgentId: ownWord(meta.parentAgentId),
      toolUseId: ownWord(meta.toolUseId),
      depth: meta.depth ?? null,
      model: ownWord(meta.model),
      isBackground: meta.isBackground,
    };
  }

  #agentTurn(name: string, record: JsonObject): ToldTurn {
    const sessionId = this.#session.id;
    const payload = { ...this.#common(record, sessionId), hook_event_name: name };
    const event = recordEvent(record, `${this.#agentId}.${name}`, timeOf(record) ?? 0, payload);
    return { kind: 'turn', name, sessionId, agentId: this.#agentId, answerId: undefined, ...event };
  }

  #ownOpen(): OpenCall[] {
    return [...this.#open.values()].filter(({ teller }) => teller === this);
  }

  #agentOf(record: JsonObject): string | undefined {
    return this.#agentId ?? (asString(record['agentId']) || undefined);
  }

  /** True for what a subagent did, also one without an id: older versions wrote it between what the session did. */
  #isOfAgent(record: JsonObject): boolean {
    return this.#agentOf(record) !== undefined || record['isSidechain'] === true;
  }

  /** What every event tells. Of a subagent, session and transcript are those of the session that it works for. */
  #common(record: JsonObject, sessionId: string): JsonObject {
    const agentId = this.#agentOf(record);
    const promptId = asString(record['promptId']);
    return {
      session_id: sessionId,
      transcript_path: this.#session.path,
      ...recordPlace(record),
      ...(promptId === undefined ? {} : { prompt_id: promptId }),
      ...(this.#permissionMode === undefined ? {} : { permission_mode: this.#permissionMode }),
      ...(agentId === undefined ? {} : { agent_id: agentId }),
      ...(this.#meta?.agentType === undefined ? {} : { agent_type: this.#meta.agentType }),
    };
  }
}

// --- internal ---

interface HeldTurn {
  readonly name: string;
  readonly record: JsonObject;
  readonly told: JsonObject;
  /** Undefined: that of the next answer. */
  readonly sessionId: string | undefined;
  readonly answer: string | undefined;
  readonly at: number;
}

function tokens(value: Json | undefined): number {
  return Number.isSafeInteger(value) ? Math.max(0, value as number) : 0;
}

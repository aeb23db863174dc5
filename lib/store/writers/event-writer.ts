import { hexDigest } from '../../base/digest.ts';
import { callEventId } from '../../event/call-event-id.ts';
import type { EventRecord } from '../../event/event-record.ts';
import type { Database } from '../database/database.ts';
import { payloadField } from '../database/payload/payload-field.ts';
import { ForgottenMarks } from './forgotten-marks.ts';

/** An event on its way into the store. */
export interface ArrivedEvent {
  readonly event: EventRecord;
  /** Digest of the payload as captured; identifies an event that has no tool_use_id. */
  readonly digest: string;
  readonly spoolName: string;
  /** Whose hook brought it, `settings` or `plugin`: with both registered, an event arrives twice. */
  readonly registration: string;
  readonly receivedAt: number;
  /** Bytes as captured. */
  readonly size: number;
  /** Redacted, shortened JSON, packed by `packedPayload`. */
  readonly payload: Uint8Array;
}

/** Writes each event once, however often it arrives. */
export class EventWriter {
  readonly #insert;
  readonly #sightings;
  readonly #see;
  readonly #told;
  readonly #forgotten: ForgottenMarks;

  constructor(database: Database) {
    this.#insert = database.prepare<
      [string, string, string, string | null, string | null, number, number, Uint8Array]
    >(
      `INSERT INTO events
         (event_id, session_id, name, tool_use_id, agent_id, received_at, size, payload)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (event_id) DO NOTHING`,
    );
    this.#sightings = database
      .prepare<[string, string], number>(
        'SELECT count(*) FROM sightings WHERE digest = ? AND registration = ?',
      )
      .pluck();
    this.#see = database.prepare<[string, string, string, number]>(
      `INSERT INTO sightings (digest, registration, spool_name, received_at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.#told = database
      .prepare<
        {
          at: number;
          sessionId: string;
          name: string;
          agentId: string | null;
          registration: string;
          payload: Uint8Array;
        },
        string
      >(
        `SELECT e.event_id FROM sightings told JOIN events e ON e.received_at = told.received_at
         WHERE told.received_at BETWEEN @at - ${NEAR_MS} AND @at + ${NEAR_MS} AND told.registration = 'transcript'
           AND e.session_id = @sessionId AND e.name = @name AND e.agent_id IS @agentId AND e.tool_use_id IS NULL
           AND ${payloadField('e.payload', 'prompt')} IS ${payloadField('@payload', 'prompt')}
           AND NOT EXISTS (SELECT 1 FROM sightings WHERE digest = e.event_id AND registration = @registration)
         ORDER BY abs(told.received_at - @at) LIMIT 1`,
      )
      .pluck();
    this.#forgotten = new ForgottenMarks(database);
  }

  /** Writes an event and returns its id; undefined if it was written before, or forgotten. */
  write(arrived: ArrivedEvent): string | undefined {
    const { event } = arrived;
    const eventId = event.toolUseId
      ? callEventId(event.sessionId, event.toolUseId, event.name)
      : this.#sightedId(arrived);
    if (eventId === undefined) return undefined;
    if (this.#forgotten.has(eventId, event.sessionId, arrived.receivedAt)) return undefined;
    const { changes } = this.#insert.run(
      eventId,
      event.sessionId,
      event.name,
      event.toolUseId ?? null,
      event.agentId ?? null,
      arrived.receivedAt,
      arrived.size,
      arrived.payload,
    );
    return changes === 1 ? eventId : undefined;
  }

  /**
   * An event without tool_use_id is identified by its content and by the number of earlier sightings of
   * that content from the same registration. So two equal events stay two, while one event that arrives
   * from the settings and from the plugin is stored once.
   */
  #sightedId(arrived: ArrivedEvent): string | undefined {
    const { digest, registration, spoolName, receivedAt } = arrived;
    const earlier = this.#sightings.get(digest, registration) ?? 0;
    const { changes } = this.#see.run(digest, registration, spoolName, receivedAt);
    if (changes === 0) return undefined; // this spool file was ingested before
    const told = this.#toldBefore(arrived);
    if (told === undefined) return hexDigest(`${digest}\n${earlier}`, 32);
    this.#see.run(told, registration, spoolName, receivedAt); // it stands for no other event of these hooks
    return undefined;
  }

  /** The event that a transcript has told of the turn that a hook tells of now: they have no id in common. */
  #toldBefore({ event, registration, receivedAt: at, payload }: ArrivedEvent): string | undefined {
    const { sessionId, name, agentId = null } = event;
    if (registration === 'transcript' || !TOLD_TURNS.has(name)) return undefined;
    return this.#told.get({ at, sessionId, name, agentId, registration, payload });
  }
}

// --- internal ---

/** How much later or earlier than a hook a transcript may tell of the same turn, in milliseconds. */
const NEAR_MS = 15_000;
/** The events without tool_use_id that transcripts tell as hooks do. */
const TOLD_TURNS: ReadonlySet<string> = new Set([
  'UserPromptSubmit',
  'Stop',
  'StopFailure',
  'PreCompact',
  'SubagentStart',
  'SubagentStop',
]);

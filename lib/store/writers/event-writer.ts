import { hexDigest } from '../../base/digest.ts';
import type { EventRecord } from '../../event/event-record.ts';
import type { Database } from '../database/database.ts';

/** An event on its way into the store. */
export interface ArrivedEvent {
  readonly event: EventRecord;
  /** Of the payload as captured, for events that have no id of their own. */
  readonly digest: string;
  readonly spoolName: string;
  /** Which of Claude Code's two ways brought it: the same event may come by both. */
  readonly registration: string;
  readonly receivedAt: number;
  /** Bytes as captured. */
  readonly size: number;
  /** What is stored: redacted, shortened JSON. */
  readonly payload: string;
}

/** Writes events, each once however often it comes. */
export class EventWriter {
  readonly #insert;
  readonly #sightings;
  readonly #see;

  constructor(database: Database) {
    this.#insert = database.prepare<
      [string, string, string, string | null, string | null, number, number, string]
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
  }

  /** The id of the event if it is new; undefined if it was written before. */
  write(arrived: ArrivedEvent): string | undefined {
    const { event } = arrived;
    const eventId = event.toolUseId
      ? hexDigest(`${event.sessionId}\n${event.toolUseId}\n${event.name}`, 32)
      : this.#sightedId(arrived);
    if (eventId === undefined) return undefined;
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
   * An event without tool_use_id is known by its content and by how many of that content its
   * registration has brought before. So two equal events stay two, while one event that comes by
   * the settings and by the plugin is one.
   */
  #sightedId({ digest, registration, spoolName, receivedAt }: ArrivedEvent): string | undefined {
    const earlier = this.#sightings.get(digest, registration) ?? 0;
    const { changes } = this.#see.run(digest, registration, spoolName, receivedAt);
    if (changes === 0) return undefined; // this very file was taken before
    return hexDigest(`${digest}\n${earlier}`, 32);
  }
}

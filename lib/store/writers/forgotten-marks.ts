import { hexDigest } from '../../base/digest.ts';
import type { Database } from '../database/database.ts';

/** What was forgotten, and must not come back when it arrives once more: from the spool, a copy, an import. */
export class ForgottenMarks {
  readonly #any;
  readonly #event;
  readonly #session;
  readonly #add;

  constructor(database: Database) {
    this.#any = database.prepare('SELECT 1 FROM forgotten LIMIT 1');
    this.#event = database.prepare<[string]>('SELECT 1 FROM forgotten WHERE id = ?');
    this.#session = database.prepare<[string, number]>(
      'SELECT 1 FROM forgotten WHERE id = ? AND until >= ?',
    );
    this.#add = database.prepare<[string, number | null]>(
      `INSERT INTO forgotten (id, until) VALUES (?, ?)
       ON CONFLICT (id) DO UPDATE SET until = max(until, excluded.until)`,
    );
  }

  /** False if nothing was ever forgotten, which saves asking further. */
  get isUsed(): boolean {
    return this.#any.get() !== undefined;
  }

  /** True for an event that was forgotten, alone or with its session. `at` is in milliseconds since 1970 UTC. */
  has(eventId: string, sessionId: string, at: number): boolean {
    if (!this.isUsed) return false; // nearly always, and it saves the digest
    return this.#event.get(eventId) !== undefined || this.hasSession(sessionId, at);
  }

  /** True if all that a session had recorded by `at` was forgotten. */
  hasSession(sessionId: string, at: number): boolean {
    return this.#session.get(sessionDigest(sessionId), at) !== undefined;
  }

  /**
   * True if an event of that name, which has no id of a call, was forgotten of the session about that time. A transcript
   * tells of it in other bytes than the hook did, so the id of the event does not keep it from coming back.
   */
  hasTurn(sessionId: string, name: string, at: number): boolean {
    if (!this.isUsed) return false;
    return [-TURN_MS, 0, TURN_MS].some(
      (off) => this.#event.get(turnDigest(sessionId, name, at + off)) !== undefined,
    );
  }

  /** Keeps what {@link hasTurn} tells of from coming back. */
  addTurn(sessionId: string, name: string, at: number): void {
    this.#add.run(turnDigest(sessionId, name, at), null);
  }

  /** Keeps an event from coming back. */
  addEvent(eventId: string): void {
    this.#add.run(eventId, null);
  }

  /** Keeps everything from coming back that a session had recorded by `until`, in milliseconds since 1970 UTC. */
  addSession(sessionId: string, until: number): void {
    this.#add.run(sessionDigest(sessionId), until);
  }
}

/** How exactly the time of a turn is kept, in milliseconds. */
const TURN_MS = 60_000;

function turnDigest(sessionId: string, name: string, at: number): string {
  return hexDigest(`turn\n${sessionId}\n${name}\n${Math.floor(at / TURN_MS)}`, 32);
}

/** The id of a session in `forgotten`: not the session's own, so that nothing of it is left. */
export function sessionDigest(sessionId: string): string {
  return hexDigest(`session\n${sessionId}`, 32);
}

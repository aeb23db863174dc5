import type { EventRecord } from '../../event/event-record.ts';
import type { Database } from '../database/database.ts';

/** The project a session works in, as found on disk. */
export interface ProjectPlace {
  /** The git root of the main work tree; outside git, the folder itself. */
  readonly root: string;
  readonly name: string;
  readonly branch: string | null;
}

interface SessionChange {
  readonly id: string;
  startedAt: number;
  lastEventAt: number;
  endedAt: number | null;
  /** Time of the last SessionStart: a session that is resumed after its end is running again. */
  resumedAt: number | null;
  source: string | null;
  endReason: string | null;
  cwd: string | null;
  projectId: number | null;
  branch: string | null;
  transcriptPath: string | null;
  /** When an event last named the transcript, which moves with a work tree. */
  transcriptAt: number;
  prompts: number;
  waitingAt: number | null;
  failedTurns: number;
}

/** Keeps sessions, their subagents and projects up to date. */
export class SessionWriter {
  readonly #upsert;
  readonly #projectId;
  readonly #addProject;
  readonly #subagent;
  readonly #model;
  readonly #latestModel;
  readonly #projects = new Map<string, number>();
  readonly #changes = new Map<string, SessionChange>();
  /** The sessions whose model may have changed. */
  readonly #remodelled = new Set<string>();

  constructor(database: Database) {
    this.#upsert = database.prepare<SessionChange>(
      `INSERT INTO sessions (id, started_at, ended_at, last_event_at, source, end_reason, cwd,
         project_id, git_branch, transcript_path, prompts, waiting_at, failed_turns)
       VALUES (@id, @startedAt, @endedAt, @lastEventAt, @source, @endReason, @cwd, @projectId, @branch,
         @transcriptPath, @prompts, @waitingAt, @failedTurns)
       ON CONFLICT (id) DO UPDATE SET
         started_at = min(started_at, excluded.started_at),
         last_event_at = max(last_event_at, excluded.last_event_at),
         ended_at = CASE
           WHEN excluded.ended_at IS NOT NULL THEN max(coalesce(ended_at, 0), excluded.ended_at)
           WHEN @resumedAt > ended_at THEN NULL
           ELSE ended_at END,
         source = coalesce(source, excluded.source),
         end_reason = coalesce(excluded.end_reason, end_reason),
         cwd = coalesce(cwd, excluded.cwd),
         project_id = coalesce(project_id, excluded.project_id),
         git_branch = coalesce(git_branch, excluded.git_branch),
         transcript_path = CASE WHEN @transcriptAt >= last_event_at
           THEN coalesce(excluded.transcript_path, transcript_path)
           ELSE coalesce(transcript_path, excluded.transcript_path) END,
         prompts = prompts + excluded.prompts,
         waiting_at = coalesce(max(waiting_at, excluded.waiting_at), waiting_at, excluded.waiting_at),
         failed_turns = failed_turns + excluded.failed_turns`,
    );
    this.#projectId = database
      .prepare<[string], number>('SELECT id FROM projects WHERE root = ?')
      .pluck();
    this.#addProject = database.prepare<[string, string]>(
      'INSERT INTO projects (root, name) VALUES (?, ?)',
    );
    this.#subagent = database.prepare<
      [string, string, string | null, number | null, number | null]
    >(
      `INSERT INTO subagents (session_id, agent_id, agent_type, started_at, ended_at)
       VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (session_id, agent_id) DO UPDATE SET
         agent_type = coalesce(agent_type, excluded.agent_type),
         started_at = coalesce(min(started_at, excluded.started_at), started_at, excluded.started_at),
         ended_at = coalesce(max(ended_at, excluded.ended_at), ended_at, excluded.ended_at)`,
    );
    this.#model = database.prepare<[string, number, string]>(
      `INSERT INTO session_models (session_id, at, model) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET model = max(model, excluded.model)`,
    );
    this.#latestModel = database.prepare<[string]>(
      `UPDATE sessions SET model = (
         SELECT model FROM session_models WHERE session_id = id ORDER BY at DESC LIMIT 1)
       WHERE id = ?`,
    );
  }

  /** The id of the project at `place`, which is added if it is new; null for null. */
  project(place: ProjectPlace | null): number | null {
    if (!place) return null;
    const known = this.#projects.get(place.root) ?? this.#projectId.get(place.root);
    const id = known ?? Number(this.#addProject.run(place.root, place.name).lastInsertRowid);
    this.#projects.set(place.root, id);
    return id;
  }

  /** Drops unwritten changes, after their transaction was rolled back. */
  forget(): void {
    this.#projects.clear();
    this.#changes.clear();
    this.#remodelled.clear();
  }

  /** Notes what one event reports about its session; `flush` writes it. */
  write(event: EventRecord, at: number, place: ProjectPlace | null): void {
    const change = this.#changeOf(event.sessionId, at);
    change.startedAt = Math.min(change.startedAt, at);
    change.lastEventAt = Math.max(change.lastEventAt, at);
    change.cwd ??= event.cwd ?? null;
    change.projectId ??= this.project(place);
    change.branch ??= event.gitBranch ?? place?.branch ?? null;
    if (event.transcriptPath !== undefined && at >= change.transcriptAt) {
      change.transcriptPath = event.transcriptPath;
      change.transcriptAt = at;
    }
    if (event.isTypedPrompt) change.prompts += 1;
    if (event.isWaiting) change.waitingAt = Math.max(change.waitingAt ?? 0, at);
    if (event.model !== undefined) {
      this.#model.run(event.sessionId, at, event.model);
      this.#remodelled.add(event.sessionId);
    }
    if (event.name === 'SessionStart') {
      change.source ??= event.source ?? null;
      change.resumedAt = at;
      if (change.endedAt !== null && at > change.endedAt) change.endedAt = null;
    } else if (event.name === 'StopFailure') {
      change.failedTurns += 1;
    } else if (event.name === 'SessionEnd') {
      change.endedAt = at;
      change.endReason = event.reason ?? change.endReason;
    }
    this.#writeSubagent(event, at);
  }

  /** Writes the sessions that have changed. Call it before the transaction ends. */
  flush(): void {
    for (const change of this.#changes.values()) this.#upsert.run(change);
    this.#changes.clear();
    this.#projects.clear(); // before the next transaction, another process may forget a project
    for (const id of this.#remodelled) this.#latestModel.run(id);
    this.#remodelled.clear();
  }

  #changeOf(id: string, at: number): SessionChange {
    const known = this.#changes.get(id);
    if (known) return known;
    const change: SessionChange = {
      id,
      startedAt: at,
      lastEventAt: at,
      endedAt: null,
      resumedAt: null,
      source: null,
      endReason: null,
      cwd: null,
      projectId: null,
      branch: null,
      transcriptPath: null,
      transcriptAt: 0,
      prompts: 0,
      waitingAt: null,
      failedTurns: 0,
    };
    this.#changes.set(id, change);
    return change;
  }

  #writeSubagent(event: EventRecord, at: number): void {
    if (!event.agentId) return;
    const starts = event.name === 'SubagentStart';
    if (!starts && event.name !== 'SubagentStop') return;
    if (event.agentType === '') return; // the summary that /compact has written, which no SubagentStart announces
    this.#subagent.run(
      event.sessionId,
      event.agentId,
      event.agentType ?? null,
      starts ? at : null,
      starts ? null : at,
    );
  }
}

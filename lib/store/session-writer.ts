import { isTypedPrompt } from '../contract/hook-event.ts';
import type { HookEvent } from '../contract/hook-event.ts';
import type { Database } from './database.ts';

/** Where a session works, as found on disk. */
export interface ProjectPlace {
  /** Git root of the main work tree; else the folder itself. */
  readonly root: string;
  readonly name: string;
  readonly branch: string | null;
}

interface SessionRow {
  readonly id: string;
  readonly at: number;
  readonly endedAt: number | null;
  readonly resumed: number;
  readonly source: string | null;
  readonly endReason: string | null;
  readonly cwd: string | null;
  readonly projectId: number | null;
  readonly branch: string | null;
  readonly transcriptPath: string | null;
  readonly prompts: number;
}

/** Keeps sessions, their subagents and projects up to date. */
export class SessionWriter {
  readonly #upsert;
  readonly #projectId;
  readonly #addProject;
  readonly #subagent;
  readonly #projects = new Map<string, number>();

  constructor(database: Database) {
    this.#upsert = database.prepare<SessionRow>(
      `INSERT INTO sessions (id, started_at, ended_at, last_event_at, source, end_reason, cwd,
         project_id, git_branch, transcript_path, prompts)
       VALUES (@id, @at, @endedAt, @at, @source, @endReason, @cwd, @projectId, @branch,
         @transcriptPath, @prompts)
       ON CONFLICT (id) DO UPDATE SET
         started_at = min(started_at, excluded.started_at),
         last_event_at = max(last_event_at, excluded.last_event_at),
         ended_at = CASE
           WHEN excluded.ended_at IS NOT NULL THEN max(coalesce(ended_at, 0), excluded.ended_at)
           WHEN @resumed AND excluded.started_at > ended_at THEN NULL
           ELSE ended_at END,
         source = coalesce(source, excluded.source),
         end_reason = coalesce(excluded.end_reason, end_reason),
         cwd = coalesce(cwd, excluded.cwd),
         project_id = coalesce(project_id, excluded.project_id),
         git_branch = coalesce(git_branch, excluded.git_branch),
         transcript_path = coalesce(transcript_path, excluded.transcript_path),
         prompts = prompts + excluded.prompts`,
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
  }

  /** The id of the project at `place`; null for null. */
  project(place: ProjectPlace | null): number | null {
    if (!place) return null;
    const known = this.#projects.get(place.root) ?? this.#projectId.get(place.root);
    const id = known ?? Number(this.#addProject.run(place.root, place.name).lastInsertRowid);
    this.#projects.set(place.root, id);
    return id;
  }

  /** Forgets ids that a rolled back transaction may have given out. */
  forget(): void {
    this.#projects.clear();
  }

  write(event: HookEvent, at: number, place: ProjectPlace | null): void {
    const ends = event.name === 'SessionEnd';
    this.#upsert.run({
      id: event.sessionId,
      at,
      endedAt: ends ? at : null,
      resumed: event.name === 'SessionStart' ? 1 : 0,
      source: event.name === 'SessionStart' ? (event.source ?? null) : null,
      endReason: ends ? (event.reason ?? null) : null,
      cwd: event.cwd ?? null,
      projectId: this.project(place),
      branch: place?.branch ?? null,
      transcriptPath: event.transcriptPath ?? null,
      prompts: isTypedPrompt(event) ? 1 : 0,
    });
    if (!event.agentId) return;
    const starts = event.name === 'SubagentStart';
    if (!starts && event.name !== 'SubagentStop') return;
    this.#subagent.run(
      event.sessionId,
      event.agentId,
      event.agentType ?? null,
      starts ? at : null,
      starts ? null : at,
    );
  }
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trackerPaths } from '../../lib/base/paths.ts';
import type { TrackerPaths } from '../../lib/base/paths.ts';
import { openTestDatabase } from '../support/test-database.ts';
import type { Database } from '../../lib/store/database/database.ts';

/** The time it is in every sample: 2026-11-24 12:00 UTC. */
export const NOW = Date.UTC(2026, 10, 24, 12);
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

type Row = Readonly<Record<string, string | number | null>>;

/** A user's home folder in a throwaway place, and a database that tests fill row by row. */
export class Sample {
  /** The user's home folder. */
  readonly folder: string;
  readonly paths: TrackerPaths;
  #database: Database | undefined;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'pattern-tracker-cli-'));
    this.paths = trackerPaths(join(this.folder, '.claude', 'hooks', 'pattern-tracker'));
  }

  get database(): Database {
    if (!this.#database) {
      mkdirSync(this.paths.data, { recursive: true, mode: 0o700 });
      this.#database = openTestDatabase(this.paths.database);
    }
    return this.#database;
  }

  /** Makes the spool's folders. */
  makeSpool(): void {
    for (const folder of [this.paths.spoolTmp, this.paths.spoolNew, this.paths.spoolBad]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
  }

  project(root: string, name: string): number {
    this.#insert('projects', { root, name });
    return Number(this.database.prepare('SELECT last_insert_rowid()').pluck().get());
  }

  session(id: string, row: Row = {}): void {
    const startedAt = NOW - HOUR;
    this.#insert('sessions', { id, started_at: startedAt, last_event_at: startedAt, ...row });
  }

  toolCall(sessionId: string, toolUseId: string, row: Row = {}): void {
    this.#insert('tool_calls', {
      session_id: sessionId,
      tool_use_id: toolUseId,
      tool_name: 'Write',
      summary: '',
      outcome: 'ok',
      certainty: 2,
      at: NOW - MINUTE,
      ...row,
    });
  }

  pattern(id: string, code: string, row: Row = {}): void {
    this.#insert('patterns', {
      id,
      name: 'queue.ts',
      code,
      language: 'typescript',
      lines: code.split('\n').length,
      origin: 'created',
      generation: 1,
      lineage_id: id,
      occurrences: 1,
      first_seen_at: NOW - HOUR,
      last_seen_at: NOW - MINUTE,
      ...row,
    });
  }

  occurrence(patternId: string, eventId: string, row: Row = {}): void {
    this.#insert('occurrences', {
      event_id: eventId,
      ordinal: 0,
      pattern_id: patternId,
      action: 'created',
      session_id: 'session-1',
      tool_use_id: null,
      tool_name: 'Write',
      file_path: '/w/app/queue.ts',
      language: 'typescript',
      start_line: 1,
      end_line: 3,
      at: NOW - MINUTE,
      ...row,
    });
  }

  edge(childId: string, parentId: string, row: Row = {}): void {
    this.#insert('lineage_edges', {
      child_id: childId,
      parent_id: parentId,
      edge_type: 'modified_from',
      created_at: NOW - HOUR,
      ...row,
    });
  }

  event(eventId: string, sessionId: string, name: string, row: Row = {}): void {
    this.#insert('events', {
      event_id: eventId,
      session_id: sessionId,
      name,
      received_at: NOW - MINUTE,
      size: 100,
      payload: '{}',
      ...row,
    });
  }

  close(): void {
    this.#database?.close();
    this.#database = undefined;
  }

  remove(): void {
    this.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #insert(table: string, row: Row): void {
    const names = Object.keys(row);
    this.database
      .prepare(
        `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `@${name}`).join(', ')})`,
      )
      .run(row);
  }
}

/** Two sessions in one project, with three patterns of one lineage and one of another. */
export function fillSample(sample: Sample): void {
  const project = sample.project('/w/app', 'app');
  const other = sample.project('/w/site', 'site');
  sample.session('3f2a9c10-1111-4111-8111-111111111111', {
    project_id: project,
    git_branch: 'main',
    source: 'startup',
    started_at: NOW - 2 * HOUR,
    ended_at: NOW - 2 * HOUR + 12 * MINUTE,
    last_event_at: NOW - 2 * HOUR + 12 * MINUTE,
    end_reason: 'other',
    cwd: '/w/app',
    prompts: 3,
  });
  sample.session('77e0d4b2-2222-4222-8222-222222222222', {
    project_id: other,
    started_at: NOW - 5 * MINUTE,
    last_event_at: NOW - MINUTE,
    prompts: 1,
  });
  sample.session('capture-test-00000000-0000-4000-8000-000000000000', {
    last_event_at: NOW - MINUTE,
  });
  const first = '3f2a9c10-1111-4111-8111-111111111111';
  const second = '77e0d4b2-2222-4222-8222-222222222222';
  sample.toolCall(first, 'toolu_1', {
    summary: '/w/app/src/queue.ts',
    started_at: NOW - 2 * HOUR,
    ended_at: NOW - 2 * HOUR + 16,
    duration_ms: 16,
    at: NOW - 2 * HOUR,
    lines_added: 12,
    lines_removed: 3,
  });
  sample.toolCall(first, 'toolu_2', {
    tool_name: 'Bash',
    summary: 'npm test',
    outcome: 'failed',
    error: 'Exit code 1\nFAIL test/queue.test.ts',
    duration_ms: 61_000,
    at: NOW - 2 * HOUR + MINUTE,
  });
  sample.toolCall(second, 'toolu_3', {
    tool_name: 'Read',
    summary: '/w/site/index.html',
    outcome: 'running',
    certainty: 0,
    at: NOW - 2 * MINUTE,
  });
  sample.toolCall('capture-test-00000000-0000-4000-8000-000000000000', 'toolu_test_1');
  sample.pattern('19aa52c0de77b841', '\nexport function push() {\n  return 1;\n}\n', {
    lines: 3,
    occurrences: 2,
    first_seen_at: NOW - 2 * HOUR - MINUTE,
    last_seen_at: NOW - 2 * HOUR,
  });
  sample.pattern('7c1e09ab44d2f310', 'export function push() {\n  return 2;\n}\n', {
    lines: 3,
    origin: 'modified',
    generation: 2,
    lineage_id: '19aa52c0de77b841',
    last_seen_at: NOW - 90 * MINUTE,
  });
  sample.pattern('7cffffffffffffff', 'export function push() {\n  return 3;\n}\n', {
    lines: 3,
    origin: 'modified',
    generation: 3,
    lineage_id: '19aa52c0de77b841',
    last_seen_at: NOW - 80 * MINUTE,
  });
  sample.pattern('ab00000000000000', 'body { color: red }\np { margin: 0 }\na { color: blue }', {
    name: 'site.css',
    language: 'css',
    last_seen_at: NOW - 3 * MINUTE,
  });
  sample.edge('7c1e09ab44d2f310', '19aa52c0de77b841');
  sample.edge('7cffffffffffffff', '7c1e09ab44d2f310');
  const inApp = { session_id: first, project_id: project, file_path: '/w/app/src/queue.ts' };
  sample.occurrence('19aa52c0de77b841', 'event-1', { ...inApp, at: NOW - 2 * HOUR });
  sample.occurrence('19aa52c0de77b841', 'event-2', {
    ...inApp,
    action: 'applied',
    file_path: '/w/app/src/copy.ts',
    start_line: 7,
    end_line: 7,
    at: NOW - 2 * HOUR - MINUTE,
  });
  sample.occurrence('7c1e09ab44d2f310', 'event-3', { ...inApp, action: 'modified' });
  sample.occurrence('7cffffffffffffff', 'event-4', { ...inApp, action: 'modified' });
  sample.occurrence('ab00000000000000', 'event-5', {
    session_id: second,
    project_id: other,
    file_path: '/w/site/site.css',
    start_line: null,
    end_line: null,
  });
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventOf } from '../../../lib/authorship/author.ts';
import { LineAuthors } from '../../../lib/authorship/line-authors.ts';
import { systemClock } from '../../../lib/base/clock.ts';
import { TrackerError } from '../../../lib/base/errors.ts';
import { CONFIG_DEFAULTS } from '../../../lib/config/config.ts';
import { Ingest } from '../../../lib/ingest/ingest.ts';
import { ProjectFinder } from '../../../lib/ingest/project.ts';
import { createRedactor } from '../../../lib/redact/redact.ts';
import { openDatabase } from '../../../lib/store/database/database.ts';
import { repackStatesChunk } from '../../../lib/store/maintenance/states/state-repack.ts';
import { AuthorshipTables } from '../../../lib/store/writers/authorship/authorship-tables.ts';
import type { SimulatedEvent } from './simulated-project.ts';

/** A piece as it was recorded. */
export interface RecordedPiece {
  readonly startLine: number | null;
  readonly endLine: number | null;
  /** The event that wrote most of what it replaced; null without one. */
  readonly parent: string | null;
  readonly generation: number;
}

/** Events that arrive together. */
const BATCH = 64;

const redactor = createRedactor();

/** A database of its own, which ingest fills from spool files as the courier does. */
export class Recording {
  readonly #folder = mkdtempSync(join(tmpdir(), 'attribution-'));
  readonly #database = openDatabase(join(this.#folder, 'tracker.db'));
  readonly #ingest = new Ingest(this.#database, {
    // Of what the sources name, nothing is to be left out.
    config: {
      ...CONFIG_DEFAULTS,
      capture: { ...CONFIG_DEFAULTS.capture, default_exclude_paths: false },
    },
    redactor,
    projects: new ProjectFinder(systemClock, (text) => text),
    machine: 'workbench',
  });

  /** Ingests events in their order; returns the CPU time that this took, in milliseconds. */
  take(events: readonly SimulatedEvent[]): number {
    const files = events.map(({ id, at, payload }, index) => {
      const name = `${index}.settings`;
      const path = join(this.#folder, name);
      const text = JSON.stringify({ ...payload, tool_use_id: id });
      writeFileSync(path, text);
      return { name, path, writtenAt: at, size: Buffer.byteLength(text) };
    });
    return millisecondsOf(() => {
      for (let from = 0; from < files.length; from += BATCH) {
        const bad = this.#ingest.take(files.slice(from, from + BATCH));
        if (bad.length > 0)
          throw new TrackerError('E_EVAL', `an event was not taken: ${bad[0]?.reason}`);
      }
    });
  }

  /**
   * Compresses the states as the courier's upkeep does when nothing more comes; returns the CPU time that this took, in
   * milliseconds.
   */
  repack(): number {
    return millisecondsOf(() => {
      while (repackStatesChunk(this.#database, Number.MAX_SAFE_INTEGER));
    });
  }

  /** For each line of a file, the event that wrote it; null for nobody's. */
  eventsOf(path: string, text: string): (string | null)[] {
    const [project = null] = this.#column<number>('SELECT id FROM projects');
    const names = this.#names();
    const authors = new LineAuthors(new AuthorshipTables(this.#database).of(project));
    return authors
      .authorsOf(path, text)
      .map((author) => author && (names.get(eventOf(author)) ?? author));
  }

  /** What was recorded of each piece, by its author. */
  pieces(): Map<string, RecordedPiece> {
    const names = this.#names();
    const rows = this.#database
      .prepare<[], RecordedPiece & { readonly eventId: string; readonly ordinal: number }>(
        `SELECT o.event_id AS eventId, o.ordinal, o.start_line AS startLine, o.end_line AS endLine,
           (SELECT parent_event_id FROM occurrence_parents p
            WHERE p.event_id = o.event_id AND p.ordinal = o.ordinal AND position = 0) AS parent,
           coalesce((SELECT generation FROM patterns WHERE id = o.pattern_id), 0) AS generation
         FROM occurrences o`,
      )
      .all();
    return new Map(
      rows.map(({ eventId, ordinal, parent, ...piece }) => [
        `${names.get(eventId) ?? eventId}-${ordinal}`,
        { ...piece, parent: parent && (names.get(parent) ?? parent) },
      ]),
    );
  }

  /** How many files are known, and the bytes of all pages that hold what is kept of them. */
  size(): { readonly files: number; readonly bytes: number } {
    const [files = 0] = this.#column<number>('SELECT count(*) FROM file_states');
    const [bytes = 0] = this.#column<number>(
      `SELECT sum(length(history) + length(noted_lines) + length(file_path)) FROM file_states`,
    );
    return { files, bytes };
  }

  remove(): void {
    this.#database.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The simulation's names of the events. */
  #names(): Map<string, string> {
    return new Map(
      this.#database
        .prepare<[], [string, string]>('SELECT event_id, tool_use_id FROM events')
        .raw()
        .all(),
    );
  }

  #column<T>(sql: string): T[] {
    return this.#database.prepare<[], T>(sql).pluck().all();
  }
}

// --- internal ---

/** The CPU time that `work` takes. */
function millisecondsOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

// A throwaway home for trackers of the library, with a look into its database.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trackerPaths } from '../../lib/base/paths.ts';
import { openTestDatabase } from '../support/test-database.ts';
import type { Database } from '../../lib/store/database/database.ts';
import { PatternTracker } from '../../lib/library/pattern-tracker.ts';
import type { PatternTrackerOptions } from '../../lib/library/library-options.ts';

export class LibraryHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'library-'));
  readonly paths = trackerPaths(join(this.folder, 'home'));
  /** Milliseconds since 1970; a test moves it. */
  now = Date.UTC(2026, 10, 24, 12);
  readonly #trackers: PatternTracker[] = [];
  #database: Database | undefined;

  /** A tracker that starts no courier and has nothing of this machine's environment. */
  tracker(options: PatternTrackerOptions = {}): PatternTracker {
    this.prepare();
    const tracker = new PatternTracker({
      home: this.paths.home,
      env: {},
      clock: () => this.now,
      machine: 'test-machine',
      startCourier: false,
      ...options,
    });
    this.#trackers.push(tracker);
    return tracker;
  }

  prepare(): void {
    void this.database;
  }

  get database(): Database {
    if (!this.#database) {
      mkdirSync(this.paths.data, { recursive: true });
      this.#database = openTestDatabase(this.paths.database);
    }
    return this.#database;
  }

  rows<T = Record<string, unknown>>(sql: string): T[] {
    return this.database.prepare<[], T>(sql).all();
  }

  value(sql: string): unknown {
    return this.database.prepare(sql).pluck().get();
  }

  /** What waits in the outbox, as it will be sent. */
  get outbox(): SentEvent[] {
    return this.rows<{ body: string }>('SELECT body FROM outbox ORDER BY id').map(
      ({ body }) => JSON.parse(body) as SentEvent,
    );
  }

  async remove(): Promise<void> {
    for (const tracker of this.#trackers) await tracker.close();
    this.#database?.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface SentEvent {
  readonly event_id: string;
  readonly event_type: string;
  readonly pattern_id: string;
  readonly parent_pattern_ids: readonly string[];
  readonly edge_type?: string | null;
  readonly reason: string | null;
  readonly pattern_data: Readonly<Record<string, unknown>>;
  readonly [key: string]: unknown;
}

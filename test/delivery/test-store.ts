// An ingest on a throwaway database, fed with payloads instead of a spool.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIG_DEFAULTS, configSchema } from '../../lib/config/config.ts';
import { createRedactor } from '../../lib/redact/redact.ts';
import { openTestDatabase } from '../support/test-database.ts';
import { Ingest } from '../../lib/ingest/ingest.ts';
import type { BadFile } from '../../lib/ingest/ingest.ts';
import type { SpoolFile } from '../../lib/ingest/spool/spool-reader.ts';
import { ProjectFinder } from '../../lib/ingest/project.ts';

export type Payload = Record<string, unknown>;

export interface Arrival {
  readonly payload: Payload;
  /** Milliseconds. @default 1000 after the one before */
  readonly at?: number;
  readonly registration?: 'settings' | 'plugin';
  /** @default a name nobody has */
  readonly spoolName?: string;
}

export class TestStore {
  readonly folder = mkdtempSync(join(tmpdir(), 'store-'));
  readonly database = openTestDatabase(join(this.folder, 'tracker.db'));
  /** The newest Claude Code that is installed. */
  newestClaude: string | undefined;
  readonly #ingest: Ingest;
  #now = 1_000_000;
  #files = 0;

  constructor(config: Record<string, unknown> = {}) {
    this.#ingest = new Ingest(this.database, {
      config: { ...CONFIG_DEFAULTS, ...configSchema.parse(config) },
      redactor: createRedactor(),
      projects: new ProjectFinder(
        () => this.#now,
        (text) => text,
      ),
      machine: 'workbench',
      newestClaude: () => this.newestClaude,
    });
  }

  /** Takes payloads in one batch, a second apart. */
  take(...payloads: Payload[]): BadFile[] {
    return this.arrive(payloads.map((payload) => ({ payload })));
  }

  takeFiles(...files: SpoolFile[]): BadFile[] {
    return this.#ingest.take(files);
  }

  arrive(arrivals: readonly Arrival[]): BadFile[] {
    return this.#ingest.take(
      arrivals.map(({ payload, at, registration = 'settings', spoolName }) => {
        this.#now = at ?? this.#now + 1000;
        const name = spoolName ?? `${this.#files++}.${registration}`;
        const path = join(this.folder, name);
        const text = `${JSON.stringify(payload)}\n`;
        writeFileSync(path, text);
        return { name, path, writtenAt: this.#now, size: Buffer.byteLength(text) };
      }),
    );
  }

  rows<T = Record<string, unknown>>(sql: string): T[] {
    return this.database.prepare<[], T>(sql).all();
  }

  value(sql: string): unknown {
    return this.database.prepare(sql).pluck().get();
  }

  remove(): void {
    this.database.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const SESSION = { session_id: 's1', cwd: '/home/dev/project' };

/** Payloads as the current version sends them. */
export const hook = {
  event: (hook_event_name: string, fields: Payload = {}): Payload => ({
    ...SESSION,
    hook_event_name,
    ...fields,
  }),
  pre: (id: string, tool_name: string, tool_input: Payload, fields: Payload = {}): Payload =>
    hook.event('PreToolUse', { tool_name, tool_input, tool_use_id: id, ...fields }),
  post: (id: string, tool_name: string, tool_input: Payload, fields: Payload = {}): Payload =>
    hook.event('PostToolUse', {
      tool_name,
      tool_input,
      tool_response: {},
      tool_use_id: id,
      ...fields,
    }),
  failure: (id: string, tool_name: string, error: string, fields: Payload = {}): Payload =>
    hook.event('PostToolUseFailure', { tool_name, tool_use_id: id, error, ...fields }),
  batch: (...calls: { id: string; name: string; response: string }[]): Payload =>
    hook.event('PostToolBatch', {
      tool_calls: calls.map(({ id, name, response }) => ({
        tool_name: name,
        tool_input: {},
        tool_use_id: id,
        tool_response: response,
      })),
    }),
  write: (id: string, file_path: string, content: string, fields: Payload = {}): Payload =>
    hook.post(id, 'Write', { file_path, content }, fields),
  edit: (
    id: string,
    file_path: string,
    old_string: string,
    new_string: string,
    fields: Payload = {},
  ): Payload => hook.post(id, 'Edit', { file_path, old_string, new_string }, fields),
};

// A project on disk whose files Claude and others write, recorded as ingest does it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { textChanges } from '../../lib/authorship/payload/text-change.ts';
import type { JsonObject } from '../../lib/base/json.ts';
import { hookEventOf } from '../../lib/event/hook-event.ts';
import { PatternRecorder } from '../../lib/ingest/pattern-recorder.ts';
import { TrackerWriter } from '../../lib/store/writers/tracker-writer.ts';
import { HOUR, MINUTE, NOW, Sample } from './sample-database.ts';

/** Session ids of the project. */
export const FIRST = 'aaaa1111-1111-4111-8111-111111111111';
export const SECOND = 'bbbb2222-2222-4222-8222-222222222222';

export class RecordedProject extends Sample {
  readonly root = join(this.folder, 'project');
  readonly projectId: number;
  readonly #writer;
  readonly #recorder;
  #at = NOW - 2 * HOUR;
  #events = 0;

  constructor() {
    super();
    mkdirSync(this.root, { recursive: true });
    this.projectId = this.project(this.root, 'project');
    this.#writer = new TrackerWriter(this.database, {});
    this.#recorder = new PatternRecorder(this.#writer.patterns, this.#writer.authorship, {
      scheme: 'sha16-code',
      feed: undefined,
      clean: (text) => text,
    });
    for (const id of [FIRST, SECOND]) this.session(id, { project_id: this.projectId });
  }

  path(name: string): string {
    return join(this.root, name);
  }

  /** Writes to disk only: what a person does. */
  byHand(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** A prompt of a person. */
  prompt(session: string, prompt: string, source?: string): void {
    this.event(this.#nextEvent(), session, 'UserPromptSubmit', {
      received_at: this.#at,
      payload: JSON.stringify({ prompt, ...(source === undefined ? {} : { source }) }),
    });
  }

  /** A Write of Claude's. Returns the id of the call. */
  write(name: string, content: string, before: string | null, session = FIRST): string {
    const path = this.path(name);
    const response = {
      type: before === null ? 'create' : 'update',
      filePath: path,
      content,
      originalFile: before,
    };
    return this.#call(session, 'Write', { file_path: path, content }, response, [name, content]);
  }

  /** An Edit of Claude's, of the text that stands on disk. Returns the id of the call. */
  edit(
    name: string,
    [before, after]: readonly [string, string],
    {
      old,
      now,
      all = false,
    }: { readonly old: string; readonly now: string; readonly all?: boolean },
    session = FIRST,
  ): string {
    const path = this.path(name);
    const input = { file_path: path, old_string: old, new_string: now, replace_all: all };
    const response = {
      filePath: path,
      oldString: old,
      newString: now,
      originalFile: before,
      replaceAll: all,
    };
    return this.#call(session, 'Edit', input, response, [name, after]);
  }

  #call(
    session: string,
    tool: string,
    input: JsonObject,
    response: JsonObject,
    [name, text]: readonly [string, string],
  ): string {
    const eventId = this.#nextEvent();
    const toolUseId = `toolu_${this.#events}`;
    const at = this.#at;
    const event = hookEventOf({
      session_id: session,
      hook_event_name: 'PostToolUse',
      cwd: this.root,
      tool_name: tool,
      tool_use_id: toolUseId,
      tool_input: input,
      tool_response: response,
    });
    this.toolCall(session, toolUseId, { tool_name: tool, at });
    this.event(eventId, session, 'PostToolUse', { tool_use_id: toolUseId, received_at: at });
    this.#writer.transaction(() => {
      this.#recorder.record(textChanges(event).changes, {
        eventId,
        sessionId: session,
        toolUseId,
        toolName: tool,
        projectId: this.projectId,
        at,
      });
    });
    this.byHand(name, text);
    return toolUseId;
  }

  #nextEvent(): string {
    this.#events += 1;
    this.#at += MINUTE;
    return this.#events.toString(16).padStart(32, 'e');
  }
}

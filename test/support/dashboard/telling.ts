// What Claude does, told as the payloads of its hooks: each method is one step of a session.
import type { JsonObject } from '../../../lib/base/json.ts';
import { editPayload, writePayload } from '../../../scripts/eval/attribution/payloads.ts';

export interface ToldEvent {
  /** When it was captured, in milliseconds since 1970. */
  readonly at: number;
  readonly payload: JsonObject;
}

export interface TellingOptions {
  readonly session: string;
  /** @default /home/dev/project */
  readonly cwd?: string;
  /** When it begins, in milliseconds since 1970. */
  readonly at: number;
}

export class Telling {
  readonly session: string;
  readonly cwd: string;
  /** When the next event happens. */
  at: number;
  /** The subagent whose calls are told; undefined for the session's own. */
  agent: string | undefined;
  #events: ToldEvent[] = [];
  readonly #files = new Map<string, string>();
  #calls = 0;

  constructor({ session, cwd = '/home/dev/project', at }: TellingOptions) {
    this.session = session;
    this.cwd = cwd;
    this.at = at;
  }

  /** What was told since the last time. */
  drain(): ToldEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** The files as it left them, by their absolute paths. */
  texts(): ReadonlyMap<string, string> {
    return this.#files;
  }

  /** Begins with a file that an earlier session left so. */
  know(file: string, text: string): this {
    this.#files.set(`${this.cwd}/${file}`, text);
    return this;
  }

  /** Lets time go by, in milliseconds. */
  pause(ms: number): this {
    this.at += ms;
    return this;
  }

  start(): this {
    return this.tell('SessionStart', { source: 'startup', model: 'claude-opus-4-6' });
  }

  prompt(prompt: string): this {
    return this.pause(500).tell('UserPromptSubmit', { prompt });
  }

  stop(): this {
    return this.pause(500).tell('Stop', { stop_hook_active: false });
  }

  end(): this {
    return this.tell('SessionEnd', { reason: 'prompt_input_exit' });
  }

  /** Claude asks whether it may run a call. */
  ask(tool: string, input: JsonObject): this {
    this.#begin(tool, input);
    return this.pause(200).tell('PermissionRequest', { tool_name: tool, tool_input: input });
  }

  bash(command: string, ms: number, failure?: string): this {
    const input = { command, description: 'run it' };
    const id = this.#begin('Bash', input);
    this.pause(ms);
    const call = { tool_name: 'Bash', tool_input: input, tool_use_id: id, duration_ms: ms };
    if (failure !== undefined) return this.tell('PostToolUseFailure', { ...call, error: failure });
    const response = { stdout: 'ok', stderr: '', interrupted: false, isImage: false };
    return this.tell('PostToolUse', { ...call, tool_response: response });
  }

  read(file: string): this {
    const input = { file_path: `${this.cwd}/${file}` };
    const id = this.#begin('Read', input);
    const call = { tool_name: 'Read', tool_input: input, tool_use_id: id, duration_ms: 5 };
    return this.pause(5).tell('PostToolUse', { ...call, tool_response: { type: 'text' } });
  }

  /** Any tool, with the input and the answer that it had. */
  call(tool: string, input: JsonObject, response: JsonObject, ms: number): this {
    const id = this.#begin(tool, input);
    const call = { tool_name: tool, tool_input: input, tool_use_id: id, duration_ms: ms };
    return this.pause(ms).tell('PostToolUse', { ...call, tool_response: response });
  }

  /** Starts a call that is still running when the telling is over; its id. */
  running(tool: string, input: JsonObject): string {
    return this.#begin(tool, input);
  }

  write(file: string, content: string): this {
    const path = `${this.cwd}/${file}`;
    const payload = writePayload(this.session, path, this.#files.get(path) ?? null, content);
    this.#files.set(path, content);
    return this.#wrote(payload, 12);
  }

  edit(file: string, oldText: string, newText: string): this {
    const path = `${this.cwd}/${file}`;
    const before = this.#files.get(path) ?? '';
    const after = before.replace(oldText, () => newText);
    this.#files.set(path, after);
    return this.#wrote(
      editPayload(this.session, path, { before, after }, { oldText, newText }),
      24,
    );
  }

  /** Has a subagent do something; what it does is told by `work`. */
  agentCall(id: string, description: string, work: (telling: Telling) => void): this {
    const input = { description, prompt: description, subagent_type: 'general-purpose' };
    const call = this.#begin('Agent', input);
    const begun = this.at;
    this.pause(100);
    this.agent = id;
    this.tell('SubagentStart', { agent_type: 'general-purpose' });
    work(this);
    this.tell('SubagentStop', { stop_hook_active: false, agent_type: 'general-purpose' });
    this.agent = undefined;
    return this.pause(100).tell('PostToolUse', {
      tool_name: 'Agent',
      tool_input: input,
      tool_use_id: call,
      duration_ms: this.at - begun,
      tool_response: { status: 'completed', agentId: id, content: [] },
    });
  }

  /** Any event. */
  tell(name: string, fields: JsonObject = {}): this {
    this.#events.push({
      at: this.at,
      payload: {
        session_id: this.session,
        transcript_path: `/home/dev/.claude/projects/p/${this.session}.jsonl`,
        cwd: this.cwd,
        hook_event_name: name,
        ...(this.agent === undefined
          ? {}
          : { agent_id: this.agent, agent_type: 'general-purpose' }),
        ...fields,
      },
    });
    return this;
  }

  #wrote(payload: JsonObject, ms: number): this {
    const { tool_name: tool, tool_input: input } = payload;
    const id = this.#begin(`${tool as string}`, input as JsonObject);
    const { tool_response: response } = payload;
    const call = { tool_name: tool, tool_input: input, tool_use_id: id, duration_ms: ms };
    return this.pause(ms).tell('PostToolUse', { ...call, tool_response: response } as JsonObject);
  }

  #begin(tool: string, input: JsonObject): string {
    this.#calls += 1;
    const id = `toolu_${this.session.slice(0, 8)}_${`${this.#calls}`.padStart(5, '0')}`;
    this.pause(300).tell('PreToolUse', { tool_name: tool, tool_input: input, tool_use_id: id });
    return id;
  }
}

// A project on disk and the payloads that Claude Code sends of what is done in it, ingested as they are.
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { trackerPaths } from '../../lib/base/paths.ts';
import type { CliEnvironment } from '../../lib/cli/environment.ts';
import { main } from '../../lib/cli/main.ts';
import {
  bashPayload,
  editPayload,
  multiEditPayload,
  writePayload,
} from '../../scripts/eval/attribution/payloads.ts';
import type { EditInput } from '../../scripts/eval/attribution/payloads.ts';
import { TestStore } from '../delivery/test-store.ts';
import type { Payload } from '../delivery/test-store.ts';
import { testEnvironment } from './test-environment.ts';
import type { Run } from './test-environment.ts';

export const SESSION = 'aaaa1111-1111-4111-8111-111111111111';

export class ToldSession {
  readonly store: TestStore;
  readonly root: string;
  /** When the next event happens, in milliseconds since 1970 UTC. */
  at = Date.UTC(2026, 10, 24, 9);
  session = SESSION;
  #calls = 0;

  constructor(config: Record<string, unknown> = {}) {
    this.store = new TestStore(config);
    this.root = join(realpathSync(this.store.folder), 'project');
    mkdirSync(join(this.root, '.git'), { recursive: true });
  }

  path(name: string): string {
    return join(this.root, name);
  }

  text(name: string): string | null {
    return existsSync(this.path(name)) ? readFileSync(this.path(name), 'utf8') : null;
  }

  /** Writes to disk only: what a person does. */
  byHand(name: string, text: string): void {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
  }

  /** One event more, a second after the one before. */
  tell(payload: Payload): void {
    this.at += 1000;
    const whole = { session_id: this.session, cwd: this.root, ...payload };
    this.store.arrive([{ payload: whole, at: this.at }]);
  }

  turn(hook_event_name: string, fields: Payload = {}): void {
    this.tell({ hook_event_name, ...fields });
  }

  prompt(prompt: string): void {
    this.turn('UserPromptSubmit', { prompt });
  }

  write(name: string, content: string, more: Payload = {}): string {
    const before = this.text(name);
    this.byHand(name, content);
    return this.#call(writePayload(this.session, this.path(name), before, content), more);
  }

  edit(name: string, input: EditInput, more: Payload = {}): string {
    const before = this.text(name) ?? '';
    const after = edited(before, input);
    this.byHand(name, after);
    return this.#call(editPayload(this.session, this.path(name), { before, after }, input), more);
  }

  multiEdit(name: string, inputs: readonly EditInput[]): string {
    const before = this.text(name) ?? '';
    const after = inputs.reduce(edited, before);
    this.byHand(name, after);
    return this.#call(
      multiEditPayload(this.session, this.path(name), { before, after }, inputs),
      {},
    );
  }

  /** A command that leaves these texts; null for a file that it removes. */
  bash(
    command: string,
    texts: Readonly<Record<string, string | null>>,
    more: Payload = {},
  ): string {
    const shown = Object.entries(texts).map(([name, after]) => {
      const before = this.text(name);
      if (after === null) rmSync(this.path(name));
      else this.byHand(name, after);
      return { path: this.path(name), before, after };
    });
    return this.#call(bashPayload(this.session, command, shown), more);
  }

  /** A call without a file; `end` is what hooks are told when it ends. */
  call(toolName: string, input: Payload, end: Payload | null = {}, more: Payload = {}): string {
    const id = this.#nextId();
    const common = { tool_name: toolName, tool_input: input, tool_use_id: id, ...more };
    this.tell({ ...common, hook_event_name: 'PreToolUse' });
    if (end !== null) {
      this.tell({ ...common, hook_event_name: 'PostToolUse', tool_response: {}, ...end });
    }
    return id;
  }

  /** Runs the program in the project. */
  async run(argv: readonly string[], overrides: Partial<CliEnvironment> = {}): Promise<Run> {
    const paths = {
      ...trackerPaths(join(this.store.folder, 'home')),
      database: join(this.store.folder, 'tracker.db'),
    };
    const { cli, written } = testEnvironment(
      { folder: this.store.folder, paths },
      { cwd: this.root, now: () => this.at + 60_000, ...overrides },
    );
    const exitCode = await main([...argv], cli);
    return { exitCode, ...written };
  }

  remove(): void {
    this.store.remove();
  }

  #call(payload: Payload, more: Payload): string {
    const id = this.#nextId();
    this.tell({ ...payload, cwd: this.root, tool_use_id: id, ...more });
    return id;
  }

  #nextId(): string {
    this.#calls += 1;
    return `toolu_${String(this.#calls).padStart(4, '0')}`;
  }
}

// --- internal ---

function edited(text: string, { oldText, newText, everywhere = false }: EditInput): string {
  return everywhere
    ? text.replaceAll(oldText, () => newText)
    : text.replace(oldText, () => newText);
}

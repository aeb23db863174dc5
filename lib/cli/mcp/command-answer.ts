import type { Json } from '../../base/json.ts';
import type { Redactor } from '../../redact/redact.ts';
import type { CommandList } from '../command.ts';
import { quietEnvironment } from '../environment.ts';
import type { CliEnvironment } from '../environment.ts';
import { reportFailure } from '../failure.ts';
import { runCommand } from '../run-command.ts';
import { boundedJson } from './bounded-json.ts';
import type { CommandCall } from './mcp-tool.ts';

/** What a command answered, or what is wrong. */
export interface CommandAnswer {
  /** JSON; for an error, what a person would read. */
  readonly text: string;
  readonly isError: boolean;
}

/** Runs commands for the MCP server, and answers with what they print as JSON: without secrets, and not too long. */
export class CommandAnswers {
  readonly #cli: CliEnvironment;
  readonly #commands: CommandList;
  readonly #redactor: Redactor;

  constructor(cli: CliEnvironment, commands: CommandList, redactor: Redactor) {
    this.#cli = cli;
    this.#commands = commands;
    this.#redactor = redactor;
  }

  /** Never rejects: what goes wrong is answered. */
  async of({ command, words, input = '' }: CommandCall): Promise<CommandAnswer> {
    const { cli, printed } = quietEnvironment(this.#cli, input);
    try {
      await runCommand(command, ['--json', ...words], cli, this.#commands);
      return { text: JSON.stringify(this.#clean(JSON.parse(printed.out) as Json)), isError: false };
    } catch (error) {
      printed.err = '';
      await reportFailure(error, cli, { misuse: 2, isJson: false });
      return { text: this.#redactor.redactText(printed.err).text, isError: true };
    }
  }

  /** Redacted again: there may be new rules since it was stored. Cut after that, because half a secret is not found. */
  #clean(answer: Json): Json {
    const { payload } = this.#redactor.redactPayload({ answer });
    return boundedJson(payload['answer'] ?? null);
  }
}

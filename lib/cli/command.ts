import { defineCommand } from 'citty';
import type { ArgsDef, CommandDef, ParsedArgs } from 'citty';
import type { CliEnvironment } from './environment.ts';

/** What a command consists of. */
export interface CommandOptions<T extends ArgsDef> {
  readonly name: string;
  /** First line: one sentence. Then what `--json` prints, and examples. */
  readonly description: string;
  readonly args: T;
  /** Returns the exit code; nothing means 0. */
  readonly run: (
    args: ParsedArgs<T>,
    cli: CliEnvironment,
  ) => number | void | Promise<number | void>;
}

/** Makes a citty command. `main` passes the environment to it as `data`. */
export function trackerCommand<const T extends ArgsDef>(options: CommandOptions<T>): CommandDef<T> {
  const { name, description, args, run } = options;
  return defineCommand({
    meta: { name, description },
    args,
    run: (context) => run(context.args, context.data as CliEnvironment),
  });
}

/** `--json`, for every command that can print JSON. */
export const jsonArg = {
  json: { type: 'boolean', description: 'Print JSON for programs' },
} as const;

/** `--project` of lists, read by `chooseProjects`. */
export const projectArg = {
  project: {
    type: 'string',
    valueHint: 'name|path',
    description: 'Only this project; "." is the one you are in',
  },
} as const;

/** `--since` and `--until` of lists, read by `timeRangeOf`. */
export const timeArgs = {
  since: {
    type: 'string',
    valueHint: 'time',
    description: 'Only since this time: 2h, yesterday, "last monday", 2026-11-01 (local time)',
  },
  until: {
    type: 'string',
    valueHint: 'time',
    description: 'Only up to this time; a day counts to its end',
  },
} as const;

/** `--session`, read by `sessionOf`. */
export const sessionArg = {
  session: {
    type: 'string',
    valueHint: 'id',
    description: 'Only this session; the first characters of its id are enough',
  },
} as const;

/** `--limit` of lists, read by `parseLimit`. */
export const limitArg = {
  limit: {
    type: 'string',
    valueHint: 'n',
    default: '20',
    description: 'Show at most n; 0 shows all',
  },
} as const;

/** `--no-pager` of what may be longer than the terminal. */
export const pagerArg = {
  pager: { type: 'boolean', default: true, description: 'Print all at once, without $PAGER' },
} as const;

/** `--all` of lists, which leave out the sessions of `capture-test` without it. */
export const allArg = {
  all: { type: 'boolean', description: 'Include what `capture-test` recorded' },
} as const;

import { defineCommand } from 'citty';
import type { ArgsDef, CommandDef, ParsedArgs } from 'citty';
import type { CliEnvironment } from './environment.ts';

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

/** A citty command that is handed its environment, as `data`, by `main`. */
export function trackerCommand<const T extends ArgsDef>(options: CommandOptions<T>): CommandDef<T> {
  const { name, description, args, run } = options;
  return defineCommand({
    meta: { name, description },
    args,
    run: (context) => run(context.args, context.data as CliEnvironment),
  });
}

/** Arguments that several commands share. */
export const jsonArg = {
  json: { type: 'boolean', description: 'Print JSON for programs' },
} as const;

export const projectArg = {
  project: {
    type: 'string',
    valueHint: 'name|path',
    description: 'Only of this project; "." is the one you are in',
  },
} as const;

export const sinceArg = {
  since: {
    type: 'string',
    valueHint: 'time',
    description: 'Only since then: 30m, 2h, 3d, 1w, 2026-11-01 (local time)',
  },
} as const;

export const sessionArg = {
  session: {
    type: 'string',
    valueHint: 'id',
    description: 'Only of this session; the first characters are enough',
  },
} as const;

export const limitArg = {
  limit: {
    type: 'string',
    valueHint: 'n',
    default: '20',
    description: 'At most this many; 0 is all',
  },
} as const;

export const allArg = {
  all: { type: 'boolean', description: 'Also what `capture-test` recorded' },
} as const;

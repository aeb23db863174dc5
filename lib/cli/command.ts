import type { ArgsDef, CommandDef, ParsedArgs } from 'citty';
import type { CliEnvironment } from './environment.ts';

/** What the help of a command says, beside its arguments. `help.ts` lays it out and breaks the lines. */
export interface CommandHelp {
  /** One sentence: the same as in the command list. */
  readonly summary: string;
  /** Command lines that show what it is for; the simplest first. */
  readonly examples: readonly [string, ...string[]];
  /** What each of its actions does, for a command that has several. */
  readonly actions?: Readonly<Record<string, string>>;
  /** What else one should know: paragraphs, with an empty line between them. */
  readonly details?: string;
  /** What `--json` prints. */
  readonly json: string;
  /** What the exit code means, where it says more than success or failure. */
  readonly exitCodes?: string;
}

/** What a command consists of. */
export interface CommandOptions<T extends ArgsDef> extends CommandHelp {
  readonly name: string;
  readonly args: T;
  /** Returns the exit code; nothing means 0. */
  readonly run: (
    args: ParsedArgs<T>,
    cli: CliEnvironment,
    commands: CommandList,
  ) => number | void | Promise<number | void>;
}

/** A citty command that also carries its help. */
export interface TrackerCommand<T extends ArgsDef = ArgsDef> extends CommandDef<T> {
  readonly args: T;
  readonly help: CommandHelp;
}

/** The groups of `--help`, in its order. */
export const COMMAND_GROUPS = [
  'Look',
  'Health',
  'Delivery',
  'Database',
  'Server',
  'Setup',
] as const;

/** A command as `main` and `--help` know it before its module is loaded. */
export interface ListedCommand {
  readonly group: (typeof COMMAND_GROUPS)[number];
  /** The same as in the command's own help; it is here so that `--help` loads no command. */
  readonly summary: string;
  /** Loads the citty command, whose type differs with its arguments. */
  readonly load: () => Promise<object>;
  /** Exit code for wrong usage. @default 2 */
  readonly misuse?: number;
}

/** All commands by their names. */
export type CommandList = Readonly<Record<string, ListedCommand>>;

/** Loads the module of a command. */
export async function loadCommand(listed: ListedCommand): Promise<TrackerCommand> {
  return (await listed.load()) as TrackerCommand;
}

/** What `main` passes to a command. */
export interface CommandContext {
  readonly cli: CliEnvironment;
  /** For a command that is about the others; it cannot import the list, which imports it. */
  readonly commands: CommandList;
}

/** Makes a citty command. `main` passes a `CommandContext` to it as `data`. */
export function trackerCommand<const T extends ArgsDef>(
  options: CommandOptions<T>,
): TrackerCommand<T> {
  const { name, args, run, ...help } = options;
  return {
    meta: { name, description: help.summary },
    args,
    run: (context) => {
      const { cli, commands } = context.data as CommandContext;
      return run(context.args, cli, commands);
    },
    help,
  };
}

/** `--json`, for every command that can print JSON. */
export const jsonArg = {
  json: { type: 'boolean', description: 'Print JSON for programs' },
} as const;

/** `--project` of lists, read by `chooseProjects`. */
export const projectArg = {
  project: {
    type: 'string',
    valueHint: 'name or path',
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

/** `--page` of a list with `--limit`. */
export const pageArg = {
  page: {
    type: 'string',
    valueHint: 'n',
    description: 'Show the n-th part of the list, each of --limit rows',
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

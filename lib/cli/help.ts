import type { ArgDef } from 'citty';
import { COMMAND_GROUPS } from './command.ts';
import type { CommandList, TrackerCommand } from './command.ts';
import { columns, wrapped, wrappedParagraphs } from './output/wrapped-text.ts';

/** The name that the program is called by. */
export const PROGRAM = 'pattern-tracker';
/** The terminal that help is laid out for. */
export interface HelpScreen {
  readonly color: boolean;
  /** Characters in a line. */
  readonly columns: number;
}

/** The text of `pattern-tracker --help`. */
export function programHelp(commands: CommandList, screen: HelpScreen): string {
  const { bold, width } = layout(screen);
  const listed = Object.entries(commands);
  // One table, cut into groups, so that the summaries of all groups begin at the same place.
  const widest = Math.max(...listed.map(([name]) => name.length));
  return text([
    'Records every tool call of Claude Code, and finds the code it wrote.',
    '',
    `${bold('Usage')}  ${PROGRAM} <command> [options]`,
    ...COMMAND_GROUPS.flatMap((group) => [
      '',
      bold(group),
      ...columns(
        listed
          .filter(([, command]) => command.group === group)
          .map(([name, { summary }]) => [name.padEnd(widest), summary]),
        width,
      ),
    ]),
    '',
    bold('Options'),
    ...columns(
      [
        ['--help, -h', 'Show this help; after a command, its help'],
        ['--version, -v', 'Show the version'],
        ['--home DIR', 'Before the command: use the installation in this folder'],
      ],
      width,
    ),
    '',
    `Try  ${PROGRAM} status`,
  ]);
}

/** The text of `pattern-tracker COMMAND --help`: how it is used comes before what its fields mean. */
export function commandHelp(name: string, command: TrackerCommand, screen: HelpScreen): string {
  const { bold, width } = layout(screen);
  const { summary, examples, actions, details, json, exitCodes } = command.help;
  const { positionals, options } = argumentsOf(command);
  const explained = positionals.filter(([key]) => !actions || key !== 'action');
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', bold(title), ...lines];
  return text([
    ...wrapped(summary, width),
    '',
    `${bold('Usage')}  ${[PROGRAM, name, ...positionals.map(argumentPlace), '[options]'].join(' ')}`,
    ...section(
      'Examples',
      examples.flatMap((example) => example.split('\n').map((line) => `  ${line}`)),
    ),
    ...section('Actions', columns(Object.entries(actions ?? {}), width)),
    ...section('Arguments', columns(rowsOf(explained), width)),
    ...section('Options', columns([...rowsOf(options), ['--help, -h', 'Show this help']], width)),
    ...(details === undefined ? [] : ['', ...wrappedParagraphs(details, width)]),
    '',
    ...wrapped(`--json prints ${json}`, width),
    ...(exitCodes === undefined ? [] : ['', ...wrapped(`Exit code ${exitCodes}`, width)]),
  ]);
}

/** An argument with its key. */
export type NamedArg = readonly [string, ArgDef];

/** The arguments of a command, in their order: those that have a place, and the options. */
export function argumentsOf({ args }: Pick<TrackerCommand, 'args'>): {
  readonly positionals: readonly NamedArg[];
  readonly options: readonly NamedArg[];
} {
  const all = Object.entries(args);
  return {
    positionals: all.filter(([, arg]) => arg.type === 'positional'),
    options: all.filter(([, arg]) => arg.type !== 'positional'),
  };
}

/** A positional argument as usage shows it: `FILE`, `[ID…]`. */
export function argumentPlace([key, arg]: NamedArg): string {
  const place = `${key.toUpperCase()}${arg.valueHint ?? ''}`;
  return arg.required === false ? `[${place}]` : place;
}

/** An option as it is typed: `--json`, `--no-link`, `--limit <n>`, `--watch [seconds]`. */
export function flagOf(key: string, arg: ArgDef): string {
  const isNegated = arg.type === 'boolean' && arg.default === true;
  const short = 'alias' in arg && typeof arg.alias === 'string' ? `, -${arg.alias}` : '';
  return `--${isNegated ? 'no-' : ''}${key}${valueOf(arg)}${short}`;
}

/** What an argument means, with its default. */
export function textOf(arg: ArgDef): string {
  const own = arg.default ?? arg.valueHint?.split('=')[1];
  const fallback = typeof own === 'string' ? ` (default ${own})` : '';
  return `${arg.description ?? ''}${fallback}`;
}

// --- internal ---

const NARROWEST = 40;
/** Longer lines are hard to read. */
const WIDEST = 100;

function layout({ color, columns: given }: HelpScreen) {
  return {
    width: Math.min(Math.max(given, NARROWEST), WIDEST),
    /** How headings are marked: bold where colours are wanted. */
    bold: (line: string) => (color ? `\u001b[1m${line}\u001b[22m` : line),
  };
}

function text(lines: readonly string[]): string {
  return `${lines.join('\n')}\n`;
}

function rowsOf(args: readonly NamedArg[]): (readonly [string, string])[] {
  return args.map(([key, arg]) => [
    arg.type === 'positional' ? key.toUpperCase() : flagOf(key, arg),
    textOf(arg),
  ]);
}

function valueOf(arg: ArgDef): string {
  if (arg.type === 'enum') return ` <${(arg.options ?? []).join('|')}>`;
  if (arg.type !== 'string') return '';
  const [hint = 'value', fallback] = arg.valueHint?.split('=') ?? [];
  return fallback === undefined ? ` <${hint}>` : ` [${hint}]`;
}

import type { ArgDef, ArgsDef, CommandDef } from 'citty';
import { COMMANDS } from './command-list.ts';

const PROGRAM = 'pattern-tracker';

/** The text of `pattern-tracker --help`. */
export function programHelp(color: boolean): string {
  const { bold } = marks(color);
  return [
    'Records every tool call of Claude Code, and finds the code it wrote.',
    '',
    `${bold('Usage')}  ${PROGRAM} <command> [options]`,
    '',
    bold('Commands'),
    ...aligned(Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary])),
    '',
    bold('Options'),
    ...aligned([
      ['--help, -h', 'Show this help; after a command, its help'],
      ['--version, -v', 'Show the version'],
    ]),
    '',
    `Try  ${PROGRAM} status`,
    '',
  ].join('\n');
}

/** The text of `pattern-tracker COMMAND --help`. */
export async function commandHelp(
  name: string,
  command: CommandDef,
  color: boolean,
): Promise<string> {
  const { bold } = marks(color);
  const meta = await resolved(command.meta);
  const args = Object.entries((await resolved(command.args)) ?? ({} as ArgsDef));
  const positionals = args.filter(([, arg]) => arg.type === 'positional');
  const options = args.filter(([, arg]) => arg.type !== 'positional');
  const usage = positionals.map(([key, arg]) => {
    const place = `${key.toUpperCase()}${arg.valueHint ?? ''}`;
    return arg.required === false ? `[${place}]` : place;
  });
  const [summary = '', ...rest] = (meta?.description ?? '').split('\n');
  return [
    summary,
    '',
    `${bold('Usage')}  ${[PROGRAM, name, ...usage, '[options]'].join(' ')}`,
    '',
    ...(positionals.length > 0
      ? [
          bold('Arguments'),
          ...aligned(positionals.map(([key, arg]) => [key.toUpperCase(), text(arg)])),
          '',
        ]
      : []),
    bold('Options'),
    ...aligned([
      ...options.map(([key, arg]) => [flag(key, arg), text(arg)] as const),
      ['--help, -h', 'Show this help'],
    ]),
    ...(rest.length > 0 ? ['', ...rest.join('\n').trim().split('\n')] : []),
    '',
  ].join('\n');
}

// --- internal ---

function flag(key: string, arg: ArgDef): string {
  const negated = arg.type === 'boolean' && arg.default === true;
  const short = 'alias' in arg && typeof arg.alias === 'string' ? `, -${arg.alias}` : '';
  return `--${negated ? 'no-' : ''}${key}${valueOf(arg)}${short}`;
}

function valueOf(arg: ArgDef): string {
  if (arg.type === 'enum') return ` <${(arg.options ?? []).join('|')}>`;
  if (arg.type !== 'string') return '';
  const [hint = 'value', fallback] = arg.valueHint?.split('=') ?? [];
  return fallback === undefined ? ` <${hint}>` : ` [${hint}]`;
}

function text(arg: ArgDef): string {
  const own = arg.default ?? arg.valueHint?.split('=')[1];
  const fallback = typeof own === 'string' ? ` (default ${own})` : '';
  return `${arg.description ?? ''}${fallback}`;
}

/** Two columns, indented. */
function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`.trimEnd());
}

/** How headings are marked: bold where colours are wanted. */
function marks(color: boolean) {
  return { bold: (line: string) => (color ? `\u001b[1m${line}\u001b[22m` : line) };
}

async function resolved<T>(value: T | Promise<T> | (() => T | Promise<T>) | undefined) {
  return typeof value === 'function' ? await (value as () => T | Promise<T>)() : await value;
}

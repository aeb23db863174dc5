import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';
import type { ArgsDef } from 'citty';
import { errorCode, errorMessage } from '../../base/errors.ts';
import { nearest } from '../../base/nearest.ts';
import { UsageError } from './usage-error.ts';

/** The `valueHint` of a last positional that may be repeated. The command finds all of them in `args._`. */
export const ANY_NUMBER = '…';

/**
 * Adds the missing value to each option whose value may be left out. Its `valueHint` holds that value, as
 * in `seconds=2`; citty has no such options.
 */
export function filledIn(rawArgs: readonly string[], args: ArgsDef): string[] {
  const fallbacks = new Map<string, string>(
    Object.entries(args).flatMap(([name, { valueHint }]) => {
      const [, value] = valueHint?.split('=') ?? [];
      return value === undefined ? [] : [[`--${name}`, value] as const];
    }),
  );
  return rawArgs.map((word, index) => {
    const value = fallbacks.get(word);
    const next = rawArgs[index + 1];
    return value === undefined || (next !== undefined && !next.startsWith('-'))
      ? word
      : `${word}=${value}`;
  });
}

/**
 * Rejects what citty's parser accepts: unknown options, options without their value, too many or too few
 * positionals.
 *
 * @throws UsageError that says what was expected
 */
export function checkArguments(rawArgs: readonly string[], args: ArgsDef): void {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  const places: { readonly name: string; readonly isRequired: boolean }[] = [];
  let takesMore = false;
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type === 'positional') {
      places.push({ name, isRequired: arg.required !== false });
      takesMore = arg.valueHint === ANY_NUMBER;
      continue;
    }
    options[name] = {
      type: arg.type === 'string' || arg.type === 'enum' ? 'string' : 'boolean',
      ...('alias' in arg && typeof arg.alias === 'string' ? { short: arg.alias } : {}),
    };
  }
  const { positionals } = parsed(rawArgs, options);
  const surplus = positionals[places.length];
  if (surplus !== undefined && !takesMore) throw new UsageError(`unexpected argument "${surplus}"`);
  const missing = places.slice(positionals.length).find(({ isRequired }) => isRequired);
  if (missing) throw new UsageError(`${missing.name.toUpperCase()} is missing`, 'See its --help.');
}

// --- internal ---

function parsed(rawArgs: readonly string[], options: NonNullable<ParseArgsConfig['options']>) {
  try {
    return parseArgs({ args: [...rawArgs], options, allowPositionals: true, allowNegative: true });
  } catch (error) {
    const message = errorMessage(error);
    const quoted = /'([^']*)'/.exec(message)?.[1] ?? '';
    const name = /^--?[\w-]+/.exec(quoted)?.[0] ?? quoted;
    const code = errorCode(error);
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') throw unknownOption(name, Object.keys(options));
    if (code !== 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') throw error;
    if (message.includes('does not take an argument')) {
      throw new UsageError(`${name} takes no value`);
    }
    const option = quoted.replace(/^-\w, /, '').replace(/[ =].*/, '');
    throw new UsageError(
      `${option} needs a value`,
      message.includes('ambiguous') ? `A value that begins with "-": ${option}=-…` : undefined,
    );
  }
}

function unknownOption(name: string, known: readonly string[]): UsageError {
  const near = nearest(name.replace(/^-+/, ''), known);
  return new UsageError(
    `unknown option ${name}`,
    near ? `Did you mean --${near}?` : `Options: ${known.map((key) => `--${key}`).join(', ')}.`,
  );
}

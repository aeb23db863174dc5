import { OWN_RULES } from '../../alerts/alert-rules.ts';
import { loadCommand } from '../command.ts';
import type { CommandHelp, CommandList, ListedCommand } from '../command.ts';
import { argumentsOf, flagOf, argumentPlace, textOf } from '../help.ts';
import type { NamedArg } from '../help.ts';

/** What can be typed for an argument. */
export type Values =
  | { readonly kind: 'words'; readonly words: readonly Word[] }
  /** Looked up when it is completed, by `pattern-tracker completions patterns` or `sessions`. */
  | { readonly kind: 'patterns' | 'sessions' }
  | { readonly kind: 'file' | 'folder' | 'any' };

/** A word that can be typed, and what it means; empty when it says it itself. */
export interface Word {
  readonly word: string;
  readonly meaning: string;
}

/** An option as shells complete it. */
export interface CompletedOption {
  /** With its dashes: `--limit`, `--no-link`. */
  readonly flag: string;
  /** With its value: `--limit <n>`. */
  readonly usage: string;
  readonly meaning: string;
  /** Undefined for an option that takes no value. */
  readonly values: Values | undefined;
  /** True if the value may be left out. */
  readonly isOptional: boolean;
}

/** A positional argument as shells complete it. */
export interface CompletedPlace {
  /** As usage shows it: `[FILE]`. */
  readonly usage: string;
  readonly name: string;
  readonly meaning: string;
  readonly values: Values;
  /** True for the last place if it may be filled any number of times. */
  readonly repeats: boolean;
}

/** A command as completions and the man page know it. */
export interface CompletedCommand {
  readonly name: string;
  readonly group: ListedCommand['group'];
  readonly help: CommandHelp;
  readonly options: readonly CompletedOption[];
  readonly places: readonly CompletedPlace[];
}

/** Every command with its arguments: the one source of completions and the man page. */
export async function commandTable(commands: CommandList): Promise<readonly CompletedCommand[]> {
  return await Promise.all(
    Object.entries(commands).map(async ([name, listed]) => {
      const command = await loadCommand(listed);
      const { positionals, options } = argumentsOf(command);
      return {
        name,
        group: listed.group,
        help: command.help,
        options: [...options.map(completedOption), HELP_OPTION],
        places: positionals.map((arg) => completedPlace(name, arg, command.help)),
      };
    }),
  );
}

// --- internal ---

const HELP_OPTION: CompletedOption = {
  flag: '--help',
  usage: '--help, -h',
  meaning: 'Show the help of this command',
  values: undefined,
  isOptional: false,
};

function completedOption([key, arg]: NamedArg): CompletedOption {
  const usage = flagOf(key, arg);
  const takesValue = arg.type === 'enum' || arg.type === 'string';
  return {
    flag: usage.split(/[ ,]/)[0] ?? usage,
    usage,
    meaning: textOf(arg),
    values: takesValue ? valuesOf([key, arg]) : undefined,
    isOptional: arg.valueHint?.includes('=') === true,
  };
}

function completedPlace(command: string, named: NamedArg, help: CommandHelp): CompletedPlace {
  const [key, arg] = named;
  return {
    usage: argumentPlace(named),
    name: key.toUpperCase(),
    meaning: textOf(arg),
    values: placeValues(command, named, help),
    repeats: arg.valueHint !== undefined,
  };
}

function placeValues(command: string, [key, arg]: NamedArg, { actions }: CommandHelp): Values {
  if (key === 'action' && actions) {
    const words = Object.entries(actions).map(([word, meaning]) => ({ word, meaning }));
    return { kind: 'words', words };
  }
  if (command === 'show' && key === 'id') return { kind: 'patterns' };
  if (command === 'alerts' && key === 'rule') return words(OWN_RULES.map(({ id }) => id));
  if (command === 'similar' && key === 'code') return { kind: 'file' };
  return valuesOf([key, arg]);
}

function valuesOf([key, arg]: NamedArg): Values {
  const hint = arg.valueHint ?? key;
  if (arg.type === 'enum') return words(arg.options ?? []);
  if (WORDS.test(hint)) return words(hint.split('|'));
  if (key === 'session') return { kind: 'sessions' };
  if (key === 'project') return { kind: 'folder' };
  return { kind: hint === 'file' ? 'file' : 'any' };
}

/** A value hint that lists what can be typed: `http|otlp`. */
const WORDS = /^[a-z]+(?:\|[a-z]+)+$/;

function words(list: readonly string[]): Values {
  return { kind: 'words', words: list.map((word) => ({ word, meaning: '' })) };
}

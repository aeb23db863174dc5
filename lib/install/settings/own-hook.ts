import { realpathSync } from 'node:fs';
import { isAbsolute, relative, sep } from 'node:path';
import { isJsonObject } from '../../base/json.ts';
import { CONTEXT_PROGRAM } from '../hook-command.ts';
import { splitWords, withoutAssignments } from '../shell-words.ts';

/** How to recognise our own hooks. */
export interface OwnHookOptions {
  /** The installation's folder, under every name it has (as given, and with links resolved). */
  readonly homes: readonly string[];
  /** What `~` stands for. */
  readonly userHome: string | undefined;
}

/**
 * True for a hook that runs a program of this installation, whatever its quoting and whichever version
 * or capture front it comes from. A command that is more than one plain call is not ours.
 */
export function isOwnHook(hook: unknown, options: OwnHookOptions): boolean {
  return ownPrograms(hook, options).length > 0;
}

/** True for a hook of this installation that does not capture, but gives Claude the note of `context: on`. */
export function isContextHook(hook: unknown, options: OwnHookOptions): boolean {
  return ownPrograms(hook, options).includes(CONTEXT_PROGRAM);
}

/** The names of an installation's folder: as given, and with links resolved. */
export function homesOf(home: string): readonly string[] {
  try {
    return [...new Set([home, realpathSync(home)])];
  } catch {
    return [home]; // it does not exist yet, so it has no second name
  }
}

// --- internal ---

/** The programs of this installation that a hook may be for, from the installation's folder, with `/`. */
function ownPrograms(hook: unknown, { homes, userHome }: OwnHookOptions): string[] {
  if (!isJsonObject(hook) || typeof hook['command'] !== 'string') return [];
  const { command, args } = hook;
  const calls: (readonly string[] | undefined)[] = [];
  if (Array.isArray(args) && args.length > 0) calls.push([command, ...args.map(String)]);
  else calls.push(splitWords(command, { HOME: userHome }));
  if (Array.isArray(args)) calls.push([command]); // without a shell, the command is a path
  return calls.flatMap((words) => (words && pathInHome(programOf(words), homes)) ?? []);
}

/** The file that a call runs: its first word, or after an interpreter the first word that is no option; behind variables. */
function programOf(words: readonly string[]): string | undefined {
  const [first = '', ...rest] = withoutAssignments(words);
  if (!/(?:^|[\\/])(?:node|sh|bash|dash)(?:\.exe)?$/i.test(first)) return first;
  return rest.find((word) => !word.startsWith('-'));
}

/** Where a program is in the installation; undefined for one that is not in it, or in its data. */
function pathInHome(program: string | undefined, homes: readonly string[]): string | undefined {
  if (program === undefined || !isAbsolute(program)) return undefined;
  return homes
    .map((home) => relative(home, program))
    .find((inside) => {
      const [top] = inside.split(sep);
      return inside !== '' && !isAbsolute(inside) && top !== '..' && top !== 'data';
    })
    ?.replaceAll(sep, '/');
}

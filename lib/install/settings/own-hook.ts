import { isAbsolute, relative, sep } from 'node:path';
import { isJsonObject } from '../../base/json.ts';
import { splitWords } from '../shell-words.ts';

export interface OwnHookOptions {
  /** The installation's folder, under every name it has (as given, and with links resolved). */
  readonly homes: readonly string[];
  /** What `~` stands for. */
  readonly userHome: string | undefined;
}

/**
 * True for a hook that runs a program of our own installation, however it is quoted, whichever
 * layout or capture front it is from. A command that is more than one plain call is not ours.
 */
export function isOwnHook(hook: unknown, { homes, userHome }: OwnHookOptions): boolean {
  if (!isJsonObject(hook) || typeof hook['command'] !== 'string') return false;
  const { command, args } = hook;
  const calls: (readonly string[] | undefined)[] = [];
  if (Array.isArray(args) && args.length > 0) calls.push([command, ...args.map(String)]);
  else calls.push(splitWords(command, { HOME: userHome }));
  if (Array.isArray(args)) calls.push([command]); // no shell: the command is the program's path
  return calls.some((words) => words !== undefined && isOurs(programOf(words), homes));
}

// --- internal ---

/** The file that a call runs: its first word, or behind an interpreter the first that is no option. */
function programOf(words: readonly string[]): string | undefined {
  const [first = '', ...rest] = words;
  if (!/(?:^|[\\/])(?:node|sh|bash|dash)(?:\.exe)?$/i.test(first)) return first;
  return rest.find((word) => !word.startsWith('-'));
}

function isOurs(program: string | undefined, homes: readonly string[]): boolean {
  if (program === undefined || !isAbsolute(program)) return false;
  return homes.some((home) => {
    const inside = relative(home, program);
    const [top] = inside.split(sep);
    return inside !== '' && !isAbsolute(inside) && top !== '..' && top !== 'data';
  });
}

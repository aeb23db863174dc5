import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { splitWords } from '../../install/shell-words.ts';
import type { CliEnvironment } from '../environment.ts';
import type { RegisteredHook } from './registration.ts';

type Place = Pick<CliEnvironment, 'paths' | 'program'>;

/** The courier's bundle: the installed one, else the one beside the running program. */
export function courierBundle({ paths, program }: Place): string | undefined {
  const beside = program === undefined ? [] : [join(dirname(dirname(program)), 'dist')];
  return [join(paths.home, 'dist'), ...beside]
    .map((folder) => join(folder, 'courier.cjs'))
    .find((file) => existsSync(file));
}

/** The sh front: the installed one, else the one beside the running program. */
export function captureScript({ paths, program }: Place): string | undefined {
  const beside = program === undefined ? [] : [dirname(dirname(program))];
  return [paths.home, ...beside]
    .map((folder) => join(folder, 'hooks', 'capture.sh'))
    .find((file) => existsSync(file));
}

/** The words a hook runs; undefined for a command that is more than one plain call. */
export function wordsOf(
  hook: Pick<RegisteredHook, 'command' | 'args'>,
  userHome: string | undefined,
): readonly string[] | undefined {
  if (hook.args) return [hook.command, ...hook.args];
  return splitWords(hook.command, { HOME: userHome });
}

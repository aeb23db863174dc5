import { accessSync, constants } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { HookFacts } from '../installation.ts';

/** A file of a hook that cannot be used: Claude Code calls the hook in vain. */
export interface BrokenHook {
  readonly hook: HookFacts;
  readonly file: string;
  /** What is wrong with the file, as the end of a sentence that begins with its name. */
  readonly trouble: string;
}

/** The first hook with a file that cannot be read, or a program, its first word, that cannot be executed. */
export function brokenHook(hooks: readonly HookFacts[]): BrokenHook | undefined {
  const seen = new Set<string>();
  for (const hook of hooks) {
    for (const [index, file] of (hook.words ?? []).entries()) {
      if (!isAbsolute(file) || seen.has(file)) continue;
      seen.add(file);
      const trouble = fileTrouble(file, index === 0);
      if (trouble !== undefined) return { hook, file, trouble };
    }
  }
  return undefined;
}

/** What is wrong with a file that is to be read, and perhaps executed; undefined when nothing is. */
export function fileTrouble(file: string, isExecuted: boolean): string | undefined {
  try {
    accessSync(file, constants.R_OK);
  } catch {
    return 'is missing, or cannot be read';
  }
  if (!isExecuted) return undefined;
  try {
    accessSync(file, constants.X_OK);
    return undefined;
  } catch {
    return 'is not executable';
  }
}

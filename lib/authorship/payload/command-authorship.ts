import type { Hunk } from '../../event/hunk.ts';
import { linesOf } from '../author.ts';
import type { AuthorshipKind } from '../piece.ts';
import { commandEffect } from './command-kind.ts';
import { CommandWords } from './command-words.ts';
import { parseShell } from './shell-steps.ts';
import type { ShellCommand } from './shell-steps.ts';

/** Whose a text is that a command put into a file. */
export interface CommandPart {
  /** What it is that is not Claude's own. */
  readonly kind: AuthorshipKind;
  /** The new lines that are Claude's own; undefined if all are. Trivial ones follow those beside them. */
  readonly own?: readonly string[];
}

/** Tells what of the text that a shell command put into files Claude wrote. */
export class CommandAuthorship {
  readonly #shell: ShellCommand;
  readonly #words: CommandWords;

  constructor(command: string) {
    this.#shell = parseShell(command);
    this.#words = new CommandWords(command);
  }

  /** For a file of which the diff is known. */
  of(path: string, hunks: readonly Hunk[]): CommandPart {
    const { kind, own } = commandEffect(this.#shell, path);
    return own === 'all' ? { kind } : this.ofRuns(path, runsIn(hunks));
  }

  /** For a file of which it is known what it holds now, but not what it held before. */
  ofText(path: string, text: string): CommandPart {
    return this.ofRuns(path, [{ old: undefined, now: linesOf(text) }]);
  }

  /** For a file that differs from what is known of it: others may have changed it, too. */
  ofRuns(path: string, runs: readonly ChangedRun[]): CommandPart {
    const { kind, own } = commandEffect(this.#shell, path);
    const isOwn =
      own === 'spelled'
        ? (line: string) => this.#words.spells(line)
        : (line: string, replaced: ChangedRun['old']) => this.#words.tells(line, replaced);
    return { kind, own: runs.flatMap(({ old, now }) => now.filter((line) => isOwn(line, old))) };
  }
}

/** Lines that were changed together: what they were, and what they are now. */
export interface ChangedRun {
  /** Undefined if nobody knows. */
  readonly old: readonly string[] | undefined;
  readonly now: readonly string[];
}

/** For a file that a tool wrote which is not Claude Code's own: `told` is what it was given. */
export function toldBy(told: readonly string[], text: string): CommandPart {
  const words = new CommandWords(told.join('\n'));
  return { kind: 'unknown', own: linesOf(text).filter((line) => words.spells(line)) };
}

// --- internal ---

/** The runs of changed lines of a diff. */
function runsIn(hunks: readonly Hunk[]): ChangedRun[] {
  const runs: { old: string[]; now: string[] }[] = [];
  for (const hunk of hunks) {
    let isOpen = false;
    for (const { sign, text } of hunk.lines) {
      if (sign === ' ') isOpen = false;
      else {
        if (!isOpen) runs.push({ old: [], now: [] });
        isOpen = true;
        runs.at(-1)?.[sign === '-' ? 'old' : 'now'].push(text);
      }
    }
  }
  return runs;
}

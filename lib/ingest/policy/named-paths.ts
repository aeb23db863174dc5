import type { Json } from '../../base/json.ts';
import { pathsInCommand } from './command-paths.ts';
import type { NamedPath } from './command-paths.ts';
import { PATH_KEYS } from './reduced-payload.ts';

/**
 * The texts in the input and the response of a call that may name a file that the call is about: paths, words
 * of commands, and, of a tool that is not Claude Code's own, every short string of its input. What a command
 * wrote and found is not among them: it is judged file by file. Of a plain command, words are taken only if it
 * `mayConcern` a path that matters.
 */
export function* namedPaths(
  toolName: string,
  input: Json | undefined,
  response: Json | undefined,
  mayConcern: (text: string) => boolean = () => true,
): Generator<NamedPath> {
  yield* namesIn(input, !OWN_TOOLS.has(toolName), mayConcern);
  yield* namesIn(response, false, mayConcern);
}

// --- internal ---

/** Claude Code's own tools, of which it is known where they are given paths. */
const OWN_TOOLS: ReadonlySet<string> = new Set(
  [
    'Agent AskUserQuestion Bash BashOutput Edit EnterPlanMode EnterWorktree',
    'ExitPlanMode ExitWorktree Glob Grep KillShell LS LSP MultiEdit',
    'NotebookEdit NotebookRead Read Skill SlashCommand Task TaskCreate',
    'TaskGet TaskList TaskOutput TaskStop TaskUpdate TodoWrite ToolSearch',
    'WebFetch WebSearch Write',
  ].flatMap((names) => names.split(' ')),
);
const COMMAND_KEYS: ReadonlySet<string> = new Set(['command', 'cmd', 'script']);
/** A glob may name one file, too. */
const GLOB_KEYS: ReadonlySet<string> = new Set(['glob']);
/** Judged apart. */
const APART: ReadonlySet<string> = new Set(['bashEditDiff', 'structuredPatch', 'edits']);
/** A command in which a shell replaces nothing, so that what it names stands in it letter for letter. */
const PLAIN = /^[\w\s./:=,;|&-]*$/;
const MAX_DEPTH = 8;
const MAX_NAME = 4096;

function* namesIn(
  value: Json | undefined,
  isEvery: boolean,
  mayConcern: (text: string) => boolean,
  key = '',
  depth = 0,
): Generator<NamedPath> {
  if (typeof value === 'string') {
    if (COMMAND_KEYS.has(key)) {
      if (!PLAIN.test(value) || mayConcern(value)) yield* pathsInCommand(value);
    } else if (GLOB_KEYS.has(key)) yield { text: value, isGlob: true };
    else if (PATH_KEYS.has(key)) yield { text: value, isGlob: false };
    else if (isEvery && value.length <= MAX_NAME) yield { text: value, isGlob: false };
    return;
  }
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return;
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[])
      yield* namesIn(item, isEvery, mayConcern, key, depth + 1);
    return;
  }
  for (const [name, member] of Object.entries(value)) {
    if (!APART.has(name)) yield* namesIn(member, isEvery, mayConcern, name, depth + 1);
  }
}

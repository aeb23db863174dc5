import { CommandAuthorship, toldBy } from '../authorship/payload/command-authorship.ts';
import type { CommandPart } from '../authorship/payload/command-authorship.ts';
import { namedFiles, textsIn } from '../authorship/payload/named-files.ts';
import { madeBy } from '../authorship/payload/text-change.ts';
import type { FileChange, TextChange, TextChanges } from '../authorship/payload/text-change.ts';
import { asString } from '../base/json.ts';
import type { HookEvent } from '../event/hook-event.ts';
import type { Redactor } from '../redact/redact.ts';
import { LeftFiles } from './left-files.ts';
import type { FileInQuestion } from './left-files.ts';
import { dropPrivate, mayHavePrivate } from './policy/private-spans.ts';

/** What an event did to files, with what was read of those that it does not show. */
export interface ToldChanges extends TextChanges {
  /** What was redacted in them, as in an `Arrival`. */
  readonly redactions: Readonly<Record<string, number>>;
  readonly unchecked: number;
}

/** Reads the files that an event names without what they hold, and tells what the call did to them. */
export class LeftChanges {
  readonly #redactor: Redactor;
  readonly #files = new LeftFiles();

  constructor(redactor: Redactor) {
    this.#redactor = redactor;
  }

  /**
   * The changes that the event tells, and those that were read.
   *
   * @param event redacted
   * @param writtenAt see `LeftFilesOf`
   * @param isKept see `LeftFilesOf`
   */
  with(
    told: TextChanges,
    event: HookEvent,
    { writtenAt, isKept }: Pick<Parameters<LeftFiles['read']>[1], 'writtenAt' | 'isKept'>,
  ): ToldChanges {
    const { cwd } = event;
    const inQuestion = filesInQuestion(told, event, writtenAt);
    if (inQuestion.length === 0 || cwd === undefined) return { ...told, ...NOTHING_REDACTED };
    const partOf = authorshipIn(event);
    const command = commandOf(event);
    const redactions: Record<string, number> = {};
    let unchecked = 0;
    const deleted = new Set<string>();
    const left = this.#files.read(inQuestion, { cwd, writtenAt, isKept }).map((file) => {
      if (file.text === null) deleted.add(file.filePath);
      const clean = this.#clean(file.text ?? '', event);
      for (const [kind, count] of Object.entries(clean.kinds)) {
        redactions[kind] = (redactions[kind] ?? 0) + count;
      }
      unchecked += clean.leftOut;
      return changeOf(file.filePath, file.text === null ? null : clean.text, partOf, command);
    });
    const shown = new Set(left.flatMap(({ path, own }) => (own?.length ? [path] : [])));
    return {
      changes: [...told.changes, ...left],
      others: told.others.flatMap((other): FileChange[] => {
        if (shown.has(other.filePath)) return [];
        return [deleted.has(other.filePath) ? { ...other, change: 'deleted' } : other];
      }),
      redactions,
      unchecked,
    };
  }

  /** A text without secrets and private spans, as one that the event had brought. */
  #clean(text: string, { sessionId }: HookEvent): CleanText {
    const sent = { session_id: sessionId, content: text };
    const open = mayHavePrivate(text) ? dropPrivate(sent) : sent;
    const { payload, kinds, leftOut } = this.#redactor.redactPayload(open);
    return { text: asString(payload['content']) ?? '', kinds, leftOut };
  }
}

// --- internal ---

const NOTHING_REDACTED = { redactions: {}, unchecked: 0 };
/** How long the file system's clock and the start of a command may be off, in milliseconds. */
const START_SLACK_MS = 2_000;

interface CleanText {
  readonly text: string;
  readonly kinds: Readonly<Record<string, number>>;
  readonly leftOut: number;
}

/** Files that are known to have changed, and files that the call may have written while it ran. */
function filesInQuestion(
  { changes, others }: TextChanges,
  event: HookEvent,
  writtenAt: number,
): FileInQuestion[] {
  const { name, durationMs } = event;
  const changed = others.filter(({ change }) => change === 'changed');
  const known = new Set([
    ...changes.map(({ path }) => path),
    ...changed.map((file) => file.filePath),
  ]);
  const hasEnded = name === 'PostToolUse' || name === 'PostToolUseFailure';
  const changedAfter = writtenAt - (durationMs ?? 0) - START_SLACK_MS;
  // Old versions do not tell how long a call took, so nobody knows whether it wrote the file or found it.
  const named = hasEnded && durationMs !== undefined ? namedFiles(event) : [];
  return [
    ...changed.map(({ filePath }) => ({ filePath })),
    ...named
      .filter((filePath) => ![...known].some((path) => isNamed(path, filePath)))
      .map((filePath) => ({ filePath, changedAfter })),
  ].filter(({ filePath }) => !/\.ipynb$/i.test(filePath)); // its lines are those of its cells
}

/** True if a path ends with a name that may be relative, so that a file is not told twice. */
function isNamed(path: string, name: string): boolean {
  const end = name.replace(/^(?:\.{0,2}\/)+/, '');
  return path === end || path.endsWith(`/${end}`);
}

function commandOf({ toolName, toolInput }: HookEvent): string | undefined {
  return toolName === 'Bash' ? (asString(toolInput?.['command']) ?? '') : undefined;
}

function authorshipIn(event: HookEvent): (path: string, text: string) => CommandPart {
  const command = commandOf(event);
  if (command === undefined) {
    const told = textsIn(event.toolInput);
    return (_, text) => toldBy(told, text);
  }
  const authorship = new CommandAuthorship(command);
  return (path, text) => authorship.ofText(path, text);
}

function changeOf(
  path: string,
  text: string | null,
  partOf: (path: string, text: string) => CommandPart,
  command: string | undefined,
): TextChange {
  const base = { path, before: undefined, hunks: [], isToolDiff: false, isProgram: true };
  return text === null
    ? { ...base, did: { kind: 'delete' }, ...partOf(path, '') }
    : {
        ...base,
        did: { kind: 'left', text },
        ...madeBy(command),
        ...partOf(path, text),
      };
}

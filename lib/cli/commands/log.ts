import { processElapsed } from '../../base/deadline.ts';
import { isoTime } from '../../base/clock.ts';
import { ago } from '../../base/time-text.ts';
import { FileNames } from '../../ingest/file-names.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { fileLog } from '../../store/queries/history/file-log.ts';
import type { LogCursor, FileLogEntry } from '../../store/queries/history/file-log.ts';
import { parseLimit } from '../arguments/list-arguments.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import { UsageError } from '../arguments/usage-error.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { nothingFound } from '../listing/list-output.ts';
import { printPaged } from '../listing/pager.ts';
import { linesText, shortSession, withinProject } from '../listing/row-text.ts';
import { painter } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import { diffLines } from '../diff/diff-lines.ts';
import { plainLine } from '../output/plain-text.ts';
import { promptLines } from '../session/prompt-lines.ts';

/** `log`: what Claude did to a file or a folder, with prompts and diffs. */
export const logCommand = trackerCommand({
  name: 'log',
  summary: 'Show what Claude did to a file, newest first, and what was asked.',
  examples: [
    'pattern-tracker log src/cart/index.ts',
    'pattern-tracker log src --since 1d --no-diff',
    'pattern-tracker log src/cart/index.ts --json | jq -r .[].prompt',
  ],
  details: `Without FILE it is about the folder you are in. The file need not be there any more. Once the payload of an event is
past retention (30 days), the code that it wrote is shown, and not what it took the place of.`,
  json: `an array of {file_path, change: created|modified|deleted|changed, hunks, lines_added, lines_removed, is_exact, at,
session_id, tool_use_id, tool_name, agent_type, model, pattern_id, prompt, prompt_at, cursor}; hunks is the diff, or null if
nothing of it is stored; is_exact is false if the place, or what stood there before, is not known. --after takes the cursor
of the last one.`,
  args: {
    file: { type: 'positional', required: false, default: '.', description: 'A file or a folder' },
    diff: { type: 'boolean', default: true, description: 'Leave out the diffs' },
    ...common.timeArgs,
    ...common.limitArg,
    after: { type: 'string', valueHint: 'cursor', description: 'Go on after this entry of --json' },
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run({ file, diff, after, pager, json, ...args }, cli) {
    const limit = parseLimit(args.limit);
    const range = await timeRangeOf(args, cli.now());
    if (file === '') throw new UsageError('FILE is empty', 'Name a file or a folder.');
    const names = new FileNames(processElapsed, (text) => text, cli.env['HOME']);
    const path = names.find(file, cli.cwd);
    const cursor = after === undefined ? undefined : cursorOf(after);
    const found = readDatabase(cli.paths.database, (database) =>
      fileLog(database, { path, ...range, after: cursor, limit }),
    );
    const entries = found ?? [];
    if (json) return printJson(cli, entries.map(forJson));
    const blocks = entries.map((entry) => entryLines(entry, diff, cli).join('\n'));
    const isHere = file === '.' && !(args.since ?? args.until ?? after);
    const nothing = isHere && found ? nothingHere(cli) : nothingFound('changes', !isHere);
    const text = entries.length === 0 ? nothing : `${blocks.join('\n\n')}\n`;
    return printPaged(cli, text + moreNote(entries, limit, cli), pager);
  },
});

// --- internal ---

/** As `--json` prints it: opaque for whoever passes it on. */
function cursorText({ at, eventId, filePath }: LogCursor): string {
  return Buffer.from(JSON.stringify([at, eventId, filePath])).toString('base64url');
}

function cursorOf(text: string): LogCursor {
  const wrong = new UsageError(`--after is "${text}"`, 'Give a "cursor" of --json.');
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    throw wrong;
  }
  const [at, eventId, filePath] = Array.isArray(parts) ? (parts as unknown[]) : [];
  if (typeof at !== 'number' || typeof eventId !== 'string' || typeof filePath !== 'string') {
    throw wrong;
  }
  return { at, eventId, filePath };
}

function forJson({ cursor, writer, prompt, ...diff }: FileLogEntry) {
  return {
    ...diff,
    at: isoTime(cursor.at),
    sessionId: writer?.sessionId ?? null,
    toolUseId: writer?.toolUseId ?? null,
    toolName: writer?.toolName ?? null,
    agentType: writer?.agentType ?? null,
    model: writer?.model ?? null,
    patternId: writer?.patternId ?? null,
    prompt: prompt?.text ?? null,
    promptAt: isoTime(prompt?.at ?? null),
    cursor: cursorText(cursor),
  };
}

function nothingHere({ cwd }: CliEnvironment): string {
  return `No changes to files in ${plainLine(cwd)} are recorded. \`pattern-tracker sessions\` lists where Claude worked.\n`;
}

function entryLines(entry: FileLogEntry, withDiff: boolean, cli: CliEnvironment): string[] {
  const { cursor, writer, prompt, filePath, change, hunks } = entry;
  const paint = painter(cli.color);
  const facts = [
    change,
    ...(linesText(entry) === '' ? [] : [linesText(entry)]),
    ...(writer?.toolName ? [writer.toolName] : []),
    ago(cursor.at, cli.now()),
    ...(writer ? [`session ${shortSession(writer.sessionId)}`] : []),
    ...((writer?.model ?? writer?.agentType) ? [writer.model ?? writer.agentType ?? ''] : []),
  ];
  const head = `${paint('yellow', plainLine(withinProject(filePath, cli.cwd)))}  ${paint('dim', plainLine(facts.join(' · ')))}`;
  const asked = promptLines(prompt?.text ?? null).map((line) => `    ${line}`.trimEnd());
  if (!withDiff || hunks === null || hunks === '') return [head, ...asked];
  return [head, ...asked, ...diffLines(hunks, cli.color)];
}

/** How to go on, where there may be more. */
function moreNote(
  entries: readonly FileLogEntry[],
  limit: number,
  { color }: CliEnvironment,
): string {
  const last = entries.at(-1);
  if (last === undefined || entries.length !== limit) return '';
  return `\n${painter(color)('dim', `There may be more: --after ${cursorText(last.cursor)}`)}\n`;
}

import { isoTime } from '../../base/clock.ts';
import { ago } from '../../base/time-text.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { search } from '../../store/queries/search/search.ts';
import type { SearchFilter, SearchHit, SearchResult } from '../../store/queries/search/search.ts';
import { isLongEnough, LEAST_CHARACTERS } from '../../store/queries/search/search-text.ts';
import { SEARCH_KINDS } from '../../store/queries/search/searchable.ts';
import type { SearchKind } from '../../store/queries/search/searchable.ts';
import { ANY_NUMBER } from '../arguments/arguments.ts';
import { fileArg, fileTest } from '../arguments/file-choice.ts';
import { languageOption, parsePage, sessionOf } from '../arguments/list-arguments.ts';
import type { PartOfList } from '../arguments/list-arguments.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { chooseSession } from '../arguments/session-choice.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import { UsageError } from '../arguments/usage-error.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { nothingFound } from '../listing/list-output.ts';
import { printPaged } from '../listing/pager.ts';
import { shortIds, shortSession, shownPath } from '../listing/row-text.ts';
import { painter } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import { plainLine } from '../output/plain-text.ts';

/** `search`: finds a text in what was recorded. */
export const searchCommand = trackerCommand({
  name: 'search',
  summary: 'Find a text in the code, prompts, commands, errors and files.',
  examples: [
    'pattern-tracker search retryWithBackoff',
    'pattern-tracker search "connection refused" --kind error --since "last week"',
    'pattern-tracker search "return fetch(" --project . --language typescript',
    'pattern-tracker search useEffect --file src --files',
  ],
  details: `Any ${LEAST_CHARACTERS} characters or more are found, also within words. Whole words come first, then the
newest. Capital letters count if there is one in TEXT. Where no text holds the whole TEXT, those that hold all of its
words are shown. Code that was written several times is shown once, where it was written last.

The courier keeps an index; what it does not hold yet is searched as well. A prompt, and a command of several lines, can
be found as long as payloads are kept; the rest as long as it is recorded.`,
  json: `an array of {kind: pattern|prompt|command|error|path, pattern_id, session_id, tool_use_id, tool_name, file_path,
line, snippet, start, length, at, project_root, project_name}: start and length tell where in the snippet TEXT stands.
With --files, an array of paths.`,
  args: {
    text: {
      type: 'positional',
      required: true,
      valueHint: ANY_NUMBER,
      description: 'What to find',
    },
    kind: {
      type: 'string',
      valueHint: 'kinds',
      description: `Only these, separated by commas: ${SEARCH_KINDS.join(', ')}`,
    },
    mine: { type: 'boolean', description: 'Only what you typed: the same as --kind prompt' },
    ...common.projectArg,
    ...fileArg,
    language: { type: 'string', valueHint: 'name', description: 'Only code in this language' },
    tool: { type: 'string', valueHint: 'name', description: 'Only by this tool: Write, Bash, …' },
    ...common.sessionArg,
    ...common.timeArgs,
    files: { type: 'boolean', description: 'List the files only' },
    ...common.limitArg,
    ...common.pageArg,
    ...common.allArg,
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const text = args._.join(' ');
    if (!isLongEnough(text)) {
      throw new UsageError(
        `"${text}" is too short to search for`,
        `Give ${LEAST_CHARACTERS} characters or more.`,
      );
    }
    const part = parsePage(args);
    const range = await timeRangeOf(args, cli.now());
    const session = sessionOf(args);
    const isFile = args.file === undefined ? undefined : await fileTest(args.file, cli);
    const kinds = args.mine ? (['prompt'] as const) : kindsOf(args.kind);
    const result: SearchResult = readDatabase(cli.paths.database, (database) => {
      const filter: SearchFilter = {
        text,
        kinds,
        tool: args.tool,
        language: languageOption(args),
        isFile,
        projectIds: chooseProjects(database, args.project, cli),
        session: chooseSession(database, session, cli, { withTests: args.all }),
        ...range,
        ...(args.files ? { limit: -1 } : part), // several hits may lie in one file
        withTests: args.all,
      };
      return search(database, filter);
    }) ?? { hits: [], isCut: false, isByWords: false, unindexed: 0, unsearched: 0 };
    if (args.json) for (const note of unsearchedNotes(result)) cli.err(`${note}\n`);
    if (args.files) return printFiles(cli, args, result, part);
    if (args.json) return printJson(cli, result.hits.map(hitForJson));
    const isAsked = result.hits.length > 0 || result.unsearched > 0;
    const shown = isAsked ? hitLines(cli, result.hits) : nothingFound('texts', true);
    return printWithNotes(cli, shown, notesOn(result, part), args.pager);
  },
});

// --- internal ---

function kindsOf(text: string | undefined): readonly SearchKind[] | undefined {
  if (text === undefined) return undefined;
  return text.split(',').map((name) => {
    const kind = SEARCH_KINDS.find((one) => one === name.trim().replace(/s$/, ''));
    if (kind !== undefined) return kind;
    throw new UsageError(`--kind has "${name}"`, `Expected some of ${SEARCH_KINDS.join(', ')}.`);
  });
}

async function printFiles(
  cli: CliEnvironment,
  { json, pager }: { readonly json?: boolean | undefined; readonly pager?: boolean | undefined },
  result: SearchResult,
  part: PartOfList,
): Promise<void> {
  const { limit, offset } = part;
  const all = [...new Set(result.hits.flatMap(({ filePath }) => filePath ?? []))];
  const files = limit === -1 ? all : all.slice(offset, offset + limit);
  if (json) return printJson(cli, files);
  const lines = files.map((file) => `${plainLine(file)}\n`).join('');
  const notes = notesOn({ ...result, isCut: offset + files.length < all.length }, part);
  return printWithNotes(cli, lines || nothingFound('files', true), notes, pager);
}

/** Each hit as two lines: what and where it is, and the text. */
function hitLines(
  { color, columns, env, isTTY, now }: CliEnvironment,
  hits: readonly SearchHit[],
): string {
  const paint = painter(color);
  const short = shortIds(isTTY ? hits.flatMap(({ patternId }) => patternId ?? []) : []);
  return hits
    .map((hit) => {
      const { kind, patternId, toolName, filePath, line, projectRoot, projectName } = hit;
      const id = patternId === null ? '' : ` ${paint('yellow', short(patternId))}`;
      // Of a path, the text is the file.
      const file =
        filePath === null || kind === 'path' ? '' : shownPath(filePath, projectRoot, env);
      const place = kind === 'pattern' && line !== null ? `${file}:${line}` : file;
      const facts = [
        place && plainLine(place),
        kind === 'command' || kind === 'error' ? plainLine(toolName ?? '') : '',
        plainLine(projectName ?? ''),
        `session ${plainLine(shortSession(hit.sessionId))}`,
        ago(hit.at, now()),
      ].filter(Boolean);
      const text = isTTY ? narrowed(hit, columns - 4) : hit;
      return `${paint('cyan', kind)}${id}  ${paint('dim', facts.join(' · '))}\n    ${marked(text, paint)}\n`;
    })
    .join('');
}

type Snippet = Pick<SearchHit, 'snippet' | 'start' | 'length'>;

/** A part of the snippet that fits a line. */
function narrowed({ snippet, start, length }: Snippet, width: number): Snippet {
  const indent = /^\s*/.exec(snippet)?.[0].length ?? 0;
  const from = Math.max(Math.min(indent, start), start + length - Math.max(width, length));
  const most = Math.max(width, 20);
  return { snippet: snippet.slice(from, from + most), start: start - from, length };
}

function marked({ snippet, start, length }: Snippet, paint: ReturnType<typeof painter>): string {
  const end = start + length;
  const hit = paint('bold', paint('red', plainLine(snippet.slice(start, end))));
  return `${plainLine(snippet.slice(0, start))}${hit}${plainLine(snippet.slice(end))}`;
}

/** What is to be said beside the hits. */
function notesOn(
  { isByWords, isCut, hits, unindexed, unsearched }: SearchResult,
  { limit, offset }: PartOfList,
): string[] {
  const known = (count: number) => count.toLocaleString('en-US');
  return [
    ...(isByWords && hits.length > 0
      ? ['No text holds all of this as it stands; these hold its words.']
      : []),
    ...(isCut && offset === 0 ? [`The first ${known(hits.length)}; --limit 0 for all`] : []),
    ...(isCut && offset > 0 ? [`--page ${offset / limit + 2} for more`] : []),
    ...unsearchedNotes({ unsearched }),
    ...(unsearched === 0 && unindexed > MANY_UNINDEXED
      ? [`The courier is making the index; ${known(unindexed)} events were searched one by one.`]
      : []),
  ];
}

/** A program has to know, too, that what it was given is not all. */
function unsearchedNotes({ unsearched }: Pick<SearchResult, 'unsearched'>): string[] {
  if (unsearched === 0) return [];
  const count = unsearched.toLocaleString('en-US');
  return [`${count} events are not searched yet: the courier is making the index.`];
}

/** From this many on it takes so long that it is said why. */
const MANY_UNINDEXED = 5_000;

async function printWithNotes(
  cli: CliEnvironment,
  text: string,
  notes: readonly string[],
  pager: boolean | undefined,
): Promise<void> {
  const note = notes.map((line) => `${line}\n`).join('');
  if (cli.isTTY) return printPaged(cli, text + painter(cli.color)('dim', note), pager);
  cli.out(text);
  if (note !== '') cli.err(note);
}

function hitForJson(hit: SearchHit) {
  return { ...hit, at: isoTime(hit.at) };
}

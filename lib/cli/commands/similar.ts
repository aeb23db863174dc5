import { counted } from '../../base/amount-text.ts';
import { isoTime } from '../../base/clock.ts';
import { ago } from '../../base/time-text.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { findSimilar, LEAST_SCORE } from '../../store/queries/search/similar.ts';
import type { SimilarPattern, SimilarResult } from '../../store/queries/search/similar.ts';
import { fileArg, fileTest } from '../arguments/file-choice.ts';
import { languageOption, parsePage, sessionOf } from '../arguments/list-arguments.ts';
import { chooseProjects } from '../arguments/project-choice.ts';
import { chooseSession } from '../arguments/session-choice.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import { UsageError } from '../arguments/usage-error.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printPaged } from '../listing/pager.ts';
import { shortIds, shortSession, shownPath } from '../listing/row-text.ts';
import { painter } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import { plainLine } from '../output/plain-text.ts';
import { codeOfFile, codeOfPattern } from '../similar/named-code.ts';
import type { NamedCode } from '../similar/named-code.ts';

/** `similar`: finds code that is like other code. */
export const similarCommand = trackerCommand({
  name: 'similar',
  summary: 'Find code that is like a file, some lines, or a pattern.',
  examples: [
    'pattern-tracker similar src/retry.ts:12-40',
    'pattern-tracker similar 683314ed',
    'pbpaste | pattern-tracker similar - --language python',
    'pattern-tracker similar src/retry.ts --project . --limit 1',
  ],
  details: `Code is found also if it was reformatted, if names and literals were changed, and if some statements were added or
removed. The figure says how much of both is the same: which part of the words and signs stands in the same order, and of the short
runs of them is in both. It is 100 % for the same code, 95 % and more if only names differ. What is below ${LEAST_SCORE * 100} % is not shown.

On the left is what you named, on the right what was found: only lines that differ, and those next to them. With
--limit 1 all of them are shown. Very short code is like nothing; compare some lines at least.`,
  json: `an array, the most similar first, of {pattern_id, score, file_path, line, language, lines, code, session_id,
tool_use_id, tool_name, at, project_root, project_name}: score is from ${LEAST_SCORE} to 1; the place is where the pattern was
written last.`,
  args: {
    code: {
      type: 'positional',
      required: true,
      description:
        'A file, lines of it as FILE:12-40, the id of a pattern, or - for standard input',
    },
    ...common.projectArg,
    ...fileArg,
    language: {
      type: 'string',
      valueHint: 'name',
      description: 'Only code in this language; of standard input, its language',
    },
    ...common.sessionArg,
    ...common.timeArgs,
    limit: {
      type: 'string',
      valueHint: 'n',
      default: '5',
      description: 'Show at most n; 0 shows all',
    },
    ...common.pageArg,
    ...common.allArg,
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run(args, cli) {
    const { limit, offset } = parsePage(args);
    const range = await timeRangeOf(args, cli.now());
    const isFile = args.file === undefined ? undefined : await fileTest(args.file, cli);
    const inFile = await codeOfFile(args.code, args.language, cli);
    const found = readDatabase(cli.paths.database, (database): Found => {
      const named = inFile ?? codeOfPattern(database, args.code, cli);
      const result = findSimilar(database, {
        code: named.code,
        codeLanguage: named.language,
        except: named.patternId,
        language: languageOption(args),
        isFile,
        projectIds: chooseProjects(database, args.project, cli),
        session: chooseSession(database, sessionOf(args), cli, { withTests: args.all }),
        ...range,
        limit,
        offset,
        withTests: args.all,
      });
      return { named, result };
    }) ?? { named: inFile ?? codeOfPattern(undefined, args.code, cli), result: NOTHING };
    const { named, result } = found;
    if (result.isTooShort) {
      throw new UsageError(`${named.name} is too short to compare`, 'Give some lines of code.');
    }
    if (args.json) return printJson(cli, result.hits.map(hitForJson));
    const note = noteOn(result);
    const shown = await hitLines(cli, found, limit === 1);
    if (cli.isTTY) return printPaged(cli, shown + painter(cli.color)('dim', note), args.pager);
    cli.out(shown);
    if (note !== '') cli.err(note);
  },
});

// --- internal ---

interface Found {
  readonly named: NamedCode;
  readonly result: SimilarResult;
}

const NOTHING: SimilarResult = { hits: [], isTooShort: false, unindexed: 0, isPartial: false };

/** How many differing rows are shown of each pattern, if there are several patterns. */
const MOST_ROWS = 12;

async function hitLines(
  cli: CliEnvironment,
  { named, result: { hits } }: Found,
  isWhole: boolean,
): Promise<string> {
  if (hits.length === 0) return 'No code is similar.\n';
  const { sideBySide } = await import('../similar/side-by-side.ts');
  const paint = painter(cli.color);
  const short = shortIds(cli.isTTY ? hits.map(({ patternId }) => patternId) : []);
  const most = isWhole ? Number.POSITIVE_INFINITY : MOST_ROWS;
  return hits
    .map((hit) => {
      const head = `${paint('cyan', percent(hit.score))} ${paint('yellow', short(hit.patternId))}  ${paint('dim', factsOf(cli, hit).join(' · '))}\n`;
      const columns = Math.min(cli.columns - 4, MOST_COLUMNS);
      const { rows, left } = sideBySide(named.code, hit.code, { columns, color: cli.color, most });
      const more = left > 0 ? [`… ${counted(left, 'more line')}`] : [];
      if (rows.length === 0) more.push('Nothing differs but blanks.');
      return (
        head +
        [...rows, ...more.map((line) => paint('dim', line))]
          .map((row) => `    ${row}`.trimEnd() + '\n')
          .join('')
      );
    })
    .join('\n');
}

/** Wider lines are hard to compare. */
const MOST_COLUMNS = 160;

function percent(score: number): string {
  return `${Math.floor(score * 100)} %`.padStart(5); // never 100 where something differs
}

function factsOf({ env, now }: CliEnvironment, hit: SimilarPattern): string[] {
  const { filePath, startLine, projectRoot, projectName, sessionId, at, language, lines } = hit;
  const file = filePath === null ? '' : shownPath(filePath, projectRoot, env);
  return [
    file && plainLine(startLine === null ? file : `${file}:${startLine}`),
    `${language}, ${counted(lines, 'line')}`,
    plainLine(projectName ?? ''),
    sessionId === null ? '' : `session ${plainLine(shortSession(sessionId))}`,
    at === null ? '' : ago(at, now()),
  ].filter(Boolean);
}

function noteOn({ unindexed, isPartial }: SimilarResult): string {
  if (!isPartial) return '';
  return `The courier is making the index: of ${unindexed.toLocaleString('en-US')} events that are not in it, only the newest were compared.\n`;
}

function hitForJson({ startLine, at, ...hit }: SimilarPattern) {
  return { ...hit, line: startLine, at: at === null ? null : isoTime(at) };
}

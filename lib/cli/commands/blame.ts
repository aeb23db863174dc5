import { processElapsed } from '../../base/deadline.ts';
import { existsSync } from 'node:fs';
import { counted } from '../../base/amount-text.ts';
import { isoTime } from '../../base/clock.ts';
import { TrackerError } from '../../base/errors.ts';
import { ago } from '../../base/time-text.ts';
import { FileNames } from '../../ingest/file-names.ts';
import type { FileRecord } from '../../store/queries/authorship/file-record.ts';
import { UsageError } from '../arguments/usage-error.ts';
import { blameColumns } from '../blame/blame-columns.ts';
import type { BlamedLine } from '../../blame/blamed-lines.ts';
import { fileBlame } from '../../blame/file-blame.ts';
import type { FileBlame } from '../../blame/file-blame.ts';
import type { DiskLines } from '../../blame/disk-lines.ts';
import { fileLinesOf } from '../blame/file-lines.ts';
import type { FileLines } from '../blame/file-lines.ts';
import { porcelain } from '../blame/porcelain.ts';
import { promptList } from '../blame/prompt-list.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printPaged } from '../listing/pager.ts';
import { shortSession, shownPath, withinProject } from '../listing/row-text.ts';
import { painter, renderTable } from '../listing/table.ts';
import { printJson } from '../output/json-output.ts';
import type { Review } from '../review/added-lines.ts';
import { plainLine } from '../output/plain-text.ts';

/** `blame`: who wrote each line of a file. */
export const blameCommand = trackerCommand({
  name: 'blame',
  summary: 'Say of each line of a file which call of Claude wrote it, and why.',
  examples: [
    'pattern-tracker blame src/cart/index.ts',
    'pattern-tracker blame src/cart/index.ts:12-40 --prompt',
    'pattern-tracker blame src/cart/index.ts --porcelain',
    'pattern-tracker blame --diff main...HEAD --markdown',
  ],
  details: `The file is taken as it is on disk now, in git or not, also after it was edited or renamed. WHO is Claude's
session; "not Claude" for a line that no recorded call wrote, "unknown" where nothing is known. SURE is high for a line
that stands where it is known to, medium for one that was found in another form or place or is new, low where only a
likeness speaks for it. Nothing is stored. The lines of a notebook are those of its cells, one after the other.

--porcelain is git blame's format, for editors; a tool call stands for a commit. --prompt prints the whole prompt behind
the lines.

--diff is about the lines that were added between two commits: BASE..HEAD, or BASE...HEAD from where they parted, as pull
requests have it. FILE then is a file or a folder, or left out. A renamed file counts as added whole.`,
  json: `{file, project_root, state: equal|differs|unknown, renamed_from, like, lines: [{line, author: claude|other|unknown,
session_id, tool_use_id, at, confidence: high|medium|low, origin: kept|formatted|moved|recalled|new|unknown, tool_name,
agent_type, model, generation, pattern_id, prompt, prompt_at}]}; prompt is the first words, with --prompt the whole. Of a file that
nothing is recorded of, renamed_from is the recorded file that it was, like one that is still there.
With --diff: {base, head, totals: {added, claude, other, unknown}, files: [{file, added, claude, other, unknown, ranges:
[{first, last, author, session_id, tool_use_id, at, confidence, tool_name, agent_type, model, pattern_id, prompt, prompt_at}]}]}.`,
  args: {
    file: {
      type: 'positional',
      required: false,
      description: 'The file, or some lines of it: FILE:12, FILE:12-40',
    },
    diff: {
      type: 'string',
      valueHint: 'base..head',
      description: 'Say it of the lines that were added between two commits',
    },
    markdown: { type: 'boolean', description: 'With --diff: print Markdown for a pull request' },
    porcelain: { type: 'boolean', description: "Print git blame's format, for editors" },
    prompt: { type: 'boolean', description: 'Print the whole prompt behind the lines' },
    ...common.pagerArg,
    ...common.jsonArg,
  },
  async run({ file, diff, markdown, porcelain: isPorcelain, prompt, pager, json }, cli) {
    if (diff !== undefined) {
      if (isPorcelain || prompt || (markdown && json)) {
        throw new UsageError('--diff has three forms', 'Give --json, --markdown or neither.');
      }
      return printReview(cli, { diff, file, markdown, pager, json });
    }
    if (markdown) throw new UsageError('--markdown is for --diff only', 'Add --diff BASE..HEAD.');
    if (file === undefined) {
      throw new UsageError('FILE is missing', 'Name a file, or compare commits with --diff.');
    }
    if (isPorcelain && (prompt || json)) {
      throw new UsageError('--porcelain prints nothing else', 'Leave out --json and --prompt.');
    }
    const named = fileLinesOf(file, cli.cwd);
    const path = new FileNames(processElapsed, (text) => text, cli.env['HOME']).find(
      named.path,
      cli.cwd,
    );
    const { lines, compared, project } = await blame(cli, named, path, prompt === true);
    const root = project?.root ?? null;
    if (json) {
      printJson(cli, { file: path, projectRoot: root, ...forJson(compared, lines) });
    } else if (isPorcelain) {
      cli.out(porcelain(lines, { filename: withinProject(path, root), now: cli.now() }));
    } else if (prompt) {
      await printPaged(cli, promptList(cli, lines), pager);
    } else {
      await printTable(cli, lines, noteOn(compared, shownPath(path, root, cli.env), cli), pager);
    }
  },
});

// --- internal ---

interface ReviewArgs {
  readonly diff: string;
  readonly file: string | undefined;
  readonly markdown: boolean | undefined;
  readonly pager: boolean | undefined;
  readonly json: boolean | undefined;
}

async function printReview(cli: CliEnvironment, args: ReviewArgs): Promise<void> {
  const { reviewOf } = await import('../review/added-lines.ts');
  const review = await reviewOf(args.diff, args.file, cli);
  if (args.json) return printJson(cli, reviewForJson(review));
  const { reviewMarkdown, reviewText } = await import('../review/review-text.ts');
  if (args.markdown) return cli.out(reviewMarkdown(review));
  return printPaged(cli, reviewText(cli, review), args.pager);
}

function reviewForJson({ range, files, totals }: Review) {
  return {
    ...range,
    totals,
    files: files.map(({ name, ranges, ...counts }) => ({
      file: name,
      ...counts,
      ranges: ranges.map(({ first, last, line: { by, writer, prompt, confidence } }) => ({
        first,
        last,
        author: by,
        sessionId: writer?.sessionId ?? null,
        toolUseId: writer?.toolUseId ?? null,
        at: isoTime(writer?.at ?? null),
        confidence,
        toolName: writer?.toolName ?? null,
        agentType: writer?.agentType ?? null,
        model: writer?.model ?? null,
        patternId: writer?.patternId ?? null,
        prompt: prompt?.text ?? null,
        promptAt: isoTime(prompt?.at ?? null),
      })),
    })),
  };
}

/** @throws TrackerError E_NO_FILE for a file that is not there; UsageError when it has no such lines */
async function blame(
  cli: CliEnvironment,
  { name, first, last }: FileLines,
  path: string,
  withWholePrompts: boolean,
): Promise<FileBlame> {
  const found = await fileBlame({ path, name, first, last, withWholePrompts }, cli);
  if ('record' in found) throw missing(name, found.record, cli);
  const count = found.compared.lines.length;
  // A last line after the end means the end, as git has it: who asks for 200 lines does not know how many there are.
  if (first > Math.max(1, count)) {
    throw new UsageError(`${name} has no line ${first}`, `It has ${counted(count, 'line')}.`);
  }
  return found;
}

function missing(
  name: string,
  record: FileRecord | undefined,
  { now }: CliEnvironment,
): TrackerError {
  if (record?.lastWrite === undefined && record?.projectId === undefined) {
    return new TrackerError('E_NO_FILE', `${name}: there is no such file`, {
      hint: 'Name a file as it is called now.',
    });
  }
  const { lastWrite } = record;
  const when = lastWrite
    ? `: Claude wrote to it last ${ago(lastWrite.at, now())}, in session ${shortSession(lastWrite.sessionId)}`
    : '';
  return new TrackerError('E_NO_FILE', `${name} is gone${when}`, {
    hint: `If it was renamed, ask for its present name. \`pattern-tracker patterns --file ${name}\` lists what was written there.`,
  });
}

async function printTable(
  cli: CliEnvironment,
  lines: readonly BlamedLine[],
  note: string | undefined,
  pager: boolean | undefined,
): Promise<void> {
  const table =
    lines.length === 0 ? '' : renderTable<BlamedLine>(cli, blameColumns(lines, cli), lines);
  if (note === undefined || cli.isTTY) {
    const end = note === undefined ? '' : `${painter(cli.color)('dim', plainLine(note))}\n`;
    return printPaged(cli, table + end, pager);
  }
  cli.out(table);
  cli.err(`${plainLine(note)}\n`); // a program that reads the lines is not to take it for one
}

/** What the lines do not say; undefined for a file that is as it was seen last. */
function noteOn({ lines, seen }: DiskLines, file: string, cli: CliEnvironment): string | undefined {
  const { history, renamedFrom, isExact } = seen;
  if (lines.length === 0) return `${file} is empty.`;
  if (history === undefined) return `Nothing is recorded of ${file}, nor of one like it.`;
  const other = renamedFrom === undefined ? '' : shownPath(renamedFrom, null, cli.env);
  if (renamedFrom !== undefined && existsSync(renamedFrom)) {
    return `Nothing is recorded of ${file}, but it is like ${other}.`;
  }
  const was = other === '' ? '' : `, and was ${other}`;
  if (isExact) return was === '' ? undefined : `${file} has been renamed${was}.`;
  return `${file} has changed since it was seen last, ${ago(history.last.at, cli.now())}${was}.`;
}

function forJson({ seen }: DiskLines, lines: readonly BlamedLine[]) {
  const { history, isExact, renamedFrom = null } = seen;
  const isThere = renamedFrom !== null && existsSync(renamedFrom);
  return {
    state: history === undefined ? 'unknown' : isExact ? 'equal' : 'differs',
    renamedFrom: isThere ? null : renamedFrom,
    like: isThere ? renamedFrom : null,
    lines: lines.map(({ line, by, writer, prompt, confidence, origin }) => ({
      line,
      author: by,
      sessionId: writer?.sessionId ?? null,
      toolUseId: writer?.toolUseId ?? null,
      at: isoTime(writer?.at ?? null),
      confidence,
      origin,
      toolName: writer?.toolName ?? null,
      agentType: writer?.agentType ?? null,
      model: writer?.model ?? null,
      generation: writer?.generation ?? null,
      patternId: writer?.patternId ?? null,
      prompt: prompt?.text ?? null,
      promptAt: isoTime(prompt?.at ?? null),
    })),
  };
}

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LineAuthors } from '../../authorship/line-authors.ts';
import { isNotebook } from '../../authorship/payload/notebook-text.ts';
import { MAX_KEPT_TEXT } from '../../authorship/event-changes.ts';
import { processElapsed } from '../../base/deadline.ts';
import { FileNames } from '../../ingest/file-names.ts';
import { ProjectFinder } from '../../ingest/project.ts';
import type { Redactor } from '../../redact/redact.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import type { Database } from '../../store/database/database.ts';
import { fileRecord } from '../../store/queries/authorship/file-record.ts';
import { allProjects } from '../../store/queries/projects.ts';
import { AuthorshipTables } from '../../store/writers/authorship/authorship-tables.ts';
import { UsageError } from '../arguments/usage-error.ts';
import { blamedLines } from '../../blame/blamed-lines.ts';
import type { BlamedLine } from '../../blame/blamed-lines.ts';
import { diskLinesOf, unknownLines } from '../../blame/disk-lines.ts';
import type { CliEnvironment } from '../environment.ts';
import { addedFiles, blobTexts, gitRange } from './git-range.ts';
import type { AddedFile, GitRange } from './git-range.ts';

/** Added lines of one author that stand together. */
export interface AddedRange {
  /** From 1, both included. */
  readonly first: number;
  readonly last: number;
  /** The first of them; the others have the same author. */
  readonly line: BlamedLine;
}

/** How many added lines are whose. */
export interface AddedCounts {
  readonly added: number;
  readonly claude: number;
  readonly other: number;
  readonly unknown: number;
}

/** The added lines of a file. */
export interface ReviewedFile extends AddedCounts {
  /** From the top of the work tree. */
  readonly name: string;
  readonly ranges: readonly AddedRange[];
}

/** Who wrote what was added between two commits. */
export interface Review {
  readonly range: GitRange;
  readonly files: readonly ReviewedFile[];
  readonly totals: AddedCounts;
}

/**
 * Says of the lines that were added between two commits which of them are Claude's.
 *
 * @param only a file or a folder, as it was typed; undefined for all
 * @throws UsageError outside a git work tree, and as `gitRange` does
 */
export async function reviewOf(
  text: string,
  only: string | undefined,
  cli: CliEnvironment,
): Promise<Review> {
  const names = new FileNames(processElapsed, (name) => name, cli.env['HOME']);
  const top = workTree(names.find('.', cli.cwd));
  const range = await gitRange(text, cli);
  const place = only === undefined ? undefined : names.find(only, cli.cwd);
  const chosen = (await addedFiles(range, MAX_KEPT_TEXT, cli)).filter(({ name }) => {
    const path = join(top, name);
    return place === undefined || path === place || path.startsWith(`${place}/`);
  });
  const files: ReviewedFile[] = [];
  let redactor: Redactor | undefined;
  // A few at a time, because each is a whole file.
  for (let at = 0; at < chosen.length; at += FILES_AT_ONCE) {
    const some = chosen.slice(at, at + FILES_AT_ONCE);
    const texts = await blobTexts([...new Set(some.map(({ blob }) => blob))], MAX_KEPT_TEXT, cli);
    const look = () => lookUp(cli, top, some, texts, redactor);
    let found = look();
    if (found === 'needs-redactor') {
      const { loadRedactor } = await import('../../blame/load-redactor.ts');
      redactor = await loadRedactor(cli);
      found = look();
    }
    if (found !== 'needs-redactor') files.push(...found);
  }
  return { range, files, totals: sumOf(files) };
}

// --- internal ---

const FILES_AT_ONCE = 16;

/** The top of the work tree that a folder lies in. Git would tell another one, if the project's configuration does. */
function workTree(folder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) {
      throw new UsageError(`${folder} is in no git work tree`, '--diff compares commits of one.');
    }
  }
}

function lookUp(
  cli: CliEnvironment,
  top: string,
  files: readonly AddedFile[],
  texts: ReadonlyMap<string, string>,
  redactor: Redactor | undefined,
): ReviewedFile[] | 'needs-redactor' {
  const look = (database: Database | undefined): ReviewedFile[] | 'needs-redactor' => {
    const found: ReviewedFile[] = [];
    for (const file of files) {
      const text = texts.get(file.blob);
      // The lines of a notebook are known by its cells, and git's are those of its JSON.
      if (text === undefined || isNotebook(file.name)) {
        found.push({ name: file.name, ...unread(file.lines.length), ranges: [] });
        continue;
      }
      const path = join(top, file.name);
      const lines = fileLinesOf(database, path, text, redactor);
      if (lines === 'needs-redactor') return lines;
      const added = new Set(file.lines);
      found.push(
        reviewed(
          file.name,
          lines.filter(({ line }) => added.has(line)),
        ),
      );
    }
    return found;
  };
  return readDatabase(cli.paths.database, look) ?? look(undefined);
}

function fileLinesOf(
  database: Database | undefined,
  path: string,
  text: string,
  redactor: Redactor | undefined,
): BlamedLine[] | 'needs-redactor' {
  const all = { name: path, path, first: 1, last: Number.POSITIVE_INFINITY };
  if (database === undefined) return blamedLines(undefined, unknownLines(text), all, true);
  const { projectId, unseenAt } = fileRecord(database, path);
  const store = new AuthorshipTables(database).of(projectId ?? projectOf(database, path));
  const lines = diskLinesOf(new LineAuthors(store), { path, text, unseenAt }, redactor);
  return lines === 'needs-redactor' ? lines : blamedLines(database, lines, all, true);
}

/** The project that a file of which nothing is recorded lies in: it may have been renamed. */
function projectOf(database: Database, path: string): number | null {
  const place = new ProjectFinder(processElapsed, (found) => found).find(dirname(path));
  return allProjects(database).find(({ root }) => root === place?.root)?.id ?? null;
}

function reviewed(name: string, lines: readonly BlamedLine[]): ReviewedFile {
  const ranges: { first: number; last: number; line: BlamedLine }[] = [];
  for (const line of lines) {
    const last = ranges.at(-1);
    if (last?.last === line.line - 1 && isSameAuthor(last.line, line)) last.last = line.line;
    else ranges.push({ first: line.line, last: line.line, line });
  }
  const count = (wanted: BlamedLine['by']): number =>
    lines.filter(({ by }) => by === wanted).length;
  return {
    name,
    added: lines.length,
    claude: count('claude'),
    other: count('other'),
    unknown: count('unknown'),
    ranges,
  };
}

function isSameAuthor(one: BlamedLine, other: BlamedLine): boolean {
  return (
    one.by === other.by && one.eventId === other.eventId && one.confidence === other.confidence
  );
}

/** What is too large, or no text, was not looked at. */
function unread(added: number): AddedCounts {
  return { added, claude: 0, other: 0, unknown: added };
}

function sumOf(files: readonly AddedCounts[]): AddedCounts {
  return files.reduce(
    (sum, file) => ({
      added: sum.added + file.added,
      claude: sum.claude + file.claude,
      other: sum.other + file.other,
      unknown: sum.unknown + file.unknown,
    }),
    { added: 0, claude: 0, other: 0, unknown: 0 },
  );
}

import { dirname } from 'node:path';
import { LineAuthors } from '../authorship/line-authors.ts';
import { processElapsed } from '../base/deadline.ts';
import type { TrackerPaths } from '../base/paths.ts';
import { ProjectFinder } from '../ingest/project.ts';
import type { Redactor } from '../redact/redact.ts';
import type { Database } from '../store/database/database.ts';
import { readDatabase } from '../store/database/read-database.ts';
import { fileRecord } from '../store/queries/authorship/file-record.ts';
import type { FileRecord } from '../store/queries/authorship/file-record.ts';
import { allProjects } from '../store/queries/projects.ts';
import type { Project } from '../store/queries/projects.ts';
import { AuthorshipTables } from '../store/writers/authorship/authorship-tables.ts';
import { blamedLines } from './blamed-lines.ts';
import type { BlamedLine, AskedLines } from './blamed-lines.ts';
import { diskLinesOf, unknownLines } from './disk-lines.ts';
import type { DiskLines } from './disk-lines.ts';
import { diskText } from './disk-text.ts';

/** Of which file it is asked who wrote it. */
export interface BlameQuestion extends AskedLines {
  /** Its one name, as `FileNames` finds it. */
  readonly path: string;
  /** What messages call it. */
  readonly name: string;
  /** False for the first words of the prompts only. */
  readonly withWholePrompts: boolean;
}

/** Who wrote the lines of a file. */
export interface FileBlame {
  /** Those that were asked for. */
  readonly lines: readonly BlamedLine[];
  /** All of them, and what they were compared with. */
  readonly compared: DiskLines;
  readonly project: Project | undefined;
}

/** A file that is not there, and what is recorded of it; undefined without a database. */
export interface MissingFile {
  readonly record: FileRecord | undefined;
}

/**
 * Says who wrote the lines of a file, as it is on disk now.
 *
 * @throws TrackerError as `diskText` does, and E_DATABASE_…
 */
export async function fileBlame(
  { path, name, withWholePrompts, ...range }: BlameQuestion,
  installation: { readonly paths: TrackerPaths },
): Promise<FileBlame | MissingFile> {
  const text = diskText(path, name);
  const look = (redactor?: Redactor): FileBlame | MissingFile | 'needs-redactor' | undefined =>
    readDatabase(installation.paths.database, (database) => {
      const record = fileRecord(database, path);
      if (text === undefined) return { record };
      const project = projectOf(database, path, record);
      const store = new AuthorshipTables(database).of(project?.id ?? null);
      const { unseenAt } = record;
      const engine = new LineAuthors(store);
      const compared = diskLinesOf(engine, { path, text, unseenAt }, redactor);
      if (compared === 'needs-redactor') return compared;
      return { lines: blamedLines(database, compared, range, withWholePrompts), compared, project };
    });
  const first = look();
  const found = first === 'needs-redactor' ? look(await redactorOf(installation)) : first;
  if (typeof found === 'object') return found;
  if (text === undefined) return { record: undefined };
  const compared = unknownLines(text);
  const lines = blamedLines(undefined, compared, range, withWholePrompts);
  return { lines, compared, project: undefined };
}

// --- internal ---

/** Loaded only when it is needed: it takes longer than all the rest. */
async function redactorOf(installation: { readonly paths: TrackerPaths }): Promise<Redactor> {
  const { loadRedactor } = await import('./load-redactor.ts');
  return loadRedactor(installation);
}

/** The project that the file's state is kept under, else the one that it lies in. */
function projectOf(
  database: Database,
  path: string,
  { projectId }: FileRecord,
): Project | undefined {
  if (projectId === null) return undefined;
  const projects = allProjects(database);
  if (projectId !== undefined) return projects.find(({ id }) => id === projectId);
  const place = new ProjectFinder(processElapsed, (found) => found).find(dirname(path));
  return (
    projects.find(({ root }) => root === place?.root) ??
    projects
      .filter(({ root }) => path.startsWith(`${root}/`))
      .toSorted((one, other) => other.root.length - one.root.length)[0]
  );
}

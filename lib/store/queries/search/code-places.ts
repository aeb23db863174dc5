import type { Database } from '../../database/database.ts';
import { Conditions } from '../conditions.ts';
import type { ListFilter } from '../conditions.ts';

/** Which places of code to look at. */
export interface CodeFilter extends ListFilter {
  /** The tool that ran, or wrote the code; any case. */
  readonly tool?: string | undefined;
  /** Only code in this language. */
  readonly language?: string | undefined;
  /** Only code in, and names of, files that this is true of. */
  readonly isFile?: ((path: string) => boolean) | undefined;
}

/** A place that a hit is shown at. Times are milliseconds since 1970 UTC. */
export interface Place {
  readonly sessionId: string;
  readonly toolUseId: string | null;
  readonly toolName: string | null;
  readonly filePath: string | null;
  readonly startLine: number | null;
  readonly at: number;
  readonly projectRoot: string | null;
  readonly projectName: string | null;
}

/** Finds the place of a row, if the filter names it. */
export type Placing<Row> = (row: Row) => Place | undefined;

/** What is true of `occurrences o` that a filter names, but for their files. */
export function namedOccurrences(filter: Omit<CodeFilter, 'limit'>): Conditions {
  const { tool, language } = filter;
  const where = new Conditions().addFilter(
    { session: 'o.session_id', project: 'o.project_id', time: 'o.at' },
    filter,
  );
  if (tool !== undefined) where.add('o.tool_name = @tool COLLATE NOCASE', { tool });
  if (language !== undefined) where.add('o.language = @language COLLATE NOCASE', { language });
  return where;
}

/** Where a pattern was written last, of the places that the filter names. */
export function codePlaces(
  database: Database,
  filter: Omit<CodeFilter, 'limit'>,
): Placing<{ id: string }> {
  const { isFile } = filter;
  const where = namedOccurrences(filter).add('o.pattern_id = @id');
  const select = database.prepare<[Record<string, string | number>], Place>(
    `SELECT o.session_id AS sessionId, o.tool_use_id AS toolUseId, o.tool_name AS toolName,
       o.file_path AS filePath, o.start_line AS startLine, o.at,
       project.root AS projectRoot, project.name AS projectName
     FROM occurrences o LEFT JOIN projects project ON project.id = o.project_id
     ${where.sql()} ORDER BY o.at DESC`,
  );
  return ({ id }) => {
    for (const place of select.iterate({ ...where.values, id })) {
      if (!isFile || (place.filePath !== null && isFile(place.filePath))) return place;
    }
    return undefined;
  };
}

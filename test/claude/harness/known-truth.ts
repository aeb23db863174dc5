import { readFileSync } from 'node:fs';
import { LineAuthors } from '../../../lib/authorship/line-authors.ts';
import { Sqlite } from '../../../lib/store/database/sqlite.ts';
import { AuthorshipTables } from '../../../lib/store/writers/authorship/authorship-tables.ts';

/** A line whose author is known, and who is said to be it. */
export interface JudgedLine {
  readonly path: string;
  readonly text: string;
  /** The call that is said to have written it; null if nobody of Claude's. */
  readonly toolUseId: string | null;
}

/** What tracker.db tells of the authors of files as they are on disk now. */
export interface JudgedFiles {
  /** Lines of people that are said to be Claude's. */
  readonly wrong: readonly JudgedLine[];
  /** Lines of Claude's that are not said to be. */
  readonly missed: readonly JudgedLine[];
  /** Lines of Claude's that are said to be. */
  readonly right: readonly JudgedLine[];
}

/** Compares the authors of files with what their lines say of themselves: they hold `human` or `claude`, or say nothing. */
export function judgeFiles(database: string, paths: readonly string[]): JudgedFiles {
  const db = new Sqlite(database, { readonly: true, fileMustExist: true });
  try {
    const calls = db.prepare<[string, number], { tool_use_id: string | null }>(
      'SELECT tool_use_id FROM occurrences WHERE event_id = ? AND ordinal = ?',
    );
    const project = db.prepare<[string], { project_id: number | null }>(
      'SELECT project_id FROM file_states WHERE file_path = ?',
    );
    const tables = new AuthorshipTables(db);
    tables.begin();
    const lines = paths.flatMap((path): JudgedLine[] => {
      const text = readFileSync(path, 'utf8');
      const authors = new LineAuthors(tables.of(project.get(path)?.project_id ?? null));
      const found = authors.authorsOf(path, text);
      return text.split(/\r?\n/).map((line, index) => {
        const author = found[index];
        if (!author) return { path, text: line, toolUseId: null };
        const cut = author.lastIndexOf('-');
        const call = calls.get(author.slice(0, cut), Number(author.slice(cut + 1)));
        return { path, text: line, toolUseId: call?.tool_use_id ?? author };
      });
    });
    const ofClaude = lines.filter(({ text }) => text.includes('claude'));
    return {
      wrong: lines.filter(({ text, toolUseId }) => text.includes('human') && toolUseId !== null),
      missed: ofClaude.filter(({ toolUseId }) => toolUseId === null),
      right: ofClaude.filter(({ toolUseId }) => toolUseId !== null),
    };
  } finally {
    db.close();
  }
}

/** What each call is said to have done to each file that it put pieces of code into: the kinds of these pieces. */
export function readKinds(database: string, sessionId: string): Map<string, ReadonlySet<string>> {
  const db = new Sqlite(database, { readonly: true, fileMustExist: true });
  try {
    const rows = db
      .prepare<[string], { tool_name: string; file_path: string; authorship: string }>(
        `SELECT tool_name, file_path, authorship FROM occurrences WHERE session_id = ? AND tool_name = 'Bash'`,
      )
      .all(sessionId);
    const kinds = new Map<string, Set<string>>();
    for (const { file_path: path, authorship } of rows) {
      kinds.set(path, (kinds.get(path) ?? new Set()).add(authorship));
    }
    return kinds;
  } finally {
    db.close();
  }
}

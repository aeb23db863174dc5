import type { Database } from '../database/database.ts';

/** The rows of a list, and how many there are in all. */
export interface Listing<Row> {
  readonly rows: readonly Row[];
  /** How many rows match; {@link MOST_COUNTED} stands for that many or more. */
  readonly total: number;
  /** How many rows were passed over. @default 0 */
  readonly offset?: number | undefined;
}

/** A query for a list: its rows, and the number of them without a limit. */
export interface ListQuery<Filter, Row> {
  readonly rows: (database: Database, filter: Filter) => Row[];
  readonly count: (database: Database, filter: Filter) => number;
}

/** Rows are counted up to this number, so that a short list of a large table stays fast. */
export const MOST_COUNTED = 1_000;

/** Reads a list, or a part of it. Only a list that may not be shown in whole is counted. */
export function listingOf<
  Filter extends { readonly limit: number; readonly offset?: number | undefined },
  Row,
>(database: Database, filter: Filter, query: ListQuery<Filter, Row>): Listing<Row> {
  const rows = query.rows(database, filter);
  const { limit, offset = 0 } = filter;
  const isCut = rows.length === limit || offset > 0;
  const shown = rows.length === 0 ? 0 : offset + rows.length;
  return { rows, offset, total: isCut ? Math.max(shown, query.count(database, filter)) : shown };
}

/** Counts rows, up to `most`. @param from SQL from `FROM` on, without an order */
export function countRows(
  database: Database,
  from: string,
  values: Readonly<Record<string, string | number>>,
  most: number = MOST_COUNTED,
): number {
  return (
    database
      .prepare<[Record<string, string | number>], number>(
        `SELECT count(*) FROM (SELECT 1 ${from} LIMIT ${most})`,
      )
      .pluck()
      .get(values) ?? 0
  );
}

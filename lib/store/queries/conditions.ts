/** Ids of sessions that `pattern-tracker capture-test` made begin with this; lists leave them out. */
export const TEST_SESSION_PREFIX = 'capture-test-';

/** Which rows a list shows: those that meet every given condition. */
export interface ListFilter {
  /** Rows of these projects only. */
  readonly projectIds?: readonly number[] | undefined;
  /** The whole id of a session. */
  readonly session?: string | undefined;
  /** Milliseconds since 1970. */
  readonly since?: number | undefined;
  /** The first moment that is too late, in milliseconds since 1970. */
  readonly until?: number | undefined;
  /** The most rows to return; -1 returns all. */
  readonly limit: number;
  /** How many rows to pass over first. @default 0 */
  readonly offset?: number | undefined;
  /** True also shows what `capture-test` recorded. @default false */
  readonly withTests?: boolean | undefined;
}

/** Builds a WHERE clause, together with the values it binds. */
export class Conditions {
  readonly values: Record<string, string | number> = {};
  readonly #clauses: string[] = [];

  add(clause: string, values: Readonly<Record<string, string | number>> = {}): this {
    this.#clauses.push(`(${clause})`);
    Object.assign(this.values, values);
    return this;
  }

  /** Requires that `column` begins with `prefix`; written as a range, so that an index serves it. */
  addPrefix(column: string, name: string, prefix: string): this {
    return this.add(`${column} >= @${name} AND ${column} < @${name} || char(1114111)`, {
      [name]: prefix,
    });
  }

  /**
   * Requires what `filter` asks for, of the given columns. Rows that last have a `begin` beside the `time`
   * of their end, and are chosen when they overlap the time that is asked for.
   */
  addFilter(
    columns: {
      readonly session: string;
      readonly project: string;
      readonly time: string;
      readonly begin?: string;
    },
    filter: Omit<ListFilter, 'limit' | 'offset'>,
  ): this {
    if (!filter.withTests) this.add(`${columns.session} NOT GLOB '${TEST_SESSION_PREFIX}*'`);
    if (filter.session !== undefined) {
      this.add(`${columns.session} = @session`, { session: filter.session });
    }
    if (filter.since !== undefined) this.add(`${columns.time} >= @since`, { since: filter.since });
    if (filter.until !== undefined) {
      this.add(`${columns.begin ?? columns.time} < @until`, { until: filter.until });
    }
    if (filter.projectIds) {
      this.add(`${columns.project} IN (SELECT value FROM json_each(@projects))`, {
        projects: JSON.stringify(filter.projectIds),
      });
    }
    return this;
  }

  /** Empty, or `WHERE …`. */
  sql(): string {
    return this.#clauses.length > 0 ? `WHERE ${this.#clauses.join(' AND ')}` : '';
  }
}

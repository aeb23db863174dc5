/** Sessions that `pattern-tracker capture-test` made; lists leave them out. */
export const TEST_SESSION_PREFIX = 'capture-test-';

/** Which rows a list shows. All given conditions hold at once. */
export interface ListFilter {
  /** Rows of these projects only. */
  readonly projectIds?: readonly number[] | undefined;
  /** The first characters of a session id, or all of it. */
  readonly session?: string | undefined;
  /** Milliseconds since 1970. */
  readonly since?: number | undefined;
  /** At most so many rows; -1 is all. */
  readonly limit: number;
  /** True shows what `capture-test` recorded, too. @default false */
  readonly withTests?: boolean | undefined;
}

/** A WHERE clause in the making, with the values it binds. */
export class Conditions {
  readonly values: Record<string, string | number> = {};
  readonly #clauses: string[] = [];

  add(clause: string, values: Readonly<Record<string, string | number>> = {}): this {
    this.#clauses.push(`(${clause})`);
    Object.assign(this.values, values);
    return this;
  }

  /** `column` begins with `prefix`; a range, so that an index serves it. */
  addPrefix(column: string, name: string, prefix: string): this {
    return this.add(`${column} >= @${name} AND ${column} < @${name} || char(1114111)`, {
      [name]: prefix,
    });
  }

  /** The conditions of `filter` on the columns of one table. */
  addFilter(
    columns: { readonly session: string; readonly project: string; readonly time: string },
    filter: Omit<ListFilter, 'limit'>,
  ): this {
    if (!filter.withTests) this.add(`${columns.session} NOT GLOB '${TEST_SESSION_PREFIX}*'`);
    if (filter.session !== undefined) this.addPrefix(columns.session, 'session', filter.session);
    if (filter.since !== undefined) this.add(`${columns.time} >= @since`, { since: filter.since });
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

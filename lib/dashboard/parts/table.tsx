import type { ComponentChildren } from 'preact';
import { useCallback, useMemo, useRef } from 'preact/hooks';
import { useRowHeight } from './row-height.ts';
import { useWindowRows } from './window-rows.ts';

/** A column of a table. */
export interface Column<Row> {
  /** Its name in the URL when it is sorted by. */
  readonly name: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** What rows are sorted by. @default the column cannot be sorted by */
  readonly order?: (row: Row) => string | number | null;
  /** Numbers stand at the right. @default left */
  readonly align?: 'right';
  /** Where there is little room, the column is left out below this width of the window. @default never */
  readonly from?: 560 | 900;
  /** True for the column that takes the room that is left. */
  readonly isWide?: boolean;
}

/**
 * A table of which every row has the same height, so that of many rows those in view are drawn. `?sort=NAME` sorts it, with a
 * minus before the name from the largest on.
 */
export function Table<Row>({
  columns,
  rows,
  rowKey,
  url,
  caption,
}: {
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly url: URL;
  /** What the table is of, for who does not see it. */
  readonly caption: string;
}) {
  const sort = url.searchParams.get('sort') ?? '';
  const sorted = useMemo(() => sortedRows(rows, columns, sort), [rows, columns, sort]);
  const rowHeight = useRowHeight();
  const body = useRef<HTMLTableSectionElement>(null);
  const height = useCallback(() => rowHeight, [rowHeight]);
  const shown = useWindowRows(sorted.length, height, body);
  return (
    <div class="table-room">
      <table class="table" aria-rowcount={sorted.length + 1}>
        <caption class="unseen">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head column={column} sort={sort} url={url} key={column.name} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          <Gap height={shown.before} columns={columns.length} />
          {sorted.slice(shown.from, shown.to).map((row, at) => (
            <tr data-row key={rowKey(row)} aria-rowindex={shown.from + at + 2}>
              {columns.map((column) => (
                <td class={cellClass(column)} key={column.name}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
          <Gap height={shown.after} columns={columns.length} />
        </tbody>
      </table>
    </div>
  );
}

// --- internal ---

function Head<Row>({
  column,
  sort,
  url,
}: {
  readonly column: Column<Row>;
  readonly sort: string;
  readonly url: URL;
}) {
  const { name, title, order } = column;
  const isUp = sort === name;
  const isDown = sort === `-${name}`;
  const direction = isUp ? 'ascending' : isDown ? 'descending' : undefined;
  if (!order) {
    return (
      <th scope="col" class={cellClass(column)}>
        {title}
      </th>
    );
  }
  const next = new URL(url);
  next.searchParams.set('sort', isDown ? name : `-${name}`);
  return (
    <th scope="col" class={cellClass(column)} {...(direction && { 'aria-sort': direction })}>
      <a href={`${next.pathname}${next.search}`}>
        {title}
        <span aria-hidden="true">{isUp ? ' ↑' : isDown ? ' ↓' : ''}</span>
      </a>
    </th>
  );
}

/** The room of rows that are not drawn. */
function Gap({ height, columns }: { readonly height: number; readonly columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true" class="gap">
      <td colSpan={columns} height={height} />
    </tr>
  );
}

function cellClass<Row>({ align, from, isWide }: Column<Row>): string {
  return [align === 'right' ? 'num right' : '', from ? `from-${from}` : '', isWide ? 'wide' : '']
    .filter(Boolean)
    .join(' ');
}

function sortedRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: string,
): readonly Row[] {
  const isDown = sort.startsWith('-');
  const order = columns.find(({ name }) => name === sort.replace(/^-/, ''))?.order;
  if (!order) return rows;
  const way = isDown ? -1 : 1;
  return rows.toSorted((one, other) => {
    const [a, b] = [order(one), order(other)];
    if (a === b) return 0;
    if (a === null) return 1; // what is not known stands last either way
    if (b === null) return -1;
    return (a < b ? -1 : 1) * way;
  });
}

import { counted } from '../../../base/amount-text.ts';
import { MOST_COUNTED } from '../../../store/queries/listing.ts';
import type { ListedPattern } from '../../../store/queries/patterns.ts';
import { linkWith, shortPath } from '../../parts/link.ts';
import { MoreLink } from '../../parts/recorded/more-link.tsx';
import { endOf } from '../../parts/recorded/place.tsx';
import { shortText } from '../../parts/plain.tsx';
import { fileLink, patternLink } from '../../parts/recorded/links.ts';
import { Empty } from '../../parts/states.tsx';
import { Table } from '../../parts/table.tsx';
import type { Column } from '../../parts/table.tsx';
import { Ago } from '../../parts/time.tsx';
import type { PageView, ViewProps } from '../page.ts';
import type { PatternsData } from './query.ts';

/** Which code comes again? */
export const patternsView: PageView<PatternsData> = { View };

// --- internal ---

function View({ data, url }: ViewProps<PatternsData>) {
  const { rows, total, hidden, language, order, isAll, most } = data;
  return (
    <>
      <div class="list-bar">
        <nav class="tabs" aria-label="Order">
          <a href={linkWith(url, { order: null, sort: null })} {...(order === 'recent' && CURRENT)}>
            Written last
          </a>
          <a href={linkWith(url, { order: 'used', sort: null })} {...(order === 'used' && CURRENT)}>
            Written most often
          </a>
        </nav>
        <p class="dim list-notes">
          {language !== '' && (
            <a class="chip" href={linkWith(url, { language: null })} aria-label="All languages">
              {shortText(language, 40)} ✕
            </a>
          )}
          {rows.length > 0 && <span class="num">{countText(total)} patterns</span>}
          {hidden > 0 && (
            <a href={linkWith(url, { small: 'yes' })}>
              {countText(hidden)} are too small to tell anything
            </a>
          )}
          {isAll && <a href={linkWith(url, { small: null })}>Leave out what is small</a>}
        </p>
      </div>
      {rows.length === 0 ? (
        <Empty
          title="No pattern in this time"
          why={
            <>
              Here stands each piece of code that Claude wrote, once however often it was written.{' '}
              <a href="/patterns?range=all">Look at all time</a>
            </>
          }
          command="pattern-tracker status"
        />
      ) : (
        <Table
          caption="Patterns"
          columns={columnsFor(url)}
          rows={rows}
          rowKey={({ id }) => id}
          url={url}
        />
      )}
      {rows.length < total && <MoreLink url={url} shown={most} />}
    </>
  );
}

/** Counting ends at some number. */
function countText(count: number): string {
  return `${count.toLocaleString('en-US')}${count >= MOST_COUNTED ? ' or more' : ''}`;
}

const CURRENT = { 'aria-current': 'true' } as const;

function columnsFor(url: URL): readonly Column<ListedPattern>[] {
  return [
    {
      name: 'code',
      title: 'Code',
      isWide: true,
      cell: ({ id, head }) => (
        <a class="code-head" href={patternLink(id)}>
          <bdi dir="ltr">{shortText(head.split(/[\r\n]/, 1)[0] ?? '', 160) || id}</bdi>
        </a>
      ),
    },
    {
      name: 'file',
      title: 'File',
      cell: ({ filePath, projectRoot, name, startLine }) =>
        filePath === null ? (
          <bdi dir="ltr">{endOf(name, 40)}</bdi>
        ) : (
          <a class="place-file" href={fileLink(filePath, startLine)}>
            <bdi dir="ltr">{endOf(shortPath(filePath, projectRoot), 40)}</bdi>
          </a>
        ),
      order: ({ filePath }) => filePath,
      from: 900,
    },
    {
      name: 'language',
      title: 'Language',
      cell: ({ language }) => (
        <a class="dim" href={linkWith(url, { language })}>
          {shortText(language, 20)}
        </a>
      ),
      order: ({ language }) => language,
      from: 900,
    },
    {
      name: 'lines',
      title: 'Lines',
      align: 'right',
      cell: ({ lines }) => lines.toLocaleString('en-US'),
      order: ({ lines }) => lines,
      from: 560,
    },
    {
      name: 'generation',
      title: 'Gen.',
      align: 'right',
      cell: ({ generation }) => generation.toLocaleString('en-US'),
      order: ({ generation }) => generation,
      from: 560,
    },
    {
      name: 'uses',
      title: 'Written',
      align: 'right',
      cell: ({ uses }) => <span title={counted(uses, 'time')}>{`${uses}×`}</span>,
      order: ({ uses }) => uses,
    },
    {
      name: 'last',
      title: 'Last',
      align: 'right',
      cell: ({ lastSeenAt }) => <Ago at={lastSeenAt} />,
      order: ({ lastSeenAt }) => lastSeenAt,
    },
  ];
}

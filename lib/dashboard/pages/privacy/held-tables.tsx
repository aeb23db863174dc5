import { byteText } from '../../../base/amount-text.ts';
import { Plain, plainText } from '../../parts/plain.tsx';
import { Table } from '../../parts/table.tsx';
import type { Column } from '../../parts/table.tsx';
import { Ago } from '../../parts/time.tsx';
import type { PrivacyData } from './query.ts';

type Held = PrivacyData['held'][number];
type Project = PrivacyData['projects'][number];
type Files = PrivacyData['files'][number];
type Rule = PrivacyData['redacted'][number];

/** What tracker.db holds, by kind. */
export function HeldTable({ rows, url }: TableProps<Held>) {
  return <Table caption="What is held" columns={HELD} rows={rows} rowKey={kindOf} url={url} />;
}

/** The same by project. */
export function ProjectsTable({ rows, url }: TableProps<Project>) {
  return (
    <Table
      caption="Projects"
      columns={PROJECTS}
      rows={rows}
      rowKey={({ root }) => root}
      url={url}
    />
  );
}

/** The files in which it lies. */
export function FilesTable({ rows, url }: TableProps<Files>) {
  return <Table caption="Files" columns={FILES} rows={rows} rowKey={kindOf} url={url} />;
}

/** How much each rule has taken out. */
export function RulesTable({ rows, url }: TableProps<Rule>) {
  return (
    <Table caption="Rules" columns={RULES} rows={rows} rowKey={({ rule }) => rule} url={url} />
  );
}

// --- internal ---

interface TableProps<Row> {
  readonly rows: readonly Row[];
  readonly url: URL;
}

const kindOf = ({ kind }: { readonly kind: string }) => kind;
const time = (iso: string | null) => (iso === null ? null : Date.parse(iso));

const count = <Row,>(
  name: string,
  title: string,
  of: (row: Row) => number,
  from?: 560 | 900,
): Column<Row> => ({
  name,
  title,
  align: 'right',
  cell: (row) => of(row).toLocaleString('en-US'),
  ...(from && { from }),
});

const HELD: readonly Column<Held>[] = [
  { name: 'kind', title: 'Kind', isWide: true, cell: ({ kind }) => kind },
  count('count', 'Count', (row) => row.count),
  count('characters', 'Characters', ({ characters }) => characters, 560),
  { name: 'bytes', title: 'Size', align: 'right', cell: ({ bytes }) => byteText(bytes) },
  {
    name: 'oldest',
    title: 'Oldest',
    cell: ({ oldest }) => oldest !== null && <Ago at={time(oldest)} />,
    from: 900,
  },
  {
    name: 'newest',
    title: 'Newest',
    cell: ({ newest }) => newest !== null && <Ago at={time(newest)} />,
    from: 900,
  },
];

const PROJECTS: readonly Column<Project>[] = [
  { name: 'root', title: 'Project', isWide: true, cell: ({ root }) => <Plain text={root} /> },
  count('sessions', 'Sessions', ({ sessions }) => sessions, 560),
  count('events', 'Events', ({ events }) => events),
  count('prompts', 'Prompts', ({ prompts }) => prompts, 900),
  count('patterns', 'Patterns', ({ patterns }) => patterns, 560),
  {
    name: 'newest',
    title: 'Newest',
    cell: ({ newest }) => newest !== null && <Ago at={time(newest)} />,
    from: 900,
  },
];

const FILES: readonly Column<Files>[] = [
  {
    name: 'kind',
    title: 'Files',
    isWide: true,
    cell: ({ kind, path }) => <span title={plainText(path)}>{kind}</span>,
  },
  count('files', 'Count', ({ files }) => files),
  { name: 'bytes', title: 'Size', align: 'right', cell: ({ bytes }) => byteText(bytes) },
];

const RULES: readonly Column<Rule>[] = [
  { name: 'rule', title: 'Rule', isWide: true, cell: ({ rule }) => <Plain text={rule} /> },
  count('count', 'Taken out', (row) => row.count),
];

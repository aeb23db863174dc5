import { Plain } from '../parts/plain.tsx';
import { Table } from '../parts/table.tsx';
import type { Column } from '../parts/table.tsx';
import { Ago } from '../parts/time.tsx';
import type { Relative } from '../../service/store/rows/relatives.ts';
import type { StoredOccurrence, StoredPattern } from '../../service/store/rows/stored-pattern.ts';

/** Patterns of a tenant. */
export function PatternTable({ patterns }: { readonly patterns: readonly StoredPattern[] }) {
  return (
    <Table
      caption="Patterns"
      columns={PATTERNS}
      rows={patterns}
      rowKey={({ id }) => id}
      url={NOWHERE}
    />
  );
}

/** The places that a pattern was written to. */
export function OccurrenceTable({ rows }: { readonly rows: readonly StoredOccurrence[] }) {
  return (
    <Table
      caption="Places"
      columns={PLACES}
      rows={rows}
      rowKey={({ eventId }) => eventId}
      url={NOWHERE}
    />
  );
}

/** Patterns that a pattern came from, or that came from it. */
export function RelativeTable({ rows }: { readonly rows: readonly Relative[] }) {
  return (
    <Table
      caption="Related patterns"
      columns={RELATIVES}
      rows={rows}
      rowKey={({ patternId, version }) => `${patternId} ${version}`}
      url={NOWHERE}
    />
  );
}

/** The page of a pattern of the team's. */
export function teamPatternLink(id: string): string {
  return `/patterns/${encodeURIComponent(id)}`;
}

// --- internal ---

/** These tables cannot be sorted. */
const NOWHERE = new URL('http://localhost/');

const PATTERNS: readonly Column<StoredPattern>[] = [
  {
    name: 'name',
    title: 'Pattern',
    isWide: true,
    cell: ({ id, name, isDeprecated }) => (
      <>
        <a href={teamPatternLink(id)}>
          <Plain text={name || id} />
        </a>
        {isDeprecated && <span class="dim"> deprecated</span>}
      </>
    ),
  },
  {
    name: 'file',
    title: 'File',
    cell: ({ filePath }) => <Plain text={(filePath ?? '').split(/[\\/]/).slice(-2).join('/')} />,
    from: 900,
  },
  {
    name: 'language',
    title: 'Language',
    cell: ({ language }) => <Plain text={language} />,
    from: 560,
  },
  {
    name: 'lines',
    title: 'Lines',
    align: 'right',
    cell: ({ lines }) => lines.toLocaleString('en-US'),
    from: 560,
  },
  {
    name: 'places',
    title: 'Written',
    align: 'right',
    cell: ({ occurrences }) => `${occurrences.toLocaleString('en-US')}×`,
  },
  {
    name: 'generation',
    title: 'Generation',
    align: 'right',
    cell: ({ generation }) => generation,
    from: 900,
  },
  { name: 'seen', title: 'Last', cell: ({ lastSeenAt }) => <Ago at={lastSeenAt} /> },
];

const PLACES: readonly Column<StoredOccurrence>[] = [
  { name: 'at', title: 'When', cell: ({ at }) => <Ago at={at} /> },
  {
    name: 'file',
    title: 'File',
    isWide: true,
    cell: ({ filePath, startLine }) => (
      <Plain text={`${filePath ?? 'not known'}${startLine === null ? '' : `:${startLine}`}`} />
    ),
  },
  { name: 'action', title: 'Action', cell: ({ action }) => action },
  {
    name: 'tool',
    title: 'Tool',
    cell: ({ toolName }) => <Plain text={toolName ?? ''} />,
    from: 560,
  },
  {
    name: 'session',
    title: 'Session',
    cell: ({ sessionId }) => <code>{(sessionId ?? '').slice(0, 8)}</code>,
    from: 900,
  },
];

const RELATIVES: readonly Column<Relative>[] = [
  {
    name: 'name',
    title: 'Pattern',
    isWide: true,
    cell: ({ patternId, name }) => (
      <a href={teamPatternLink(patternId)}>
        <Plain text={name || patternId} />
      </a>
    ),
  },
  { name: 'edge', title: 'How', cell: ({ edgeType }) => edgeType.replaceAll('_', ' '), from: 560 },
  { name: 'depth', title: 'Steps', align: 'right', cell: ({ depth }) => depth },
];

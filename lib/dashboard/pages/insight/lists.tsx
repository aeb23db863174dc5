import { shareText } from '../../../base/amount-text.ts';
import type { ListedPattern } from '../../../store/queries/patterns.ts';
import type { Failure, HotFile, ModelUse } from '../../../store/queries/statistics/statistics.ts';
import { roundText } from '../../parts/count.tsx';
import { RateBar } from '../../parts/figures/rate-bar.tsx';
import { Plain, plainText } from '../../parts/plain.tsx';
import { Table } from '../../parts/table.tsx';
import type { Column } from '../../parts/table.tsx';

/** Calls that did not succeed, by their cause. */
export function Failures({
  failures,
  calls,
  url,
}: {
  readonly failures: readonly Failure[];
  readonly calls: number;
  readonly url: URL;
}) {
  if (failures.length === 0) return <p class="dim">Every call succeeded.</p>;
  const most = Math.max(...failures.map((of) => of.calls));
  const columns: readonly Column<Failure>[] = [
    { name: 'cause', title: 'Cause', isWide: true, cell: ({ cause }) => <Plain text={cause} /> },
    {
      name: 'failed',
      title: 'Calls',
      align: 'right',
      cell: ({ calls: failed }) => (
        <>
          {failed.toLocaleString('en-US')}
          <RateBar share={failed / most} is="fail" />
        </>
      ),
    },
    {
      name: 'share',
      title: 'Of all',
      align: 'right',
      cell: ({ calls: failed }) => (calls === 0 ? '' : shareText(failed / calls)),
      from: 560,
    },
  ];
  return (
    <Table
      caption="Causes"
      columns={columns}
      rows={failures}
      rowKey={({ cause }) => cause}
      url={url}
    />
  );
}

/** What models took. */
export function Models({ models }: { readonly models: readonly ModelUse[] }) {
  if (models.length === 0) {
    return (
      <p class="dim prose">
        Only transcripts tell tokens. <code>pattern-tracker import</code> reads them.
      </p>
    );
  }
  return (
    <Table
      caption="Models"
      columns={MODEL_COLUMNS}
      rows={models}
      rowKey={({ model }) => model}
      url={NOWHERE}
    />
  );
}

/** Files by how often they were edited. */
export function HotFiles({ files }: { readonly files: readonly HotFile[] }) {
  if (files.length === 0) return <p class="dim">No file was written in this time.</p>;
  return (
    <Table
      caption="Files"
      columns={FILE_COLUMNS}
      rows={files}
      rowKey={({ file }) => file}
      url={NOWHERE}
    />
  );
}

/** Patterns that were used more than once. */
export function ReusedPatterns({ patterns }: { readonly patterns: readonly ListedPattern[] }) {
  if (patterns.length === 0) {
    return <p class="dim">No code of some size was written twice in this time.</p>;
  }
  return (
    <Table
      caption="Patterns"
      columns={PATTERN_COLUMNS}
      rows={patterns}
      rowKey={({ id }) => id}
      url={NOWHERE}
    />
  );
}

// --- internal ---

/** These tables cannot be sorted. */
const NOWHERE = new URL('http://localhost/insight');

const MODEL_COLUMNS: readonly Column<ModelUse>[] = [
  { name: 'model', title: 'Model', isWide: true, cell: ({ model }) => <Plain text={model} /> },
  {
    name: 'input',
    title: 'Input',
    align: 'right',
    cell: ({ tokens }) => roundText(tokens.input + tokens.cacheCreation),
    from: 560,
  },
  {
    name: 'cached',
    title: 'From cache',
    align: 'right',
    cell: ({ tokens }) => roundText(tokens.cacheRead),
    from: 560,
  },
  {
    name: 'output',
    title: 'Output',
    align: 'right',
    cell: ({ tokens }) => roundText(tokens.output),
  },
  {
    name: 'cost',
    title: 'Cost',
    align: 'right',
    cell: ({ cost }) => (cost === null ? <span class="dim">–</span> : cost.toFixed(2)),
  },
];

const FILE_COLUMNS: readonly Column<HotFile>[] = [
  {
    name: 'file',
    title: 'File',
    isWide: true,
    cell: ({ file }) => (
      <a href={`/file?path=${encodeURIComponent(file)}`} title={plainText(file)}>
        <Plain text={shortPath(file)} />
      </a>
    ),
  },
  {
    name: 'edits',
    title: 'Edits',
    align: 'right',
    cell: ({ edits }) => edits.toLocaleString('en-US'),
  },
  {
    name: 'lines',
    title: 'Lines',
    align: 'right',
    cell: ({ lines }) => lines.toLocaleString('en-US'),
    from: 560,
  },
];

const PATTERN_COLUMNS: readonly Column<ListedPattern>[] = [
  {
    name: 'pattern',
    title: 'Pattern',
    isWide: true,
    cell: ({ id, name }) => (
      <a href={`/patterns/${id}`}>{name ? <Plain text={name} /> : <code>{id}</code>}</a>
    ),
  },
  {
    name: 'language',
    title: 'Language',
    cell: ({ language }) => <Plain text={language} />,
    from: 560,
  },
  {
    name: 'uses',
    title: 'Uses',
    align: 'right',
    cell: ({ uses }) => uses.toLocaleString('en-US'),
  },
];

/** The end of a path says which file it is. */
function shortPath(file: string): string {
  return file.split(/[\\/]/).slice(-3).join('/');
}

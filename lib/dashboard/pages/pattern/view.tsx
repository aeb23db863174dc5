import { counted, shareText } from '../../../base/amount-text.ts';
import { Code } from '../../parts/code/code.tsx';
import { Diff } from '../../parts/diff/diff.tsx';
import { shortPath } from '../../parts/link.ts';
import { MoreLink } from '../../parts/recorded/more-link.tsx';
import { endOf } from '../../parts/recorded/place.tsx';
import { Plain, shortText } from '../../parts/plain.tsx';
import { callLink, fileLink, patternLink } from '../../parts/recorded/links.ts';
import { SimilarList } from '../../parts/recorded/similar-list.tsx';
import { Table } from '../../parts/table.tsx';
import type { Column } from '../../parts/table.tsx';
import { Ago } from '../../parts/time.tsx';
import type { PatternOccurrence } from '../../../store/queries/patterns.ts';
import type { PageView, ViewProps } from '../page.ts';
import { LineageView } from './lineage-view.tsx';
import type { PatternData } from './query.ts';

/** Where did this come from? */
export const patternView: PageView<PatternData> = {
  View,
  titleOf: ({ pattern }) => shortText(pattern.name, 60),
};

// --- internal ---

function View({ data, url }: ViewProps<PatternData>) {
  const { pattern, occurrences, lineage, heads, authorship, change, similar, most } = data;
  const { id, name, language, lines, generation, uses, firstSeenAt, lastSeenAt } = pattern;
  const hasLineage = lineage.ancestors.length + lineage.descendants.length > 0;
  return (
    <div class="sections">
      <header class="file-head">
        <h2>
          <Plain text={name.slice(0, 160)} />
        </h2>
        <p class="file-facts dim">
          <code>{shortText(id, 40)}</code>
          <a href={`/patterns?${new URLSearchParams({ language, range: 'all' }).toString()}`}>
            {shortText(language, 40)}
          </a>
          <span class="num">{counted(lines, 'line')}</span>
          {authorship.authoredShare !== null && (
            <span class="num">{shareText(authorship.authoredShare)} new</span>
          )}
          <span class="num">generation {generation}</span>
          <a class="num" href="#places">
            written {counted(uses, 'time')}
          </a>
          <span>
            first <Ago at={firstSeenAt} />
          </span>
          <span>
            last <Ago at={lastSeenAt} />
          </span>
        </p>
      </header>
      <section class="section" aria-label="Code">
        <Code code={pattern.code} language={language} label="Code of the pattern" />
      </section>
      <section class="section">
        <h2>Lineage</h2>
        {hasLineage ? (
          <LineageView subject={pattern} lineage={lineage} heads={heads} />
        ) : (
          <p class="dim">It came from no other pattern, and no other came from it.</p>
        )}
        <Parents authorship={authorship} />
      </section>
      {change !== null && <Change change={change} />}
      <section class="section" id="places">
        <h2>
          Places <span class="num dim">{pattern.occurrences.toLocaleString('en-US')}</span>
        </h2>
        {occurrences.length === 0 ? (
          <p class="dim">No place of it is recorded: it was declared by a program.</p>
        ) : (
          <Table
            caption="Places"
            columns={PLACE_COLUMNS}
            rows={occurrences}
            rowKey={(place) =>
              `${place.toolUseId ?? place.at} ${place.filePath} ${place.startLine ?? ''}`
            }
            url={url}
          />
        )}
        {occurrences.length < pattern.occurrences && occurrences.length === most && (
          <MoreLink url={url} shown={most} />
        )}
      </section>
      <section class="section">
        <h2>Similar</h2>
        {similar.isTooShort ? (
          <p class="dim">It is too short to be compared.</p>
        ) : similar.hits.length === 0 ? (
          <p class="dim">No other code is similar.</p>
        ) : (
          <>
            <SimilarList hits={similar.hits} />
            <p class="more">
              <a class="button" href={`/search?like=${encodeURIComponent(id)}`}>
                All that is similar
              </a>
            </p>
          </>
        )}
      </section>
    </div>
  );
}

/** The patterns whose lines it replaced, with their shares. */
function Parents({ authorship: { parents } }: Pick<PatternData, 'authorship'>) {
  if (parents.length === 0) return null;
  return (
    <p class="parents">
      Made from{' '}
      {parents.map(({ id, name, share }, at) => (
        <span key={id ?? at}>
          {at > 0 && ', '}
          {id === null ? (
            'a pattern past retention'
          ) : (
            <a href={patternLink(id)}>
              <Plain text={(name ?? id).slice(0, 60)} />
            </a>
          )}
          {share !== null && <span class="num dim"> {shareText(share)}</span>}
        </span>
      ))}
    </p>
  );
}

function Change({ change }: { readonly change: NonNullable<PatternData['change']> }) {
  const { parent, unified, isExact, isCut } = change;
  const hunks = unified.replace(/^--- .*\n\+\+\+ .*\n/, '');
  const note = [
    ...(isExact
      ? []
      : ['The event that wrote it is past retention, so whole patterns are compared.']),
    ...(isCut ? ['Only the beginning is shown.'] : []),
  ].join(' ');
  return (
    <section class="section">
      <h2>
        What it changed in{' '}
        <a href={patternLink(parent.id)}>
          <Plain text={parent.name.slice(0, 80)} />
        </a>
      </h2>
      {hunks === '' ? (
        <p class="dim">Nothing but white space.</p>
      ) : (
        <div class="detail">
          <Diff hunks={hunks} note={note} />
        </div>
      )}
    </section>
  );
}

const PLACE_COLUMNS: readonly Column<PatternOccurrence>[] = [
  {
    name: 'where',
    title: 'Where',
    isWide: true,
    cell: ({ filePath, startLine, projectRoot }) => (
      <a class="place-file" href={fileLink(filePath, startLine)}>
        <bdi dir="ltr">
          {endOf(shortPath(filePath, projectRoot))}
          {startLine === null ? '' : `:${startLine}`}
        </bdi>
      </a>
    ),
    order: ({ filePath }) => filePath,
  },
  { name: 'action', title: 'Action', cell: ({ action }) => action, from: 560 },
  {
    name: 'new',
    title: 'New',
    align: 'right',
    cell: ({ authorship, authoredShare }) =>
      authorship !== 'authored' ? (
        authorship
      ) : authoredShare === null ? (
        <span class="dim">–</span>
      ) : (
        shareText(authoredShare)
      ),
    from: 900,
  },
  {
    name: 'tool',
    title: 'Tool',
    cell: ({ toolName, sessionId, toolUseId }) => (
      <a href={callLink(sessionId, toolUseId)}>{shortText(toolName, 30)}</a>
    ),
  },
  {
    name: 'project',
    title: 'Project',
    cell: ({ projectName }) => <Plain text={(projectName ?? '').slice(0, 40)} />,
    from: 900,
  },
  {
    name: 'at',
    title: 'When',
    align: 'right',
    cell: ({ at }) => <Ago at={at} />,
    order: ({ at }) => at,
  },
];

import { counted, shareText } from '../../../base/amount-text.ts';
import type { ViewProps } from '../page.ts';
import type { InsightData } from './query.ts';
import type { SurvivalNumbers } from './survival.ts';

/** What became of lines, by their age: of each age one bar. It is compared with the disk, so it is shown on request. */
export function SurvivalBars({
  data: { survival, statistics },
  url,
}: Pick<ViewProps<InsightData>, 'data' | 'url'>) {
  if (survival === null) return <Offer standing={statistics.linesStanding} url={url} />;
  const rows = survival.groups.filter(({ written, unknown }) => written + unknown > 0);
  if (rows.length === 0) return <p class="dim">No code of Claude's is of this time.</p>;
  return (
    <>
      <p class="prose">
        {survival.written === 0 ? (
          'Of no line it is known what became of it.'
        ) : (
          <>
            {shareText(survival.stands / survival.written)} of {counted(survival.written, 'line')}{' '}
            that Claude wrote stand in their project today.
          </>
        )}
      </p>
      <ul class="legend survival-legend" aria-hidden="true">
        {FATES.map(({ title, colour }) => (
          <li key={title}>
            <svg width="10" height="10">
              <rect width="10" height="10" rx="2" fill={`var(${colour})`} />
            </svg>
            {title}
          </li>
        ))}
      </ul>
      <div class="table-room">
        <table class="table">
          <caption class="unseen">What became of lines, by their age</caption>
          <thead>
            <tr>
              <th scope="col">Age</th>
              <th scope="col" class="wide from-560">
                <span class="unseen">As a bar</span>
              </th>
              <th scope="col" class="num right">
                Written
              </th>
              {FATES.map(({ title }, at) => (
                <th scope="col" class={`num right${at > 0 ? ' from-900' : ''}`} key={title}>
                  {title}
                </th>
              ))}
              <th scope="col" class="num right from-900">
                Not known
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row" class="survival-age">
                  {row.key}
                </th>
                <td class="wide from-560">
                  <Bar of={row} />
                </td>
                <td class="num right">{row.written.toLocaleString('en-US')}</td>
                {FATES.map(({ title, of }, at) => (
                  <td class={`num right${at > 0 ? ' from-900' : ''}`} key={title}>
                    {row.written === 0 ? '–' : shareText(of(row) / row.written)}
                  </td>
                ))}
                <td class="num right from-900">{row.unknown.toLocaleString('en-US')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

// --- internal ---

const FATES: readonly {
  readonly title: string;
  readonly colour: string;
  readonly of: (row: SurvivalNumbers) => number;
}[] = [
  { title: 'Stand', colour: '--claude-border', of: ({ stands }) => stands },
  {
    title: 'Replaced by Claude',
    colour: '--accent-border',
    of: ({ reworked_by_claude }) => reworked_by_claude,
  },
  {
    title: 'By others',
    colour: '--warn-border',
    of: ({ reworked_by_others }) => reworked_by_others,
  },
  { title: 'Gone', colour: '--grey-5', of: ({ gone }) => gone },
];

function Bar({ of: row }: { readonly of: SurvivalNumbers }) {
  let x = 0;
  return (
    <svg
      class="survival-bar"
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      {FATES.map(({ title, colour, of }) => {
        const width = row.written === 0 ? 0 : (100 * of(row)) / row.written;
        x += width;
        return <rect key={title} x={x - width} width={width} height="10" fill={`var(${colour})`} />;
      })}
    </svg>
  );
}

function Offer({ standing, url }: { readonly standing: number | null; readonly url: URL }) {
  const to = new URL(url);
  to.searchParams.set('survival', 'age');
  return (
    <p class="prose">
      {standing !== null && (
        <>
          {counted(standing, 'line')} of Claude's {standing === 1 ? 'was' : 'were'} in the files
          when an event last told of them.{' '}
        </>
      )}
      <a href={`${to.pathname}${to.search}`}>Compare with the disk</a>: what stands, by the age of
      the lines, and who replaced the rest.
    </p>
  );
}

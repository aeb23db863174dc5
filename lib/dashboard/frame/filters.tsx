import { plainText } from '../parts/plain.tsx';
import type { Page } from '../pages/page.ts';
import { RANGES, USUAL_RANGE } from '../server/time-span.ts';
import { useClient } from './client-side.ts';

/** The choice of time and project of a page. It lives in the URL; without a script, a button sends it. */
export function Filters({
  url,
  filters,
  projects,
}: {
  readonly url: URL;
  readonly filters: NonNullable<Page['filters']>;
  readonly projects: readonly string[];
}) {
  const { navigate } = useClient();
  const { searchParams } = url;
  const range =
    (searchParams.get('from') ?? searchParams.get('to'))
      ? 'own'
      : (searchParams.get('range') ?? filters.usualRange ?? USUAL_RANGE);
  const project = searchParams.get('project') ?? '';
  const choose = (name: string, value: string) => {
    const next = new URL(url);
    if (name === 'range') for (const day of ['from', 'to']) next.searchParams.delete(day);
    if (value === '') next.searchParams.delete(name);
    else next.searchParams.set(name, value);
    navigate(`${next.pathname}${next.search}`);
  };
  return (
    <div class="filters" role="group" aria-label="Filters">
      {filters.project && projects.length > 0 && (
        <select
          aria-label="Project"
          data-filter
          value={project}
          onChange={({ currentTarget }) => choose('project', currentTarget.value)}
        >
          <option value="" selected={project === ''}>
            All projects
          </option>
          {[...new Set([...projects, ...(project ? [project] : [])])].toSorted().map((name) => (
            <option value={name} key={name} selected={name === project}>
              {plainText(name)}
            </option>
          ))}
        </select>
      )}
      {filters.range && (
        <select
          aria-label="Time"
          data-filter
          value={range}
          onChange={({ currentTarget }) => choose('range', currentTarget.value)}
        >
          {Object.entries(RANGES).map(([name, { title }]) => (
            <option value={name} key={name} selected={name === range}>
              {title}
            </option>
          ))}
          <option value="all" selected={range === 'all'}>
            All time
          </option>
          {range === 'own' && (
            <option value="own" selected>
              {`${searchParams.get('from') ?? '…'} – ${searchParams.get('to') ?? '…'}`}
            </option>
          )}
        </select>
      )}
    </div>
  );
}

import { counted } from '../../base/amount-text.ts';
import { Section } from '../parts/figures/section.tsx';
import { Plain } from '../parts/plain.tsx';
import { Empty } from '../parts/states.tsx';
import { Ago } from '../parts/time.tsx';
import type { TeamFileTree } from './team-file-tree.ts';
import { PatternTable } from './pattern-tables.tsx';
import { NumberRows } from '../parts/figures/number-rows.tsx';

/** Where was it written? A folder, or the patterns of a file. */
export function TeamFilesPage({ tree, of }: { readonly tree: TeamFileTree; readonly of: number }) {
  const { folder, above, entries, patterns } = tree;
  if (entries.length === 0 && patterns.length === 0) {
    return (
      <Empty
        title="No file here"
        why={
          <>
            Here stand the files that the newest patterns were written to.{' '}
            <a href="/files">All of them</a>
          </>
        }
      />
    );
  }
  return (
    <div class="sections">
      <nav class="team-trail" aria-label="Folders">
        {above.map((path, at) => (
          <span key={path}>
            <a href={at === 0 ? '/files' : linkOf(path)}>
              <Plain text={at === 0 ? path || '/' : nameOf(path)} />
            </a>
            <span class="dim" aria-hidden="true">
              {' / '}
            </span>
          </span>
        ))}
        <Plain text={above.length === 0 ? folder || '/' : nameOf(folder)} />
      </nav>
      {entries.length > 0 && (
        <Section title="Files" note={`of the newest ${counted(of, 'pattern')}`}>
          <NumberRows
            caption="Files and folders"
            titles={['Name', 'Files', 'Patterns', 'Last']}
            rows={entries.map(({ name, path, isFolder, files, patterns: count, lastSeenAt }) => [
              <a href={linkOf(path)} key="name">
                <Plain text={`${name}${isFolder ? '/' : ''}`} />
              </a>,
              files.toLocaleString('en-US'),
              count.toLocaleString('en-US'),
              <Ago at={lastSeenAt} key="at" />,
            ])}
          />
        </Section>
      )}
      {patterns.length > 0 && (
        <Section title="Patterns of the file">
          <PatternTable patterns={patterns} />
        </Section>
      )}
    </div>
  );
}

// --- internal ---

function linkOf(path: string): string {
  return `/files?${new URLSearchParams({ path }).toString()}`;
}

function nameOf(path: string): string {
  return path.split('/').at(-1) || '/';
}

import { counted } from '../../../base/amount-text.ts';
import { linkWith, shortPath } from '../../parts/link.ts';
import { endOf } from '../../parts/recorded/place.tsx';
import { Plain, shortText, shortId } from '../../parts/plain.tsx';
import { fileLink, folderLink, sessionLink } from '../../parts/recorded/links.ts';
import { ShareBar, shareOf } from '../../parts/recorded/share-bar.tsx';
import { Empty } from '../../parts/states.tsx';
import { Status } from '../../parts/status.tsx';
import { Ago } from '../../parts/time.tsx';
import type { PageView, ViewProps } from '../page.ts';
import { BlameText } from './blame-text.tsx';
import { History } from './history.tsx';
import type { FileData } from './query.ts';
import { SurvivalPart } from './survival-part.tsx';
import { VersionSlider } from './version-slider.tsx';

/** Who wrote this? */
export const fileView: PageView<FileData> = {
  View,
  titleOf: ({ path }) => shortText(path.split('/').at(-1) ?? path, 80),
};

// --- internal ---

function View({ data, url }: ViewProps<FileData>) {
  const { text, history, survival, counts, versions } = data;
  return (
    <div class="file">
      <FileHeading data={data} />
      <Counts counts={counts} />
      <nav class="tabs" aria-label="Parts of the file">
        <a href={linkWith(url, { show: null, before: null })} {...(text !== null && CURRENT)}>
          Lines <span class="num dim">{counts.lines.toLocaleString('en-US')}</span>
        </a>
        <a
          href={linkWith(url, { show: 'history', before: null })}
          {...(history !== null && CURRENT)}
        >
          History
        </a>
        <a href={linkWith(url, { show: 'survival', before: null })} {...(survival && CURRENT)}>
          Survival
        </a>
      </nav>
      {text !== null && versions.length > 1 && <VersionSlider data={data} url={url} />}
      {text !== null &&
        (counts.lines === 0 ? (
          <Empty
            title={data.state === 'gone' ? 'The file is gone' : 'The file is empty'}
            why="No text of it is kept. Its history tells what was done to it."
          />
        ) : (
          <BlameText
            text={text}
            total={counts.lines}
            language={data.language}
            url={url}
            key={`${data.shownVersion ?? ''} ${text.first}`}
          />
        ))}
      {history !== null && <History history={history} url={url} />}
      {survival !== null && <SurvivalPart survival={survival} />}
    </div>
  );
}

const CURRENT = { 'aria-current': 'true' } as const;

function FileHeading({ data }: { readonly data: FileData }) {
  const { path, projectRoot, projectName, lastWrite } = data;
  const shown = shortPath(path, projectRoot);
  const name = shown.split('/').at(-1) ?? '';
  const folder = path.slice(0, -name.length - 1);
  return (
    <header class="file-head">
      <h2>
        <bdi dir="ltr">
          {shown.includes('/') && (
            <a class="file-folder" href={folderLink(folder)}>
              {endOf(shown.slice(0, -name.length), 120)}
            </a>
          )}
          <span title={shortText(path, 500)}>{shortText(name, 160)}</span>
        </bdi>
      </h2>
      <p class="file-facts dim">
        {projectName !== null && projectRoot !== null && (
          <a href={folderLink(projectRoot)}>
            <Plain text={projectName.slice(0, 80)} />
          </a>
        )}
        <StateNote data={data} />
        {lastWrite !== null && (
          <span>
            Claude wrote last <Ago at={lastWrite.at} />, in session{' '}
            <a class="num" href={sessionLink(lastWrite.sessionId)}>
              {shortId(lastWrite.sessionId)}
            </a>
          </span>
        )}
      </p>
    </header>
  );
}

function StateNote({ data }: { readonly data: FileData }) {
  const { state, reason, renamedFrom, like, versions } = data;
  if (state === 'gone') return <Status is="warn">gone from the disk; its last kept text</Status>;
  if (state === 'unread') {
    return <Status is="warn">{`${shortText(reason ?? '', 200)}; its last kept text`}</Status>;
  }
  const other = renamedFrom ?? like;
  if (other !== null) {
    return (
      <span>
        {like === null ? 'was ' : 'nothing is recorded of it, but it is like '}
        <a href={fileLink(other)}>
          <bdi dir="ltr">{endOf(other, 60)}</bdi>
        </a>
      </span>
    );
  }
  if (state === 'unknown') return <Status is="ended">nothing is recorded of it</Status>;
  const last = versions.at(-1);
  if (state === 'equal' || !last) return <Status is="ok">as it was seen last</Status>;
  return (
    <span>
      changed since it was seen last, <Ago at={last.at} />
    </span>
  );
}

/** Claude's share, and what of it was reworked. */
function Counts({ counts }: { readonly counts: FileData['counts'] }) {
  const { lines, claude, reworked, other, unknown } = counts;
  if (lines === 0) return null;
  const number = (count: number) => count.toLocaleString('en-US');
  return (
    <div class="file-counts">
      <ShareBar
        parts={[
          { is: 'claude', lines: claude - reworked },
          { is: 'reworked', lines: reworked },
          { is: 'others', lines: other },
          { is: 'unknown', lines: unknown },
        ]}
        of={lines}
      />
      <p class="file-legend">
        <span class="legend-claude">
          <strong class="num">{shareOf(claude, lines)}</strong> Claude’s,{' '}
          <span class="num">{counted(claude, 'line')}</span>
        </span>
        {reworked > 0 && (
          <span class="legend-reworked">
            <span class="num">{number(reworked)}</span> of them reworked
          </span>
        )}
        {other > 0 && (
          <span class="legend-others">
            <span class="num">{number(other)}</span> not Claude’s
          </span>
        )}
        {unknown > 0 && (
          <span class="legend-unknown">
            <span class="num">{number(unknown)}</span> unknown
          </span>
        )}
      </p>
    </div>
  );
}

import { Lines } from '../../parts/count.tsx';
import { Diff } from '../../parts/diff/diff.tsx';
import { linkWith } from '../../parts/link.ts';
import { Plain, shortText } from '../../parts/plain.tsx';
import { callLink, patternLink } from '../../parts/recorded/links.ts';
import { Empty } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import type { LoggedChange } from './logged-change.ts';
import type { FileData } from './query.ts';

/** What Claude did to a file, the newest first. */
export function History({
  history,
  url,
}: {
  readonly history: NonNullable<FileData['history']>;
  readonly url: URL;
}) {
  const { entries, isCut } = history;
  if (entries.length === 0) {
    return (
      <Empty
        title="No change of Claude’s is recorded"
        why={<a href={linkWith(url, { before: null })}>From the newest on</a>}
      />
    );
  }
  return (
    <>
      <ol class="changes-of-file">
        {entries.map((entry) => (
          <Entry entry={entry} key={entry.cursor} />
        ))}
      </ol>
      {isCut && (
        <p class="more">
          <a class="button" href={linkWith(url, { before: entries.at(-1)?.cursor ?? null })}>
            Older changes
          </a>
        </p>
      )}
    </>
  );
}

// --- internal ---

function Entry({ entry }: { readonly entry: LoggedChange }) {
  const { prompt, change, hunks, isCut, isExact, toolName, model, sessionId, patternId } = entry;
  const note = [
    ...(isExact ? [] : ['What stood there before is not known in full.']),
    ...(isCut ? ['Only the beginning is shown.'] : []),
  ];
  return (
    <li class="change-of-file">
      <header>
        <p class="change-prompt">
          {prompt === null ? (
            <span class="dim">The prompt is not kept.</span>
          ) : (
            <Plain text={prompt} />
          )}
        </p>
        <p class="hit-facts dim" data-row>
          {sessionId === null ? (
            <span>past retention</span>
          ) : (
            <a href={callLink(sessionId, entry.toolUseId)}>{shortText(toolName ?? 'call', 40)}</a>
          )}
          <span>{change}</span>
          <Lines added={entry.linesAdded} removed={entry.linesRemoved} />
          <Ago at={entry.at} />
          {model !== null && <span>{shortText(model, 60)}</span>}
          {patternId !== null && <a href={patternLink(patternId)}>pattern</a>}
        </p>
      </header>
      {hunks === null || hunks === '' ? (
        <p class="dim change-none">What it changed is not stored any more.</p>
      ) : (
        <Diff hunks={hunks} note={note.join(' ')} />
      )}
    </li>
  );
}

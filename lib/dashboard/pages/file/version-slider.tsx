import { useEffect, useRef, useState } from 'preact/hooks';
import { useClient } from '../../frame/client-side.ts';
import { linkWith } from '../../parts/link.ts';
import { shortText } from '../../parts/plain.tsx';
import { Ago } from '../../parts/time.tsx';
import type { FileData } from './query.ts';

/** Goes back to the texts that are kept of a file. The right end is the file on disk. */
export function VersionSlider({ data, url }: { readonly data: FileData; readonly url: URL }) {
  const { navigate } = useClient();
  const { versions, shownVersion, state } = data;
  const hasDisk = state !== 'gone' && state !== 'unread';
  const end = hasDisk ? versions.length : versions.length - 1;
  const shown = shownVersion ?? end;
  const [at, setAt] = useState(shown);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => setAt(shown), [shown]);
  useEffect(() => () => clearTimeout(pause.current), []);
  const slide = (place: number) => {
    setAt(place);
    clearTimeout(pause.current);
    pause.current = setTimeout(() => {
      const version = versions[place];
      const isNow = place === end || !version;
      navigate(linkWith(url, { after: isNow ? null : `${version.at}`, line: null }), true);
    }, SLIDING_MS);
  };
  const version = versions[at];
  return (
    <div class="versions">
      <label for="version" class="dim">
        As it was after
      </label>
      <input
        id="version"
        type="range"
        min={0}
        max={end}
        step={1}
        value={at}
        aria-valuetext={version ? noteText(version) : 'now, on disk'}
        onInput={({ currentTarget }) => slide(Number(currentTarget.value))}
      />
      <p class="version-note">
        {version ? (
          <>
            <strong>{version.toolName ? shortText(version.toolName, 40) : 'found so'}</strong>{' '}
            <span class="dim">
              <Ago at={version.at} />
            </span>{' '}
            <bdi>{shortText(version.prompt ?? '', 70)}</bdi>
          </>
        ) : (
          <strong>now, on disk</strong>
        )}
      </p>
    </div>
  );
}

// --- internal ---

/** While the slider moves, nothing is read, in milliseconds. */
const SLIDING_MS = 120;

function noteText({ toolName, prompt }: FileData['versions'][number]): string {
  return [toolName ?? 'found so', shortText(prompt ?? '', 70)].filter(Boolean).join(': ');
}

import type { SearchHit } from '../../../store/queries/search/search.ts';
import type { SearchKind } from '../../../store/queries/search/searchable.ts';
import { useClient } from '../../frame/client-side.ts';
import { linkWith } from '../../parts/link.ts';
import { MoreLink } from '../../parts/recorded/more-link.tsx';
import { plainText, Plain } from '../../parts/plain.tsx';
import { Place } from '../../parts/recorded/place.tsx';
import { patternLink } from '../../parts/recorded/links.ts';
import { SimilarList } from '../../parts/recorded/similar-list.tsx';
import { Empty } from '../../parts/states.tsx';
import { Ago } from '../../parts/time.tsx';
import type { PageView, ViewProps } from '../page.ts';
import { hitLink } from './hit-link.ts';
import type { SearchData } from './query.ts';

/** Where was that? */
export const searchView: PageView<SearchData> = {
  View,
  titleOf: ({ text }) => (text === '' ? 'Search' : `${plainText(text.slice(0, 60))} – Search`),
  isAffected: () => false, // rows that move while somebody reads them help nobody
};

// --- internal ---

function View({ data, url }: ViewProps<SearchData>) {
  return (
    <>
      {data.is !== 'similar' && <Kinds data={data} url={url} />}
      <div aria-live="polite" class="search-found">
        <p class="search-sum dim">{sumText(data)}</p>
      </div>
      <Found data={data} url={url} />
    </>
  );
}

const KINDS: readonly (readonly [SearchKind | null, string])[] = [
  [null, 'All'],
  ['pattern', 'Code'],
  ['prompt', 'Prompts'],
  ['command', 'Commands'],
  ['error', 'Errors'],
  ['path', 'Files'],
];

const WORDS: Readonly<Record<SearchKind, string>> = {
  pattern: 'code',
  prompt: 'prompt',
  command: 'command',
  error: 'error',
  path: 'file',
};

function Kinds({ data, url }: { readonly data: SearchData; readonly url: URL }) {
  const { navigate } = useClient();
  const choose = (name: string) => (event: { readonly currentTarget: HTMLInputElement }) => {
    const value = event.currentTarget.value.trim();
    navigate(linkWith(url, { [name]: value || null, most: null }));
  };
  return (
    <div class="search-filters">
      <nav class="tabs" aria-label="Kinds">
        {KINDS.map(([kind, title]) => (
          <a
            key={title}
            href={linkWith(url, { kind, most: null })}
            {...(data.kind === kind && { 'aria-current': 'true' as const })}
          >
            {title}
          </a>
        ))}
      </nav>
      <div class="search-fields from-560">
        {(['language', 'tool'] as const).map((name) => (
          <label key={`${name} ${data[name]}`}>
            <span>{name === 'tool' ? 'Tool' : 'Language'}</span>
            <input
              class="field"
              defaultValue={data[name]}
              placeholder="any"
              maxLength={60}
              spellcheck={false}
              onChange={choose(name)}
            />
          </label>
        ))}
      </div>
    </div>
  );
}

function sumText({ is, hits, similar, isCut, isByWords, unsearched, like }: SearchData): string {
  if (is === 'similar') {
    return `${similar.length === 0 ? 'No code is' : `${similar.length} ${similar.length === 1 ? 'piece' : 'pieces'} of code are`} similar to ${plainText(like?.name.slice(0, 80) ?? '')}`;
  }
  if (is !== 'texts' || hits.length === 0) return '';
  const count = hits.length.toLocaleString('en-US');
  const facts = [
    isCut ? `The first ${count}` : hits.length === 1 ? 'One hit' : `${count} hits`,
    ...(isByWords ? ['no text holds all of this as it stands; these hold its words'] : []),
    ...(unsearched > 0
      ? [`${unsearched.toLocaleString('en-US')} events are not in the index yet`]
      : []),
  ];
  return facts.join(' · ');
}

function Found({ data, url }: { readonly data: SearchData; readonly url: URL }) {
  const { is, hits, similar, isCut, text, unsearched } = data;
  if (is === 'nothing-asked') return <Ways />;
  if (is === 'too-short') {
    return <Empty title="Go on typing" why="From three characters on, what holds them is found." />;
  }
  if (is === 'similar') {
    if (similar.length > 0) return <SimilarList hits={similar} />;
    return (
      <Empty
        title="No code is similar"
        why="Code is compared by its short runs of words and signs. Very short code is like nothing."
      />
    );
  }
  if (hits.length === 0) {
    const isFiltered = ['kind', 'language', 'tool', 'project', 'range', 'from', 'to'].some((name) =>
      url.searchParams.has(name),
    );
    return (
      <Empty
        title={`Nothing holds “${plainText(text.slice(0, 80))}”`}
        why={
          isFiltered ? (
            <>
              With these filters. <a href={onlyText(text)}>Search in all that is recorded</a>
            </>
          ) : unsearched > 0 ? (
            'The courier is still making the index.'
          ) : (
            'Capital letters count if there is one in what you type. Prompts and commands are found as long as payloads are kept.'
          )
        }
      />
    );
  }
  return (
    <>
      <ul class="hits">
        {hits.map((hit, at) => (
          <Hit hit={hit} key={`${at} ${hit.kind} ${hit.patternId ?? hit.toolUseId ?? hit.at}`} />
        ))}
      </ul>
      {isCut && <MoreLink url={url} shown={data.most} />}
    </>
  );
}

function onlyText(text: string): string {
  return `/search?${new URLSearchParams({ q: text }).toString()}`;
}

function Hit({ hit }: { readonly hit: SearchHit }) {
  const { kind, toolName, patternId, at } = hit;
  const link = hitLink(hit);
  return (
    <li class="hit" data-row>
      <a class="hit-link" href={link}>
        <Snippet hit={hit} />
      </a>
      <p class="hit-facts dim">
        <span class={`hit-kind is-${kind}`}>{WORDS[kind]}</span>
        <Place {...hit} filePath={kind === 'path' ? null : hit.filePath} />
        {toolName !== null && kind !== 'pattern' && kind !== 'path' && (
          <Plain text={toolName.slice(0, 60)} />
        )}
        <Ago at={at} />
        {patternId !== null && (
          <span>
            <a href={patternLink(patternId)}>pattern</a> ·{' '}
            <a href={`/search?like=${patternId}`}>similar</a>
          </span>
        )}
      </p>
    </li>
  );
}

function Snippet({
  hit: { snippet, start, length, kind, projectRoot },
}: {
  readonly hit: SearchHit;
}) {
  const isInside = kind === 'path' && projectRoot !== null && snippet.startsWith(`${projectRoot}/`);
  const indent = isInside ? projectRoot.length + 1 : (/^\s*/.exec(snippet)?.[0].length ?? 0);
  const from = Math.min(indent, start);
  const end = start + length;
  const isCode = kind !== 'prompt';
  return (
    <bdi class={isCode ? 'hit-text is-code' : 'hit-text'} {...(isCode && { dir: 'ltr' as const })}>
      {plainText(snippet.slice(from, start))}
      <mark>{plainText(snippet.slice(start, end))}</mark>
      {plainText(snippet.slice(end))}
    </bdi>
  );
}

function Ways() {
  return (
    <div class="empty">
      <p class="empty-title">Type what you remember of it</p>
      <p>
        Code that Claude wrote, what you typed, commands that ran, what went wrong, names of files:
        any three characters are found, also within words. Whole words come first, then the newest.
      </p>
      <p class="dim">
        <kbd>/</kbd> or <kbd>Ctrl</kbd> <kbd>K</kbd> from every page · <kbd>↓</kbd> or{' '}
        <kbd>Enter</kbd> to the hits · <kbd>j</kbd> <kbd>k</kbd> through them
      </p>
    </div>
  );
}

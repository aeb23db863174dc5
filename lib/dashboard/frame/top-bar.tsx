import { useCallback, useEffect, useRef } from 'preact/hooks';
import { span } from '../../base/time-text.ts';
import { Icon } from '../parts/icon.tsx';
import { Status } from '../parts/status.tsx';
import { useTicking } from '../parts/clock.ts';
import { useClient } from './client-side.ts';

/** The search box, how live the page is, and the switches. */
export function TopBar({ url }: { readonly url: URL }) {
  const { switchTheme, switchDensity, showKeys } = useClient();
  return (
    <header class="top">
      <SearchBox url={url} />
      <LiveSign />
      <button
        type="button"
        class="icon-button"
        onClick={switchTheme}
        aria-label="Switch between dark and light"
        title="Dark or light (t)"
      >
        <Icon name="theme" />
      </button>
      <button
        type="button"
        class="icon-button"
        onClick={switchDensity}
        aria-label="Switch between comfortable and compact rows"
        title="Comfortable or compact (d)"
      >
        <Icon name="density" />
      </button>
      <button
        type="button"
        class="icon-button from-560"
        onClick={() => showKeys(true)}
        aria-label="Show all keys"
        title="All keys (?)"
      >
        <Icon name="keys" />
      </button>
    </header>
  );
}

// --- internal ---

const SEARCH = '/search';
/** People who type go on within this time, in milliseconds. */
const TYPING_MS = 120;
/** With fewer characters, nothing is searched for while somebody types. */
const LEAST_CHARACTERS = 3;

/** Searches while somebody types. The last answer is the one that is shown; Enter goes to the first hit. */
function SearchBox({ url }: { readonly url: URL }) {
  const { navigate } = useClient();
  const isThere = url.pathname === SEARCH;
  const query = isThere ? (url.searchParams.get('q') ?? '') : '';
  const box = useRef<HTMLInputElement>(null);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (box.current && box.current !== document.activeElement) box.current.value = query;
  }, [query]);
  useEffect(() => () => clearTimeout(pause.current), []);
  const ask = () => {
    clearTimeout(pause.current);
    const text = box.current?.value ?? '';
    if (isThere && text === query) return false;
    const next = new URL(isThere ? url : new URL(SEARCH, url));
    next.searchParams.set('q', text);
    next.searchParams.delete('like');
    next.searchParams.delete('most');
    navigate(`${next.pathname}${next.search}`, isThere);
    return true;
  };
  const onInput = () => {
    clearTimeout(pause.current);
    const length = Array.from(box.current?.value ?? '').length;
    if (length >= LEAST_CHARACTERS || isThere) pause.current = setTimeout(ask, TYPING_MS);
  };
  const toFirst = () => document.querySelector<HTMLElement>('[data-row] a[href]')?.focus();
  const onSubmit = (event: Event) => {
    event.preventDefault();
    if (!ask()) toFirst();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' || !isThere) return;
    event.preventDefault();
    toFirst();
  };
  return (
    <form class="search" role="search" action={SEARCH} method="get" onSubmit={onSubmit}>
      <Icon name="search" />
      <input
        type="search"
        name="q"
        ref={box}
        defaultValue={query}
        placeholder="Search code, prompts, files…"
        aria-label="Search code, prompts, commands, errors and files"
        autocomplete="off"
        spellcheck={false}
        dir="auto"
        maxLength={1_000}
        onInput={onInput}
        onKeyDown={onKeyDown}
        data-search
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

/** Storing takes a moment; what waits for longer is said, in milliseconds. */
const USUAL_DELAY_MS = 5_000;

/** How far what is shown is behind what happens. */
function LiveSign() {
  const { connection, live } = useClient();
  const since = connection.is === 'lost' ? connection.since : 0;
  const lost = useTicking(useCallback((now) => span(Math.max(0, now - since)), [since]));
  const isBehind = live.behindMs > USUAL_DELAY_MS;
  return (
    <span class="live" role="status">
      {connection.is === 'lost' ? (
        <Status is="fail">disconnected, {lost} of data missing until it catches up</Status>
      ) : isBehind ? (
        <Status is="warn">{span(live.behindMs)} behind</Status>
      ) : connection.is === 'live' ? (
        <Status is="running">live</Status>
      ) : (
        <Status is="ended">connecting</Status>
      )}
    </span>
  );
}

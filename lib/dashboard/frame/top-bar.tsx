import { useCallback } from 'preact/hooks';
import { span } from '../../base/time-text.ts';
import { Icon } from '../parts/icon.tsx';
import { Status } from '../parts/status.tsx';
import { useTicking } from '../parts/clock.ts';
import { useClient } from './client-side.ts';

/** The search box, how live the page is, and the switches. */
export function TopBar({ query }: { readonly query: string }) {
  const { switchTheme, switchDensity, showKeys } = useClient();
  return (
    <header class="top">
      <form class="search" role="search" action="/search" method="get">
        <Icon name="search" />
        <input
          type="search"
          name="q"
          defaultValue={query}
          placeholder="Search code, prompts, files…"
          aria-label="Search code, prompts, commands, errors and files"
          autocomplete="off"
          spellcheck={false}
          data-search
        />
        <kbd aria-hidden="true">/</kbd>
      </form>
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

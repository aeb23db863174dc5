import type { PageState } from '../server/page-state.ts';

/** Who is given the state of a page. */
export interface LoaderHandlers {
  /** `refresh`: it is the same page as before, read again. */
  readonly onState: (state: PageState, how: 'navigate' | 'refresh') => Promise<void>;
}

/** Asks the server for the state of a page. */
export async function readState(url: string, signal?: AbortSignal): Promise<PageState> {
  const address = new URL(url, location.href);
  address.searchParams.set('format', 'state');
  const answer = await fetch(address, {
    headers: { Accept: 'application/json' },
    ...(signal && { signal }),
  });
  return (await answer.json()) as PageState;
}

/** Reads pages from the server: another one when a link is followed, the same one again when something has changed. */
export class PageLoader {
  readonly #handlers: LoaderHandlers;
  #url = location.pathname + location.search;
  /** Counts what was asked for; an answer that came too late is dropped. */
  #asked = 0;
  #reading: AbortController | undefined;
  #isStale = false;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor(handlers: LoaderHandlers) {
    this.#handlers = handlers;
  }

  /** Follows links, and the way back, without loading the document again. */
  listen(): void {
    document.addEventListener('click', (event) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      if (!link || event.defaultPrevented || event.button !== 0) return;
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const url = new URL(link.href, location.href);
      const isOurs = url.origin === location.origin && !link.target && !link.download;
      if (!isOurs || url.searchParams.has('format')) return;
      if (url.hash && url.pathname === location.pathname && url.search === location.search) return;
      event.preventDefault();
      void this.navigate(url.pathname + url.search + url.hash);
    });
    document.addEventListener('submit', (event) => {
      const form = event.target;
      if (event.defaultPrevented) return;
      if (!(form instanceof HTMLFormElement) || form.method !== 'get') return;
      event.preventDefault();
      const url = new URL(form.action);
      url.search = new URLSearchParams(
        [...new FormData(form)].filter((entry): entry is [string, string] => entry[1] !== ''),
      ).toString();
      void this.navigate(url.pathname + url.search);
    });
    window.addEventListener('popstate', () => void this.#go(location.pathname + location.search));
  }

  /**
   * Shows a URL of the dashboard, and enters it into the history.
   *
   * @param isReplaced true to take the place of the present entry
   */
  async navigate(url: string, isReplaced = false): Promise<void> {
    const to = new URL(url, location.href);
    if (isReplaced) history.replaceState(null, '', to);
    else history.pushState(null, '', to);
    await this.#go(to.pathname + to.search);
  }

  /** Reads the page again, soon: after the answer that is on its way, and never more than a share of the time. */
  refresh(): void {
    this.#isStale = true;
    if (this.#reading || this.#pause !== undefined) return;
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      if (this.#isStale) void this.#read(this.#url, 'refresh');
    }, 0);
  }

  async #go(url: string): Promise<void> {
    this.#url = url;
    await this.#read(url, 'navigate');
  }

  async #read(url: string, how: 'navigate' | 'refresh'): Promise<void> {
    this.#asked += 1;
    const own = this.#asked;
    this.#reading?.abort(); // what was asked for before is not wanted any more
    const reading = new AbortController();
    this.#reading = reading;
    this.#isStale = false;
    const begun = performance.now();
    try {
      const state = await readState(url, reading.signal);
      if (own === this.#asked) await this.#handlers.onState(state, how);
    } catch {
      // The server is gone: the live sign says so, and the page is read again when the stream is back.
    } finally {
      if (own === this.#asked) this.#rest(performance.now() - begun);
    }
  }

  /** Pauses four times as long as reading took, so that a page that is left open takes a fifth of a core at most. */
  #rest(tookMs: number): void {
    this.#reading = undefined;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(
      () => {
        this.#pause = undefined;
        if (this.#isStale) void this.#read(this.#url, 'refresh');
      },
      Math.max(LEAST_PAUSE_MS, 4 * tookMs),
    );
  }
}

// --- internal ---

/** People read no faster, in milliseconds. */
const LEAST_PAUSE_MS = 250;

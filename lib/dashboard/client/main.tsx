import { hydrate, render } from 'preact';
import { App } from '../frame/app.tsx';
import type { ClientSide } from '../frame/client-side.ts';
import { pageNamed } from '../pages/page-list.ts';
import type { PageView } from '../pages/page.ts';
import type { PageState } from '../server/page-state.ts';
import { listenToKeys } from './keys.ts';
import { LiveClient } from './live-client.ts';
import { isNotifying, notifier } from './notifications.ts';
import { PageLoader, readState } from './page-loader.ts';
import { nextDensity, nextTheme, presentDensity } from './present-settings.ts';

const root = document.querySelector('#app') as HTMLElement;
const told = document.querySelector('#state')?.textContent;
let state = told ? (JSON.parse(told) as PageState) : await readState(location.href);
let view: PageView<unknown> | undefined;
let side: ClientSide;
let isFirst = true;
let isDue = false;

const loader = new PageLoader({
  onState: async (next, how) => {
    const page = next.page === null ? undefined : pageNamed(next.page);
    view = await page?.view();
    const isOther = next.page !== state.page;
    state = next;
    side = { ...side, live: next.frame.live, actionToken: next.frame.actionToken };
    side = { ...side, at: next.at };
    nameWindow();
    draw();
    if (how === 'navigate' && isOther) {
      window.scrollTo(0, 0);
      if (document.activeElement?.matches('[data-search]')) return; // somebody is typing there
      document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true });
    }
  },
});

const live = new LiveClient(state.frame.newestEvent, {
  onChange: (change) => {
    notifier.look();
    if (state.data === null || view?.isAffected?.(state.data, change) !== false) loader.refresh();
  },
  onState: (told) => set({ live: told }),
  onConnection: (connection) => {
    const { connection: before } = side;
    if (before.is === connection.is) return;
    if (before.is === 'lost') loader.refresh();
    set({ connection });
  },
});

side = {
  connection: { is: 'connecting' },
  live: state.frame.live,
  density: 'comfortable', // as the server drew it; the user's own follows
  at: state.at,
  actionToken: state.frame.actionToken,
  navigate: (url, isReplaced) => void loader.navigate(url, isReplaced),
  reload: () => loader.refresh(),
  switchTheme: nextTheme,
  switchDensity: () => set({ density: nextDensity() }),
  showKeys: (areKeysShown) => set({ areKeysShown }),
  areKeysShown: false,
  isStatic: false,
};

async function start(): Promise<void> {
  view = state.page === null ? undefined : await pageNamed(state.page)?.view();
  await painted();
  nameWindow(); // the server names it before it reads what it shows
  drawNow();
  listenToKeys(side);
  loader.listen();
  live.open();
  notifier.look();
  set({ density: presentDensity() });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') live.open();
    else if (!isNotifying()) live.close();
  });
  // Some of what is shown follows from time alone: a session that told of nothing for long counts as silent.
  setInterval(() => {
    if (document.visibilityState === 'visible' && side.connection.is === 'live') loader.refresh();
  }, 60_000);
  document.documentElement.dataset['ready'] = ''; // tests wait for it
}

/** Resolves when what the server drew is painted, which taking it over would hold up; at once where nobody looks. */
async function painted(): Promise<void> {
  if (document.visibilityState === 'hidden') return;
  await new Promise<void>((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve));
    setTimeout(resolve, MOST_WAIT_MS); // nothing is painted once it is hidden
  });
}

function set(change: Partial<ClientSide>): void {
  side = { ...side, ...change };
  draw();
}

/** However much is told, the page is drawn once a frame. */
function draw(): void {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(drawNow);
}

function drawNow(): void {
  isDue = false;
  const app = <App state={state} View={view?.View} client={side} />;
  // A state that was asked for later may be another one than that of which the server drew the page.
  if (isFirst && told) hydrate(app, root);
  else render(app, root);
  isFirst = false;
}

function nameWindow(): void {
  const page = state.page === null ? undefined : pageNamed(state.page);
  const own = state.data !== null && state.fault === null ? view?.titleOf?.(state.data) : undefined;
  document.title = `${own ?? state.fault?.message ?? page?.title ?? 'Not found'} · Pattern tracker`;
}

const MOST_WAIT_MS = 1_000;

void start();

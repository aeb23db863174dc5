import { pageNamed } from '../pages/page-list.ts';
import type { PageView } from '../pages/page.ts';
import { Empty, Fault, Skeleton } from '../parts/states.tsx';
import type { PageState } from '../server/page-state.ts';
import { ClientContext, serverSide } from './client-side.ts';
import type { ClientSide } from './client-side.ts';
import { Filters } from './filters.tsx';
import { KeyOverlay } from './key-overlay.tsx';
import { Rail } from './rail.tsx';
import { TopBar } from './top-bar.tsx';

/** A page in its frame. */
export function App({
  state,
  View,
  client,
}: {
  readonly state: PageState;
  /** Undefined where there is no such page, and while it is loaded. */
  readonly View: PageView<unknown>['View'] | undefined;
  /** @default what the server draws with */
  readonly client?: ClientSide;
}) {
  const page = state.page === null ? undefined : pageNamed(state.page);
  const url = new URL(state.url, 'http://localhost');
  const side = client ?? serverSide(state.frame.live, state.at, state.frame.actionToken);
  return (
    <ClientContext.Provider value={side}>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <div class="frame">
        <Rail page={page} />
        <div class="room">
          <TopBar url={url} />
          <main id="main" tabIndex={-1}>
            <div class="head">
              <h1>{page?.question ?? 'There is no such page'}</h1>
              {page?.filters && (
                <Filters url={url} filters={page.filters} projects={state.frame.projects} />
              )}
            </div>
            <PageBody state={state} View={View} />
          </main>
        </div>
      </div>
      {side.areKeysShown && <KeyOverlay />}
    </ClientContext.Provider>
  );
}

/** The page below its heading: what it shows, or why it does not. */
export function PageBody({
  state: { data, fault, url, params, at },
  View,
}: {
  readonly state: PageState;
  readonly View: PageView<unknown>['View'] | undefined;
}) {
  if (fault?.code === 'E_NO_PAGE') {
    return <Empty title="Nothing is at this address" why={<a href="/">Go to Now</a>} />;
  }
  if (fault) return <Fault fault={fault} at={at} />;
  if (!View) return <Skeleton lines={8} />;
  return <View data={data} url={new URL(url, 'http://localhost')} params={params} at={at} />;
}

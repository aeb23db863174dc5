import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { LiveState } from '../live/live-message.ts';

/** How the stream of changes stands. */
export type Connection =
  | { readonly is: 'connecting' }
  | { readonly is: 'live' }
  /** Since when nothing comes, in milliseconds since 1970. */
  | { readonly is: 'lost'; readonly since: number };

/** What parts of a page take from the browser; the server has a stand-in for it. */
export interface ClientSide {
  readonly connection: Connection;
  readonly live: LiveState;
  readonly density: 'comfortable' | 'compact';
  /** When the page was read, in milliseconds since 1970. */
  readonly at: number;
  /** What actions bring along; null where none are allowed. */
  readonly actionToken: string | null;
  /** Shows another URL of the dashboard. @param isReplaced true if the way back is not to lead to the present one */
  readonly navigate: (url: string, isReplaced?: boolean) => void;
  /** Reads the page again. */
  readonly reload: () => void;
  readonly switchTheme: () => void;
  readonly switchDensity: () => void;
  readonly showKeys: (isShown: boolean) => void;
  readonly areKeysShown: boolean;
  /** True in a copy that has no script: times are told exactly, and all rows are drawn. */
  readonly isStatic: boolean;
}

/** What the server draws with. */
export function serverSide(
  live: LiveState,
  at: number,
  actionToken: string | null = null,
): ClientSide {
  const nothing = () => {};
  return {
    connection: { is: 'connecting' },
    live,
    density: 'comfortable',
    at,
    actionToken,
    navigate: nothing,
    reload: nothing,
    switchTheme: nothing,
    switchDensity: nothing,
    showKeys: nothing,
    areKeysShown: false,
    isStatic: false,
  };
}

export const ClientContext = createContext<ClientSide>(
  serverSide({ at: 0, behindMs: 0, waiting: 0, health: 'healthy' }, 0),
);

/** What the browser gives to the parts of a page. */
export function useClient(): ClientSide {
  return useContext(ClientContext);
}

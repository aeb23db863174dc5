import type { PatternStore } from './pattern-store.ts';
import type { TokenStore } from './token-store.ts';

/** Whether a store can be used, for health checks. */
export interface StoreHealth {
  readonly isWell: boolean;
  /** For people. */
  readonly detail: string;
  /** The pool's connections, `{min_size, max_size, pool_size, free_size}`; null without a pool. */
  readonly pool: Readonly<Record<string, number>> | null;
}

/** What a service keeps its data in. */
export interface ServiceStore {
  readonly kind: 'sqlite' | 'postgres';
  /** @throws TrackerError E_TENANT when the name is not valid */
  tenant(name: string): PatternStore;
  readonly tokens: TokenStore;
  /** Never rejects. */
  health(): Promise<StoreHealth>;
  close(): Promise<void>;
}

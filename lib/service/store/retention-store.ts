/** How long a tenant's rows are kept. */
export interface Retention {
  readonly tenant: string;
  /** What is older than this many days is deleted. */
  readonly days: number;
  /** When that was last done to the end, in milliseconds since 1970. */
  readonly ranAt: number | null;
}

/** How often a tenant's old rows are deleted, in milliseconds. */
export const RETENTION_EVERY_MS = 86_400_000;
/** For how long a process claims a tenant, in milliseconds; it renews the claim while it works. */
export const CLAIM_MS = 5 * 60_000;

/** The retention of each tenant. Every method may reject with `StoreUnavailableError`. */
export interface RetentionStore {
  /** By name. */
  list(): Promise<Retention[]>;
  /** Sets how long rows are kept; undefined keeps them for ever. It is done at the next chance. */
  set(tenant: string, days: number | undefined): Promise<void>;
  /** Claims a tenant that is due and that no other process is at; undefined when there is none. */
  claim(now: number): Promise<Retention | undefined>;
  /** Renews a claim; returns false when the retention was taken back or changed meanwhile. */
  renew(claimed: Retention, now: number): Promise<boolean>;
  /** Ends a claim. `isDone`: the tenant is not due again for {@link RETENTION_EVERY_MS}. */
  release(claimed: Retention, isDone: boolean, now: number): Promise<void>;
}

import type { JsonObject } from '../../base/json.ts';
import type { AuditAction } from '../../lineage-api/service-request.ts';

/** Who did what. Times are milliseconds since 1970. */
export interface AuditEntry {
  readonly at: number;
  readonly tenant: string;
  readonly action: AuditAction;
  /** Public part and name of the token; null without one, as on the command line. */
  readonly tokenId: string | null;
  readonly tokenName: string | null;
  /** The client's IP address; null on the command line. */
  readonly address: string | null;
  /** Method and path of the route, or the command. */
  readonly route: string | null;
  /** The pattern or token that it was done to. */
  readonly subject: string | null;
  /** Patterns read or deleted, attempts, or entries lost. */
  readonly count: number;
  readonly detail: JsonObject | null;
}

/** An entry as it is kept. */
export interface StoredAuditEntry extends AuditEntry {
  /** Grows with every entry. */
  readonly id: number;
}

/** Which entries to list, newest first. */
export interface AuditFilter {
  readonly limit: number;
  readonly tenant?: string | undefined;
  readonly action?: AuditAction | undefined;
  /** Only from this time on, in milliseconds since 1970. */
  readonly since?: number | undefined;
  /** Only entries older than the one with this id. */
  readonly before?: number | undefined;
}

/** How long entries are kept, in milliseconds. */
export const AUDIT_KEPT_MS = 365 * 86_400_000;
/** The most entries of each action: a flood of one kind does not drive out the others. */
export const AUDIT_ROWS = 100_000;

/** The audit log of a service, of every tenant. Every method may reject with `StoreUnavailableError`. */
export interface AuditStore {
  add(entries: readonly AuditEntry[]): Promise<void>;
  list(filter: AuditFilter): Promise<StoredAuditEntry[]>;
  /** Drops what is older than {@link AUDIT_KEPT_MS} or beyond {@link AUDIT_ROWS}. */
  trim(now: number): Promise<void>;
}

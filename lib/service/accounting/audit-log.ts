import type { Clock } from '../../base/clock.ts';
import { hexDigest } from '../../base/digest.ts';
import type { JsonObject } from '../../base/json.ts';
import { isoTime } from '../../base/clock.ts';
import type { AuditEntry, AuditStore } from '../store/audit-store.ts';
import type { Forgotten } from '../store/forgetting.ts';
import type { Selection } from '../store/rows/forgetting.ts';

/** Who asks, and from where. */
export type Actor = Pick<AuditEntry, 'tenant' | 'tokenId' | 'tokenName' | 'address' | 'route'>;

/** What an `AuditLog` works with. */
export interface AuditLogOptions {
  readonly store: AuditStore;
  readonly clock: Clock;
  /** Told how many entries were lost. */
  readonly onLost: (entries: number) => void;
  /** Told what kept entries from being stored; they are tried again. */
  readonly onFailed: (error: unknown) => void;
}

/** Different entries that are held until they are stored. */
const MAX_HELD = 1_000;
/** How long entries are held, in milliseconds. */
const HELD_MS = 2_000;
/** How often the log is cut to its limits, in milliseconds. */
const TRIM_EVERY_MS = 600_000;

/**
 * The audit log as requests fill it. Reads and refusals are held for a moment, summed up and stored together,
 * so that no request waits for them. What a flood brings beyond that is lost and counted.
 */
export class AuditLog {
  readonly #options: AuditLogOptions;
  #held = new Map<string, AuditEntry>();
  /** Entries lost since the last that was stored, by tenant. */
  #lost = new Map<string, number>();
  #deletions = 0;
  #timer: NodeJS.Timeout | undefined;
  #trimmedAt = -Infinity;
  #writing: Promise<void> = Promise.resolve();

  /** Starts with nothing held. */
  constructor(options: AuditLogOptions) {
    this.#options = options;
  }

  /** Notes that the code of `patterns` was read; `subject` is the pattern that was asked for. */
  read(actor: Actor, subject: string | null, patterns: number): void {
    this.#hold({ ...actor, action: 'read', subject, count: patterns, detail: { requests: 1 } });
  }

  /** Notes that a token did not open what was asked for. */
  refused(actor: Actor, reason: string): void {
    const { tokenId: subject } = actor;
    this.#hold({ ...actor, action: 'token_refused', subject, count: 1, detail: { reason } });
  }

  /** Stores what a deletion did, at once if that can be; never lost, and never rejects. */
  deleted(actor: Actor, selection: Selection, forgotten: Forgotten): Promise<void> {
    const entry = deletionEntry(actor, this.#options.clock(), selection, forgotten);
    this.#put(`deletion ${(this.#deletions += 1)}`, entry);
    return this.flush();
  }

  /** Stores what is held. Never rejects: what cannot be stored stays held. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  #hold(entry: Omit<AuditEntry, 'at'>): void {
    const { tenant, action, tokenId, address, route, subject, detail } = entry;
    const reason = detail?.['reason'] ?? null;
    const key = JSON.stringify([tenant, action, tokenId, address, route, subject, reason]);
    this.#put(key, { ...entry, at: this.#options.clock() });
  }

  #put(key: string, entry: AuditEntry): void {
    const held = this.#held.get(key);
    if (!held && this.#held.size >= MAX_HELD && entry.action !== 'deleted') {
      this.#lost.set(entry.tenant, (this.#lost.get(entry.tenant) ?? 0) + 1);
      this.#options.onLost(1);
      return;
    }
    this.#held.set(key, held ? sum(held, entry) : entry);
    this.#timer ??= setTimeout(() => void this.flush(), HELD_MS).unref();
  }

  async #write(): Promise<void> {
    const { store, clock, onFailed } = this.#options;
    const [held, lost, now] = [this.#held, this.#lost, clock()];
    if (held.size === 0 && lost.size === 0) return;
    this.#held = new Map();
    this.#lost = new Map();
    try {
      const losses = [...lost].map(([tenant, count]) => lossEntry(tenant, count, now));
      await store.add([...held.values(), ...losses]);
    } catch (error) {
      onFailed(error);
      // What came meanwhile is newer, so it is what the limit cuts.
      const newer = this.#held;
      this.#held = held;
      for (const [tenant, count] of lost) {
        this.#lost.set(tenant, (this.#lost.get(tenant) ?? 0) + count);
      }
      for (const [key, entry] of newer) this.#put(key, entry);
      this.#timer ??= setTimeout(() => void this.flush(), HELD_MS).unref();
      return;
    }
    if (Math.abs(now - this.#trimmedAt) < TRIM_EVERY_MS) return;
    this.#trimmedAt = now;
    await store.trim(now).catch(onFailed);
  }
}

/**
 * The entry for a deletion. Of sessions and machines it has a digest only, because a name that was deleted is
 * not to live on in the log; whoever knows the name can tell.
 */
export function deletionEntry(
  actor: Actor,
  at: number,
  { patternId, sessionId, machine, before }: Selection,
  { removed, isComplete }: Forgotten,
): AuditEntry {
  const selection: JsonObject = {
    ...(sessionId === undefined ? {} : { session_sha256: hexDigest(sessionId, 32) }),
    ...(machine === undefined ? {} : { machine_sha256: hexDigest(machine, 32) }),
    ...(before === undefined ? {} : { before: isoTime(before) }),
  };
  return {
    ...actor,
    at,
    action: 'deleted',
    subject: patternId ?? null,
    count: removed.patterns,
    detail: { selection, removed: { ...removed }, is_complete: isComplete },
  };
}

// --- internal ---

function sum(held: AuditEntry, { count, detail }: AuditEntry): AuditEntry {
  const requests = Number(held.detail?.['requests'] ?? 0) + Number(detail?.['requests'] ?? 0);
  return {
    ...held,
    count: held.count + count,
    detail: held.action === 'read' ? { requests } : held.detail,
  };
}

function lossEntry(tenant: string, count: number, at: number): AuditEntry {
  const nobody = { tokenId: null, tokenName: null, address: null, route: null, subject: null };
  return { ...nobody, at, tenant, action: 'lost', count, detail: null };
}

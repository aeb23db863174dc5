import { asArray, asNumber, asString, isJsonObject } from '../../base/json.ts';

/** The state that the courier last wrote to `data/courier.json`: for people, no program decides by it. */
export interface CourierState {
  readonly pid: number;
  readonly version: string;
  /** Milliseconds since 1970 UTC, like `updatedAt`. */
  readonly startedAt: number;
  readonly updatedAt: number;
  /** `degraded`: it runs but cannot ingest all that waits. */
  readonly status: 'working' | 'idle' | 'stopped' | 'degraded';
  /** Since when it has been degraded; null while it is not. */
  readonly degradedAt: number | null;
  /** What happened, if it is degraded, or has stored files that it cannot remove; else null. */
  readonly reason: string | null;
  /** What to do about it; null if nothing is known to help. */
  readonly hint: string | null;
  /** What is wrong with the configuration file, null if nothing; the last valid one, or the defaults, apply. */
  readonly configError: string | null;
  /** When couriers were started after one that had not ended as it should, in the last hours: the last ones. */
  readonly crashes: readonly number[];
}

/** Parses a state; undefined for a text that is not one. */
export function parseCourierState(text: string): CourierState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const status = asString(value['status']);
  const pid = asNumber(value['pid']);
  if (pid === undefined || !isStatus(status)) return undefined;
  return {
    pid,
    status,
    version: asString(value['version']) ?? '',
    startedAt: asNumber(value['startedAt']) ?? 0,
    updatedAt: asNumber(value['updatedAt']) ?? 0,
    degradedAt: asNumber(value['degradedAt']) ?? null,
    reason: asString(value['reason']) ?? null,
    hint: asString(value['hint']) ?? null,
    configError: asString(value['configError']) ?? null,
    crashes: asArray(value['crashes']).flatMap((at) => asNumber(at) ?? []),
  };
}

// --- internal ---

function isStatus(value: string | undefined): value is CourierState['status'] {
  return value === 'working' || value === 'idle' || value === 'stopped' || value === 'degraded';
}

import { asNumber, asString, isJsonObject } from '../../base/json.ts';

/** What the courier last said of itself in `data/courier.json`; for people, not for decisions. */
export interface CourierState {
  readonly pid: number;
  readonly version: string;
  readonly startedAt: number;
  readonly updatedAt: number;
  /** `working`, `idle`, `stopped`; `degraded` while it lives but can't ingest. */
  readonly status: 'working' | 'idle' | 'stopped' | 'degraded';
  /** Why it is degraded: what happened. */
  readonly reason: string | null;
  /** How to mend it. */
  readonly hint: string | null;
  /** What is wrong with the configuration file; the last good one, or the defaults, are in force. */
  readonly configError: string | null;
}

/** Reads a state; undefined for anything that is not one. */
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
    reason: asString(value['reason']) ?? null,
    hint: asString(value['hint']) ?? null,
    configError: asString(value['configError']) ?? null,
  };
}

// --- internal ---

function isStatus(value: string | undefined): value is CourierState['status'] {
  return value === 'working' || value === 'idle' || value === 'stopped' || value === 'degraded';
}

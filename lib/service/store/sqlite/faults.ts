import { errorCode, TrackerError } from '../../../base/errors.ts';
import { StoreUnavailableError } from '../store-unavailable-error.ts';

/**
 * What an error means for the call that met it:
 * `locked`: another process holds the lock, and trying again soon may do;
 * `unavailable`: the file or the disk is at fault, and opening it again later may do;
 * `fault`: the mistake is ours, or the error says already that the store is unavailable.
 */
export type FaultKind = 'locked' | 'unavailable' | 'fault';

/** Judges by the codes of SQLite and Node's file system; a `TrackerError` means that a file did not open. */
export function faultKind(error: unknown): FaultKind {
  if (error instanceof StoreUnavailableError) return 'fault';
  if (error instanceof TrackerError) return 'unavailable';
  const code = errorCode(error) ?? '';
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) return 'locked';
  if (code.startsWith('SQLITE_')) return OURS.test(code) ? 'fault' : 'unavailable';
  return SYSTEM.test(code) ? 'unavailable' : 'fault';
}

// --- internal ---

/** What SQLite says when a statement is wrong, and not the file. */
const OURS = /^SQLITE_(?:ERROR|CONSTRAINT|MISMATCH|MISUSE|RANGE|TOOBIG)/;

/** `ENOSPC` and `EACCES`, but neither `ERR_INVALID_ARG_TYPE` nor an `E_…` of ours. */
const SYSTEM = /^E[A-Z0-9]+$/;

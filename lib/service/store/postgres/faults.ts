import { errorCode, errorMessage } from '../../../base/errors.ts';

/**
 * What an error of the database means for the call that met it:
 * `lost`: the connection or the server is gone for now, and another connection may do;
 * `conflict`: two transactions met, and the loser may try again at once;
 * `busy`: it took too long or there is no room, and trying again now would not help;
 * `refused`: the server does not let us in, or is not the one it should be;
 * `fault`: the mistake is ours.
 */
export type FaultKind = 'lost' | 'conflict' | 'busy' | 'refused' | 'fault';

/** Judges by SQLSTATE, the codes of postgres.js and those of Node's sockets. */
export function faultKind(error: unknown): FaultKind {
  const code = errorCode(error);
  if (code === undefined) return 'fault';
  if (CONFLICT.has(code) || isOfCatalogue(code, error)) return 'conflict';
  if (LOST.has(code) || code.startsWith('08') || code.startsWith('ERR_SSL')) return 'lost';
  if (BUSY.has(code) || code.startsWith('53') || code.startsWith('58')) return 'busy';
  if (REFUSED.has(code) || code.startsWith('28') || CERTIFICATE.test(code)) return 'refused';
  return 'fault';
}

// --- internal ---

const CONFLICT = new Set(['40001', '40P01']);

/** Whether two replicas changed the same table or index at once; PostgreSQL has no code of its own for that. */
function isOfCatalogue(code: string, error: unknown): boolean {
  if (code === 'XX000') return /^tuple concurrently (?:updated|deleted)$/.test(errorMessage(error));
  return code === '23505' && (error as { schema_name?: unknown }).schema_name === 'pg_catalog';
}

const BUSY = new Set([
  '57014', // statement timeout
  '55P03', // lock timeout
]);
const REFUSED = new Set([
  '22023', // a setting has an impossible value
  '3D000', // no such database
  '42704', // there is no such setting
  '42501', // no right
]);
/** The codes of Node for a certificate that it does not trust. */
const CERTIFICATE = /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_)/;
const LOST = new Set([
  '25006', // read only: a failover goes on
  '25P03', // idle in transaction for too long
  '57P01', // terminated by an administrator
  '57P02', // another backend crashed
  '57P03', // starting up, shutting down
  '57P05', // idle for too long
  '53300', // too many connections
  'CONNECTION_CLOSED',
  'CONNECTION_DESTROYED',
  'CONNECTION_ENDED',
  'CONNECT_TIMEOUT',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // of a socket
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

import { X509Certificate } from 'node:crypto';
import { hexDigest } from '../../base/digest.ts';
import { TrackerError } from '../../base/errors.ts';
import { asNumber, isJsonObject } from '../../base/json.ts';
import { isLoopback } from '../../base/loopback.ts';
import { dateText, span } from '../../base/time-text.ts';
import type { Config } from '../../config/config.ts';
import { COLLECTOR } from '../../delivery/collector/collector-sink.ts';
import { bearerToken } from '../../delivery/http/bearer-token.ts';
import { readCertificates } from '../../delivery/http/certificates.ts';
import { serverCertificate } from '../../delivery/http/server-certificate.ts';
import { MAIN_SINK } from '../../delivery/sinks.ts';
import { readDatabase } from '../../store/database/read-database.ts';
import { tokenLives } from '../../store/queries/health.ts';
import type { TokenLife } from '../../store/queries/health.ts';
import { fail, ok, warn } from '../checks/check.ts';
import type { CheckFinding } from '../checks/check.ts';
import type { SinkFacts } from '../sink-facts.ts';
import { factsOf } from '../stored-facts.ts';
import type { StoredDelivery } from '../stored-facts.ts';
import type { ChecklistFacts } from './checklist-facts.ts';

/** What expires within this time should be renewed now, in milliseconds. */
const SOON_MS = 14 * 86_400_000;

/** The certificates of the servers, and those that are trusted besides, are valid for a while. */
export async function certificatesValid(facts: ChecklistFacts): Promise<CheckFinding> {
  const { api, otlp, pattern_tracking: tracking } = facts.config.config;
  const lives: Life[] = [];
  for (const url of [api.base_url, otlp.endpoint]) {
    if (url === null || !url.startsWith('https:')) continue;
    if (isProxied(url, facts)) {
      lives.push({ what: url, why: 'it is reached through a proxy' });
      continue;
    }
    const certificate = await serverCertificate(url, tracking.timeout * 1000);
    lives.push(
      certificate.state === 'known'
        ? { what: url, expiresAt: certificate.validTo }
        : { what: url, why: certificate.why },
    );
  }
  if (api.ca_file !== null) lives.push(...trustedLives(api.ca_file));
  if (lives.length === 0) return ok('no server is reached by https');
  return judged(lives, facts.now(), 'Renew it where the server gets it, or api.ca_file.');
}

/** The tokens that are sent, and those of a service on this machine, are valid for a while. */
export function tokensValid(facts: ChecklistFacts): CheckFinding {
  const { paths, now, config, gathered } = facts;
  if (gathered().stored.content.error) {
    return warn('not known: the database cannot be read', 'See the check of the store.');
  }
  const issued = readDatabase(paths.database, tokenLives) ?? [];
  const delivery = gathered().stored.delivery.value;
  const own = issued.flatMap(({ name, expiresAt }): Life[] => {
    if (expiresAt === null) return [];
    const isPast = expiresAt < now() - SOON_MS; // nobody has renewed it, so nobody needs it
    return isPast ? [] : [{ what: `the token "${name}" of the service`, expiresAt }];
  });
  const lives = [...sentLives(config.config, issued, delivery), ...own];
  if (lives.length === 0) return ok('none is in use, or none expires');
  return judged(lives, now(), '`pattern-tracker token create` makes one at the service.');
}

// --- internal ---

/** Until when something is valid, null for ever, or why that is not known. */
type Life = { readonly what: string } & (
  | { readonly expiresAt: number | null }
  | { readonly why: string }
);

function judged(lives: readonly Life[], now: number, mend: string): CheckFinding {
  const known = lives.flatMap((life) => ('expiresAt' in life ? [life] : []));
  const texts = known.map(({ what, expiresAt }) => {
    if (expiresAt === null) return `${what} does not expire`;
    if (expiresAt <= now) return `${what} has expired on ${dateText(expiresAt)}`;
    return `${what} is valid for ${span(expiresAt - now)}`;
  });
  const unknown = lives.flatMap((life) =>
    'why' in life ? [`${life.what}: not known, because ${life.why}`] : [],
  );
  const found = [...texts, ...unknown].join('; ');
  const first = Math.min(...known.map(({ expiresAt }) => expiresAt ?? Infinity));
  if (first <= now) return fail(found, mend);
  return first - now < SOON_MS || unknown.length > 0 ? warn(found, mend) : ok(found);
}

function trustedLives(file: string): Life[] {
  try {
    const certificates = readCertificates(file).match(CERTIFICATE) ?? [];
    const ends = certificates.map((text) => Date.parse(new X509Certificate(text).validTo));
    return [{ what: file, expiresAt: Math.min(...ends) }];
  } catch (error) {
    const why = error instanceof TrackerError ? error.message : 'it holds no certificate';
    return [{ what: file, why }];
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function isProxied(url: string, { config, proxy }: ChecklistFacts): boolean {
  if (isLoopback(new URL(url).hostname)) return false;
  return Boolean(config.config.api.proxy ?? proxy.httpsProxy ?? proxy.httpProxy);
}

/** The tokens that go to the servers. An error in reading one is what the check of the sinks reports. */
function sentLives(
  { api, otlp }: Config,
  issued: readonly TokenLife[],
  delivery: StoredDelivery | null,
): Life[] {
  const sources = [
    { sink: MAIN_SINK, token: api.token, tokenFile: api.token_file },
    { sink: COLLECTOR, token: null, tokenFile: otlp.token_file },
  ];
  return sources.flatMap(({ sink, ...source }): Life[] => {
    const what = `the token for the ${sink.noun}`;
    try {
      const token = bearerToken(source);
      if (token === undefined) return [];
      return [sentLife(what, token, issued, lastFailure(factsOf(sink, delivery)))];
    } catch (error) {
      if (error instanceof TrackerError) return [{ what, why: error.message }];
      throw error;
    }
  });
}

/** What went wrong at the last attempt to deliver; null after a success. */
function lastFailure({ lastError, lastErrorAt, lastDeliveredAt }: SinkFacts): string | null {
  return (lastErrorAt ?? 0) > (lastDeliveredAt ?? 0) ? lastError : null;
}

function sentLife(
  what: string,
  token: string,
  issued: readonly TokenLife[],
  failure: string | null,
): Life {
  const stored = issued.find(({ digest }) => digest === hexDigest(token, 64));
  if (stored) return { what, expiresAt: stored.expiresAt };
  const expiresAt = statedExpiry(token);
  if (expiresAt !== undefined) return { what, expiresAt };
  const last = failure === null ? '' : `, and the last attempt failed (${failure})`;
  return { what, why: `only the server can tell${last}` };
}

/** When a JSON Web Token says that it expires, in milliseconds since 1970 UTC; undefined for any other text. */
function statedExpiry(token: string): number | undefined {
  const [, claims] = token.split('.');
  if (claims === undefined) return undefined;
  try {
    const stated: unknown = JSON.parse(Buffer.from(claims, 'base64url').toString());
    const seconds = isJsonObject(stated) ? asNumber(stated['exp']) : undefined;
    return seconds === undefined ? undefined : seconds * 1000;
  } catch {
    return undefined;
  }
}

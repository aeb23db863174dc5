import { TrackerError } from '../../base/errors.ts';
import { isLoopback } from '../../base/loopback.ts';
import type { Config } from '../../config/config.ts';
import { bearerToken } from '../http/bearer-token.ts';

/** Where requests go, and the key that they are signed with; undefined without one. */
export interface WebhookAccess {
  readonly url: URL;
  readonly key: Buffer | undefined;
}

/**
 * Reads the key. A text that begins with `whsec_` goes on in Base64, as the Standard Webhooks have it.
 *
 * @throws TrackerError E_WEBHOOK_URL, E_TOKEN_FILE, E_TOKEN_FILE_MODE
 */
export function webhookAccess({ alerts: { webhook } }: Config): WebhookAccess {
  const url = new URL(webhook.url ?? 'http://localhost');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new TrackerError('E_WEBHOOK_URL', `alerts would go to ${url.host} unencrypted`, {
      hint: 'Use https: in alerts.webhook.url.',
    });
  }
  const secret = bearerToken({ token: null, tokenFile: webhook.secret_file });
  if (secret === undefined) return { url, key: undefined };
  const [, base64] = /^whsec_(.+)$/.exec(secret) ?? [];
  return { url, key: Buffer.from(base64 ?? secret, base64 === undefined ? 'utf8' : 'base64') };
}

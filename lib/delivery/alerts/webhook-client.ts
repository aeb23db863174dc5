import { createHmac } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { classify, unanswered, undelivered } from '../http/classify.ts';
import { HttpClient } from '../http/http-client.ts';
import { httpSettings } from '../http/http-settings.ts';
import type { OpenClient } from '../sink.ts';
import type { Attempt, BatchOutcome, Delivered, RowBody, SinkClient } from '../sink-client.ts';
import { webhookAccess } from './webhook-access.ts';
import type { WebhookAccess } from './webhook-access.ts';

/**
 * Posts each alert as JSON. With a key, requests are signed as the Standard Webhooks say: the headers `webhook-id`,
 * `webhook-timestamp` and `webhook-signature`, `v1,` and the HMAC-SHA256 of `ID.TIMESTAMP.BODY` in Base64.
 */
export class WebhookClient implements SinkClient {
  readonly server: string;
  readonly #http: HttpClient;
  readonly #access: WebhookAccess;
  readonly #clock: Clock;
  #isClosed = false;

  constructor(http: HttpClient, access: WebhookAccess, clock: Clock) {
    this.server = access.url.origin;
    this.#http = http;
    this.#access = access;
    this.#clock = clock;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async track(body: RowBody, eventId: string, signal?: AbortSignal): Promise<Attempt<Delivered>> {
    const startedAt = performance.now();
    const { url, key } = this.#access;
    const timestamp = String(Math.floor(this.#clock() / 1000));
    const signed = key && createHmac('sha256', key).update(`${eventId}.${timestamp}.`).update(body);
    const latencyMs = () => performance.now() - startedAt;
    try {
      const reply = await this.#http.request({
        method: 'POST',
        url: url.href,
        body,
        headers: {
          'webhook-id': eventId,
          'webhook-timestamp': timestamp,
          ...(signed ? { 'webhook-signature': `v1,${signed.digest('base64')}` } : {}),
        },
        signal,
      });
      const why = classify(reply, true, this.#clock());
      if (!why)
        return { outcome: { kind: 'accepted' }, latencyMs: latencyMs(), serverFault: false };
      const message = `${url.host} answers ${reply.status}`;
      const outcome = undelivered(why, reply.status, message);
      return { outcome, latencyMs: latencyMs(), serverFault: why.serverFault };
    } catch (error) {
      return { ...unanswered(error, this.#isClosed), latencyMs: latencyMs() };
    }
  }

  /** A receiver gets each alert in a request of its own. */
  async trackBatch(): Promise<Attempt<BatchOutcome>> {
    return { outcome: { kind: 'unsupported' }, latencyMs: 0, serverFault: false };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#http.close();
  }
}

/** Opens the client of the configured webhook. */
export const openWebhook: OpenClient = ({ config, clock, proxy }) => {
  const access = webhookAccess(config);
  const http = new HttpClient({ ...httpSettings(config, proxy), maxReplyBytes: MAX_REPLY_BYTES });
  return new WebhookClient(http, access, clock);
};

// --- internal ---

/** A longer reply counts as none: only its status is looked at. */
const MAX_REPLY_BYTES = 1024 * 1024;

import type { Sink } from '../sink.ts';
import { webhookAccess } from './webhook-access.ts';

/** The program that is told of alerts over HTTP: `alerts.webhook`. */
export const ALERT_WEBHOOK: Sink = {
  name: 'webhook',
  noun: 'webhook',
  key: 'alerts.webhook.url',
  log: {
    unavailable: (log, reason) => log.warn('Webhook of alerts unavailable', { reason }),
    available: (log) => log.info('Webhook of alerts available again'),
    breakerMoved: (log, { from, to, reason }) =>
      log.warn('Circuit breaker of the webhook of alerts moved', { from, to, reason }),
  },
  // The rest of such an address is often a secret, and this one is shown.
  address: ({ alerts: { webhook } }) => webhook.url && new URL(webhook.url).origin,
  delivers: ({ alerts }) => alerts.enabled && alerts.webhook.url !== null,
  lockPath: (paths) => paths.webhookDeliveryLock,
  checkAccess: (config) => void webhookAccess(config),
  loadClient: async () => (await import('./webhook-client.ts')).openWebhook,
};

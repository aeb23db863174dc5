import type { Sink } from '../sink.ts';
import { mailAccess } from './mail-access.ts';

/** The people who are told of alerts by mail: `alerts.mail`. */
export const ALERT_MAIL: Sink = {
  name: 'mail',
  noun: 'mail server',
  key: 'alerts.mail.host',
  log: {
    unavailable: (log, reason) => log.warn('Mail server of alerts unavailable', { reason }),
    available: (log) => log.info('Mail server of alerts available again'),
    breakerMoved: (log, { from, to, reason }) =>
      log.warn('Circuit breaker of the mail server of alerts moved', { from, to, reason }),
  },
  address: ({ alerts: { mail } }) => mail.host && `smtp://${mail.host}:${mail.port}`,
  delivers: ({ alerts: { enabled, mail } }) => enabled && mail.host !== null && mail.to.length > 0,
  lockPath: (paths) => paths.mailDeliveryLock,
  checkAccess: (config) => void mailAccess(config),
  loadClient: async () => (await import('./mail-client.ts')).openMail,
};

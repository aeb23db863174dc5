import * as z from 'zod';
import { file, list, text, wholeNumber } from './setting-kinds.ts';

/** How bad an alert is, the worst first. */
export const ALERT_LEVELS = ['critical', 'high', 'medium', 'low'] as const;

/** How bad an alert is: it says how soon somebody should act. */
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/** Who is told of alerts. Nobody is, beyond the log, until the user names a way. */
export const alertSettings = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe('False: the courier and `serve` judge no rule, and tell nobody'),
    level: z
      .enum(ALERT_LEVELS)
      .default('low')
      .describe('Least severe level that is told in other ways than the log'),
    desktop: z.boolean().default(false).describe('Show alerts as notifications of the desktop'),
    command: list(
      z.string().max(4_000),
      'A program and its arguments, which gets each alert as JSON on standard input',
    ),
    webhook: z
      .strictObject({
        url: z
          .url({
            protocol: /^https?$/,
            error: 'must be a URL that begins with http:// or https://',
          })
          .nullable()
          .default(null)
          .describe('Where each alert is posted as JSON; https:, or this machine'),
        secret_file: file('File with the key that requests are signed with; mode 0600'),
      })
      .prefault({}),
    mail: z
      .strictObject({
        to: list(z.email(), 'Who gets each alert by mail; empty: nobody'),
        from: z.email().nullable().default(null).describe('The sender; null: the first receiver'),
        host: text('The mail server (SMTP)'),
        port: wholeNumber(587, 1, 'Its port', 65_535),
        security: z
          .enum(['starttls', 'tls', 'none'])
          .default('starttls')
          .describe('starttls, tls from the first byte (port 465), or none: only for this machine'),
        user: text('Name to log in with'),
        password_file: file('File with the password; mode 0600'),
      })
      .prefault({}),
  })
  .prefault({});

/** Who is to be called when an alert lasts; every alert shows it. */
export const escalationContacts = z
  .strictObject({
    level_2: list(z.string().min(1).max(200), 'Whom to call when an alert lasts 15 minutes'),
    level_3: list(z.string().min(1).max(200), 'Whom to call when it lasts 30 minutes'),
  })
  .prefault({});

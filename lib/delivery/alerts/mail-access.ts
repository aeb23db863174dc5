import { TrackerError } from '../../base/errors.ts';
import { isLoopback } from '../../base/loopback.ts';
import type { Config } from '../../config/config.ts';
import { bearerToken } from '../http/bearer-token.ts';

/** What a mail server is reached and logged in with. */
export interface MailAccess {
  readonly host: string;
  readonly auth: { readonly user: string; readonly pass: string } | undefined;
}

/**
 * Reads the password.
 *
 * @throws TrackerError E_MAIL, E_TOKEN_FILE, E_TOKEN_FILE_MODE
 */
export function mailAccess({ alerts: { mail } }: Config): MailAccess {
  const { user, security } = mail;
  const host = mail.host ?? 'localhost';
  if (security === 'none' && !isLoopback(host)) {
    throw new TrackerError('E_MAIL', `mail would go to ${host} unencrypted`, {
      hint: 'Set alerts.mail.security to starttls or tls.',
    });
  }
  const pass = bearerToken({ token: null, tokenFile: mail.password_file });
  if ((user === null) !== (pass === undefined)) {
    throw new TrackerError('E_MAIL', 'a name and a password for the mail server go together', {
      hint: 'Set both alerts.mail.user and alerts.mail.password_file, or none.',
    });
  }
  return { host, auth: user === null || pass === undefined ? undefined : { user, pass } };
}

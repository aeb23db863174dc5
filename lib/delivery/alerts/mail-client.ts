import type { Transporter } from 'nodemailer';
import { asNumber, isJsonObject } from '../../base/json.ts';
import { errorCode, errorMessage } from '../../base/errors.ts';
import type { OpenClient } from '../sink.ts';
import type { Attempt, BatchOutcome, Delivered, RowBody, SinkClient } from '../sink-client.ts';
import { alertHeadline, alertLines, parseAlertMessage } from './alert-message.ts';
import { mailAccess } from './mail-access.ts';

/** Who sends mail to whom. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** Sends each alert as a mail. */
export class MailClient implements SinkClient {
  readonly server: string;
  readonly #transport: () => Promise<Transporter>;
  readonly #envelope: Envelope;
  #open: Promise<Transporter> | undefined;
  #isClosed = false;

  /** `transport` opens the connection's side of it at the first mail. */
  constructor(server: string, envelope: Envelope, transport: () => Promise<Transporter>) {
    this.server = server;
    this.#envelope = envelope;
    this.#transport = transport;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async track(body: RowBody, eventId: string): Promise<Attempt<Delivered>> {
    const startedAt = performance.now();
    const attempt = (outcome: Delivered, serverFault: boolean) => ({
      outcome,
      serverFault,
      latencyMs: performance.now() - startedAt,
    });
    const message = parseAlertMessage(String(body));
    if (!message)
      return attempt({ kind: 'rejected', status: 400, message: 'The row holds no alert.' }, false);
    try {
      this.#open ??= this.#transport();
      const transport = await this.#open;
      await transport.sendMail({
        from: this.#envelope.from,
        to: [...this.#envelope.to],
        subject: alertHeadline(message),
        text: `${[alertHeadline(message), '', ...alertLines(message)].join('\n')}\n`,
        // The same for each attempt, so that mail programs know a mail that arrives twice.
        messageId: `<${eventId}@${message.machine}.claude-pattern-tracker>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
      return attempt({ kind: 'accepted' }, false);
    } catch (error) {
      return attempt(undelivered(error), !this.#isClosed);
    }
  }

  /** Each alert is a mail of its own. */
  async trackBatch(): Promise<Attempt<BatchOutcome>> {
    return { outcome: { kind: 'unsupported' }, latencyMs: 0, serverFault: false };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    (await this.#open)?.close();
  }
}

/** Opens the client of the configured mail server. */
export const openMail: OpenClient = ({ config }) => {
  const { mail } = config.alerts;
  const { host, auth } = mailAccess(config);
  const timeout = Math.ceil(config.pattern_tracking.timeout * 1000);
  const from = mail.from ?? mail.to[0] ?? '';
  return new MailClient(`smtp://${host}:${mail.port}`, { from, to: mail.to }, async () => {
    const { createTransport } = await import('nodemailer');
    return createTransport({
      host,
      port: mail.port,
      secure: mail.security === 'tls',
      requireTLS: mail.security === 'starttls',
      ignoreTLS: mail.security === 'none',
      ...(auth ? { auth } : {}),
      connectionTimeout: timeout,
      greetingTimeout: timeout,
      socketTimeout: timeout,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  });
};

// --- internal ---

/** A 5xx about the addresses or the mail refuses it for good; one about TLS or the password can be mended. */
function undelivered(error: unknown): Delivered {
  const message = errorMessage(error);
  const status = isJsonObject(error) ? asNumber(error['responseCode']) : undefined;
  const isOfMail = errorCode(error) === 'EENVELOPE' || errorCode(error) === 'EMESSAGE';
  if (status !== undefined && status >= 500 && isOfMail)
    return { kind: 'rejected', status, message };
  return { kind: 'retry', status, message };
}

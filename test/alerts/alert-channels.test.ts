// Alerts, told to a real receiver of webhooks, a real mail server, a real program and the log.
import { createHmac } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { desktopCommand } from '../../lib/alerts/alert-channels.ts';
import { AlertSender } from '../../lib/alerts/alert-sender.ts';
import { alertAccessFault, ALERT_SINKS } from '../../lib/delivery/alerts/alert-sinks.ts';
import type { AlertMessage } from '../../lib/delivery/alerts/alert-message.ts';
import { outboxTotals } from '../../lib/delivery/store/outbox-totals.ts';
import { MINUTE, MONDAY, WatchedHome } from './watched-home.ts';

const MESSAGE: AlertMessage = {
  id: `api_down-${MONDAY}-firing`,
  rule: 'api_down',
  state: 'firing',
  level: 'critical',
  respond_within_minutes: 5,
  title: 'API unavailable',
  detail: '3 events wait for the server: it refuses connections',
  action: 'pattern-tracker health',
  runbook: 'docs/RUNBOOK.md#critical-alert-pattern-tracking-service-down',
  since: '2026-11-23T09:00:00.000Z',
  at: '2026-11-23T09:02:00.000Z',
  machine: 'ada',
  escalation: { level_2: ['Grace, +49 30 1'], level_3: ['dev@example.com'] },
};
const OVER: AlertMessage = { ...MESSAGE, id: `api_down-${MONDAY}-resolved`, state: 'resolved' };

let home: WatchedHome;
const ends: (() => unknown)[] = [];
beforeEach(() => {
  home = new WatchedHome('');
});
afterEach(async () => {
  home.remove();
  for (const end of ends.splice(0)) await end();
});

/** Tells of alerts, and attempts once to send what waits. */
async function tell(...messages: readonly AlertMessage[]): Promise<void> {
  const sender = await AlertSender.open(home.sources);
  for (const message of messages) await sender.tell(message, home.config);
  await sender.send(home.config);
  await sender.close();
}

const waiting = (sink: string) => outboxTotals(home.database, sink);
const log = () => (existsSync(home.paths.logFile) ? readFileSync(home.paths.logFile, 'utf8') : '');

interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A program that takes webhooks, and answers as it is told. */
async function receiver() {
  const posted: Posted[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      posted.push({ headers: request.headers, body });
      response.statusCode = answers.shift() ?? 204;
      response.end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/s3cret`;
  return { url, posted, answers };
}

function secretFile(text: string, mode = 0o600): string {
  const path = `${home.folder}/secret`;
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
  return path;
}

describe('the webhook', () => {
  it('gets the alert as JSON, signed as the Standard Webhooks say', async () => {
    const { url, posted } = await receiver();
    const key = Buffer.from('a key of thirty-two bytes and so ');
    const file = secretFile(`whsec_${key.toString('base64')}\n`);
    home.configure(`alerts: { webhook: { url: '${url}', secret_file: '${file}' } }`);
    await tell(MESSAGE);
    expect(posted).toHaveLength(1);
    const [{ headers, body } = { headers: {}, body: '' }] = posted;
    expect(JSON.parse(body)).toEqual(MESSAGE);
    expect(headers['webhook-id']).toBe(MESSAGE.id);
    expect(headers['webhook-timestamp']).toBe(String(home.now / 1000));
    const signed = `${MESSAGE.id}.${home.now / 1000}.${body}`;
    const signature = createHmac('sha256', key).update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
    expect(waiting('webhook')).toMatchObject({ waiting: 0, dead: 0 });
  });

  it('that is down gets it later, with the same id, and the end not before the beginning', async () => {
    const { url, posted, answers } = await receiver();
    answers.push(503);
    home.configure(`alerts: { webhook: { url: '${url}' } }`);
    await tell(MESSAGE, OVER);
    expect(posted).toHaveLength(1);
    expect(waiting('webhook')).toMatchObject({ waiting: 2, dead: 0 });
    expect(log()).toContain('Webhook of alerts unavailable');
    home.now += 10 * MINUTE;
    await tell();
    expect(posted.map(({ headers }) => headers['webhook-id'])).toEqual([
      MESSAGE.id,
      MESSAGE.id,
      OVER.id,
    ]);
    expect(posted[0]?.headers['webhook-signature']).toBeUndefined();
    expect(waiting('webhook').waiting).toBe(0);
  });

  it('is not told twice of what waits for it already', async () => {
    home.configure("alerts: { webhook: { url: 'http://127.0.0.1:9/' } }");
    await tell(MESSAGE);
    await tell(MESSAGE);
    expect(waiting('webhook').waiting).toBe(1);
  });

  it('that does not want it has a dead letter', async () => {
    const { url, answers } = await receiver();
    answers.push(422);
    home.configure(`alerts: { webhook: { url: '${url}' } }`);
    await tell(MESSAGE);
    expect(waiting('webhook')).toMatchObject({ waiting: 0, dead: 1 });
  });

  it('is shown without what may be secret in its address', () => {
    home.configure("alerts: { webhook: { url: 'https://hooks.example.com/services/T0/s3cret' } }");
    const [webhook] = ALERT_SINKS;
    expect(webhook?.address(home.config)).toBe('https://hooks.example.com');
  });

  it.each([
    ['http://hooks.example.com/', undefined, 'alerts would go to hooks.example.com unencrypted'],
    ['https://hooks.example.com/', 0o644, /secret can be read by others/],
  ])('at %s is refused with a key of mode %s', (url, mode, fault) => {
    const file = mode === undefined ? '' : `, secret_file: '${secretFile('key', mode)}'`;
    home.configure(`alerts: { webhook: { url: '${url}'${file} } }`);
    const [webhook] = ALERT_SINKS;
    if (!webhook) throw new Error('there is none');
    expect(alertAccessFault(home.config, webhook)).toEqual(
      typeof fault === 'string' ? fault : expect.stringMatching(fault),
    );
  });
});

interface Mailed {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
  readonly user: string | undefined;
}

/** A mail server that keeps what it is sent. */
async function mailServer(options: SMTPServerOptions = {}) {
  const mails: Mailed[] = [];
  const server = new SMTPServer({
    disabledCommands: options.onAuth ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    allowInsecureAuth: true,
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const user = session.user as unknown as string | undefined;
        mails.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text,
          user,
        });
        done();
      });
    },
    ...options,
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  ends.push(async () => new Promise<void>((done) => server.close(done)));
  const { port } = server.server.address() as AddressInfo;
  return { mails, port };
}

const mail = (port: number, more = '') =>
  `alerts: { mail: { host: 127.0.0.1, port: ${port}, security: none, from: 'tracker@example.com', to: ['ops@example.com', 'dev@example.com']${more} } }`;

describe('mail', () => {
  it('says in its subject how bad it is, and in its text what to do and whom to call', async () => {
    const { mails, port } = await mailServer();
    home.configure(mail(port));
    await tell(MESSAGE, OVER);
    expect(mails.map(({ from, to }) => [from, to])).toEqual(
      [0, 1].map(() => ['tracker@example.com', ['ops@example.com', 'dev@example.com']]),
    );
    const [begun = '', over = ''] = mails.map(({ text }) => text.replaceAll('\r\n', '\n'));
    expect(begun).toContain('\nSubject: [PatternTracker] CRITICAL: API unavailable (ada)\n');
    expect(begun).toContain(`\nMessage-ID: <${MESSAGE.id}@ada.claude-pattern-tracker>\n`);
    expect(begun).toContain('\nRespond: within 5 minutes\n');
    expect(begun).toContain('\nAfter 15 minutes call: Grace, +49 30 1\n');
    expect(begun).toContain('\nAfter 30 minutes call: dev@example.com\n');
    expect(begun).toContain('RUNBOOK.md#critical-alert-pattern-tracking-service-down');
    expect(over).toContain('\nSubject: [PatternTracker] Resolved: API unavailable (ada)\n');
  });

  it('logs in with the password in the file', async () => {
    const { mails, port } = await mailServer({
      onAuth({ username, password }, _, done) {
        if (password === 'right') done(null, { user: username });
        else done(new Error('wrong password'));
      },
    });
    home.configure(mail(port, `, user: tracker, password_file: '${secretFile('wrong\n')}'`));
    await tell(MESSAGE);
    expect(mails).toEqual([]);
    expect(waiting('mail')).toMatchObject({ waiting: 1, dead: 0 }); // it can be mended
    secretFile('right\n');
    home.now += 10 * MINUTE;
    await tell();
    expect(mails.map(({ user }) => user)).toEqual(['tracker']);
  });

  it('that is deferred is sent later, and what is refused for good is a dead letter', async () => {
    const codes = [451, 550];
    const { mails, port } = await mailServer({
      onMailFrom(_, __, done) {
        const code = codes.shift();
        done(code === undefined ? null : Object.assign(new Error('no'), { responseCode: code }));
      },
    });
    home.configure(mail(port));
    await tell(MESSAGE);
    expect(waiting('mail')).toMatchObject({ waiting: 1, dead: 0 });
    home.now += 10 * MINUTE;
    await tell();
    expect(waiting('mail')).toMatchObject({ waiting: 0, dead: 1 });
    expect(mails).toEqual([]);
  });

  it('waits for a server that is not there', async () => {
    home.configure(mail(9));
    await tell(MESSAGE);
    expect(waiting('mail')).toMatchObject({ waiting: 1, dead: 0 });
    expect(log()).toContain('Mail server of alerts unavailable');
  });

  it.each([
    ["host: mail.example.com, security: none, to: ['a@example.com']", /unencrypted/],
    ["host: mail.example.com, user: tracker, to: ['a@example.com']", /go together/],
  ])('is not sent with { %s }', (settings, fault) => {
    home.configure(`alerts: { mail: { ${settings} } }`);
    const sink = ALERT_SINKS.find(({ name }) => name === 'mail');
    expect(sink && alertAccessFault(home.config, sink)).toMatch(fault);
  });

  it('insists on TLS if it is not switched off', async () => {
    const { mails, port } = await mailServer();
    home.configure(mail(port).replace('security: none', 'security: starttls'));
    await tell(MESSAGE);
    expect(mails).toEqual([]);
    expect(waiting('mail').waiting).toBe(1);
  });
});

describe('the command', () => {
  it('gets the alert as JSON, without a shell', async () => {
    const out = `${home.folder}/out.json`;
    const program = `${home.folder}/tell.sh`;
    writeFileSync(program, `#!/bin/sh\ncat > '${out}'\nprintf %s "$1" > '${out}.arg'\n`, {
      mode: 0o700,
    });
    home.configure(`alerts: { command: ['${program}', '$(id); x'] }`);
    await tell(MESSAGE);
    expect(JSON.parse(readFileSync(out, 'utf8'))).toEqual(MESSAGE);
    expect(readFileSync(`${out}.arg`, 'utf8')).toBe('$(id); x');
  });

  it.each([['/nowhere/program'], ['/bin/false']])(
    '%s that fails is in the log',
    async (program) => {
      home.configure(`alerts: { command: ['${program}'] }`);
      await tell(MESSAGE);
      expect(log()).toContain('A program for alerts failed');
    },
  );
});

describe('a level', () => {
  it('below that of the configuration is in the log alone', async () => {
    const { url, posted } = await receiver();
    home.configure(`alerts: { level: high, webhook: { url: '${url}' } }`);
    await tell({ ...MESSAGE, level: 'medium' });
    expect(posted).toEqual([]);
    expect(log()).toContain('API unavailable');
    await tell({ ...MESSAGE, level: 'high' });
    expect(posted).toHaveLength(1);
  });
});

it('the log has the lines that operators search for', async () => {
  await tell(
    MESSAGE,
    { ...MESSAGE, level: 'medium', title: 'Circuit breaker tripped' },
    { ...MESSAGE, level: 'low', title: 'High cache usage' },
    OVER,
  );
  const lines = log()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: string; msg: string; action: string });
  expect(lines.map(({ level, msg }) => `${level} ${msg}`)).toEqual([
    'error ❌ [PatternTracker] API unavailable',
    'error ❌ [PatternTracker] Circuit breaker tripped',
    'warn ⚠️ [PatternTracker] High cache usage',
    'info ✅ [PatternTracker] API unavailable: over',
  ]);
  expect(lines[0]).toMatchObject({
    alert: 'api_down',
    severity: 'critical',
    action: MESSAGE.action,
  });
});

it('a database that cannot be used keeps nobody from telling in the other ways', async () => {
  home.configure("alerts: { webhook: { url: 'http://127.0.0.1:9/' } }");
  home.database.close();
  writeFileSync(home.paths.database, 'this is no database');
  const sender = await AlertSender.open(home.sources);
  await sender.tell(MESSAGE, home.config);
  await sender.close();
  expect(log()).toContain('API unavailable');
  expect(log()).toContain('An alert cannot be put into the outbox');
});

it('a notification of the desktop gets its texts as arguments, not as code', () => {
  const message = { ...MESSAGE, detail: '" & (do shell script "id") & "' };
  const mac = desktopCommand(message, 'darwin');
  expect(mac[0]).toBe('osascript');
  expect(mac.filter((word) => word.includes('do shell script'))).toEqual([mac.at(-1)]);
  const linux = desktopCommand(message, 'linux');
  expect(linux.slice(0, 5)).toEqual(['notify-send', '-a', 'pattern-tracker', '-u', 'critical']);
});

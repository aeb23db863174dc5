import { TOKENS } from '../../lib/redact/tokens/tokens.ts';
import { Dice } from '../../scripts/eval/redact/dice.ts';
import { tokenText } from '../../scripts/eval/redact/token-text.ts';

/** Made-up secrets in the form of real ones. They are put together here, so that no scanner takes them for real. */
export interface SecretVector {
  /** The rule that has to find it: a kind of ours, or `secretlint:NAME`. */
  readonly rule: string;
  readonly text: string;
  /** What must be gone. */
  readonly secret: string;
  readonly marker: string;
}

/** `length` characters that look random, the same each time. */
export function randomText(
  length: number,
  alphabet = 'aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zCfAbDcEfGhIjLkMnOpRqTsUwVyXZ',
): string {
  return Array.from(
    { length },
    (_, i) => alphabet[(i * 7 + ((i * i) % 11)) % alphabet.length],
  ).join('');
}

const hex = (length: number): string => randomText(length, '3fa91c07be5d2648');
const upper = (length: number): string => randomText(length, 'Q7ZX2MKP9RTB4WNE');

export const PEM_BODY = `MII${randomText(61)}\n${randomText(64)}\n${randomText(40)}==`;
export const pemOf = (label: string, body = PEM_BODY): string =>
  `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----`;

const base64 = (text: string): string => Buffer.from(text).toString('base64url');
export const JWT = [
  base64('{"alg":"HS256","typ":"JWT"}'),
  base64('{"sub":"1234567890"}'),
  randomText(43),
].join('.');

function vector(
  rule: string,
  marker: string,
  secret: string,
  text = `key: ${secret} .`,
): SecretVector {
  return { rule, text, secret, marker };
}

const AWS_SECRET = randomText(40);
const OPS = `ey${base64(`{"email":"a@example.org","secretKey":"${randomText(80)}","x":{}}`).slice(2)}`;
const SERVICE_ACCOUNT = JSON.stringify({
  type: 'service_account',
  private_key_id: hex(40),
  private_key: `${pemOf('PRIVATE KEY')}\n`,
});

/** For each rule of the preset at least one. */
export const SECRETLINT_VECTORS: readonly SecretVector[] = [
  vector('secretlint:aws', 'assignment', AWS_SECRET, `AWS_SECRET_ACCESS_KEY=${AWS_SECRET}\n`),
  vector('secretlint:aws', 'assignment', AWS_SECRET, `"awsSecretAccessKey": "${AWS_SECRET}"\n`),
  vector('secretlint:gcp', 'private-key', PEM_BODY.slice(0, 64), SERVICE_ACCOUNT),
  vector('secretlint:privatekey', 'private-key', PEM_BODY, `a\n${pemOf('RSA PRIVATE KEY')}\nb`),
  vector('secretlint:npm', 'npm-token', `npm${'_'}${randomText(36)}`),
  vector(
    'secretlint:npm',
    'url-password',
    hex(40),
    `"a": "git+https://${hex(40)}:x-oauth${'-'}basic@github.com/o/r.git"`,
  ),
  vector(
    'secretlint:basicauth',
    'url-password',
    'hunter22',
    `https://joe:${'hunter22'}@files.corp.io/a`,
  ),
  vector(
    'secretlint:database-connection-string',
    'url-password',
    's3cr3tdb',
    `postgres://app:${'s3cr3tdb'}@db.corp:5432/x`,
  ),
  vector(
    'secretlint:database-connection-string',
    'url-password',
    's3cr3tdb',
    `jdbc:mysql://app:${'s3cr3tdb'}@db/x`,
  ),
  vector(
    'secretlint:database-connection-string',
    'url-password',
    's3cr3tdb',
    `mongodb+srv://app:${'s3cr3tdb'}@c0.mongodb.net/x?w=1`,
  ),
  vector('secretlint:slack', 'slack-token', `xox${'b-'}2${'1'.repeat(11)}-${randomText(24)}`),
  vector(
    'secretlint:slack',
    'slack-webhook',
    `https://hooks.slack.com/${'services'}/T${upper(9)}/B${upper(9)}/${randomText(24)}`,
  ),
  vector('secretlint:sendgrid', 'sendgrid-key', `S${'G.'}${randomText(22)}.${randomText(43)}`),
  vector('secretlint:shopify', 'shopify-key', `shp${'at_'}${hex(32)}`),
  vector('secretlint:github', 'github-token', `gh${'p_'}${randomText(36)}`),
  vector('secretlint:github', 'github-token', `github_${'pat_'}${randomText(82)}`),
  vector(
    'secretlint:openai',
    'openai-key',
    `s${'k-'}${randomText(20)}T3Blbk${'FJ'}${randomText(20)}`,
  ),
  vector('secretlint:anthropic', 'anthropic-key', `sk-${'ant-'}api03-${randomText(93)}AA`),
  vector('secretlint:linear', 'linear-key', `lin_${'api_'}${randomText(40)}`),
  vector('secretlint:1password', '1password-token', `op${'s_'}${OPS}`),
];

/** For each fixed part of each form of tokens one, made from the form. */
export const PREFIX_VECTORS: readonly (SecretVector & { readonly prefix: string })[] =
  TOKENS.flatMap((form) =>
    form.prefixes.split(' ').map((prefix) => {
      const { kind, rest } = form;
      const secret = tokenText(form, prefix, new Dice('vector', kind, rest, prefix));
      return { ...vector(kind, kind, secret, `x = f(${secret})`), prefix };
    }),
  );

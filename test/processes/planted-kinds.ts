import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { createRedactor } from '../../lib/redact/redact.ts';
import { Dice } from '../../scripts/eval/redact/dice.ts';
import { allKinds } from '../../scripts/eval/redact/kind.ts';
import type { TextShape } from '../../scripts/eval/redact/shapes/shape.ts';
import { textShape } from '../../scripts/eval/redact/shapes/shape.ts';
import { PEM_BODY, pemOf, randomText, SECRETLINT_VECTORS } from '../redact/secret-vectors.ts';

/** A made-up secret in a text that makes it one. */
export interface Planted {
  readonly kind: string;
  readonly text: string;
  readonly secret: string;
}

/**
 * A sample of every rule: each beginning of each token, each name in each spelling, each vendor's key, and what is stated
 * by what stands around it. Other seeds give other values.
 */
export function everyKind(seed: number): readonly Planted[] {
  const shape: TextShape = {
    ...textShape(['planted', 'word', 'own', '{N}="{V}"']),
    flavours: ['alnum', 'hex', 'base64', 'symbols'],
  };
  const samples = allKinds().map((kind): Planted => {
    const subject = kind.subjectFor(shape, new Dice('planted', seed, kind.name));
    const text = shape.write(subject).content;
    return { kind: kind.name, text, secret: subject.value.slice(kind.publicLength) };
  });
  return [...samples, ...stated(seed), ...fromSecretlint()].filter(isFound);
}

/** The texts of which each would tell that a secret was kept: its lines, or the thirds of a long one. */
export function tracesOf({ secret }: Planted): readonly string[] {
  const lines = secret.split('\n').filter((line) => line.length >= SHORTEST_TRACE);
  return lines.flatMap((line) => {
    const third = Math.max(SHORTEST_TRACE, Math.ceil(line.length / 3));
    return [0, third, line.length - third]
      .map((from) => line.slice(from, from + third))
      .filter(({ length }) => length >= SHORTEST_TRACE);
  });
}

/** All that a folder and a database hold, packed or not, by where it stands. */
export function* everythingIn(folder: string): Generator<readonly [place: string, text: string]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    yield* readings(path, readFileSync(path));
  }
}

/** Bytes as text, and as what they unpack to. */
export function* readings(
  place: string,
  bytes: Buffer,
): Generator<readonly [place: string, text: string]> {
  yield [place, bytes.toString('latin1')];
  for (const unpack of [gunzipSync, inflateSync, inflateRawSync, brotliDecompressSync]) {
    try {
      yield [`${place}, unpacked`, unpack(bytes).toString('latin1')];
    } catch {
      // It was not packed this way.
    }
  }
}

// --- internal ---

const redactor = createRedactor();

/** What the rules miss of a plain text is counted elsewhere: here the way counts on which a secret could escape them. */
function isFound(planted: Planted): boolean {
  const { text } = redactor.redactText(planted.text);
  return tracesOf(planted).every((trace) => !text.includes(trace));
}

/** So many random characters stand nowhere by chance. */
const SHORTEST_TRACE = 10;

function stated(seed: number): readonly Planted[] {
  const dice = new Dice('stated', seed);
  const value = (): string =>
    `${dice.text(12, 'bcdfghjkmnpqrstvwxzBCDFGHJKMNPQRSTVWXZ')}7${dice.text(7, '23456789kqXZ')}`;
  const templates: readonly (readonly [string, (v: string) => string])[] = [
    ['bearer', (v) => `curl -H "Authorization: Bearer ${v}" https://h.io`],
    ['token scheme', (v) => `authorization: token ${v}`],
    ['cookie', (v) => `Cookie: theme=dark; connect.sid=${v}; a=1`],
    ['url password', (v) => `postgres://app:${v}@db.h.io:5432/app`],
    ['url token', (v) => `https://${v}@git.h.io/a/b.git`],
    ['signed url', (v) => `https://h.io/f?expires=1&X-Amz-Signature=${v}&a=1`],
    ['webhook', (v) => `https://discord.com/api/webhooks/123456789012345678/${v}`],
    ['pgpass', (v) => `db.h.io:5432:app:joe:${v}`],
    ['sql', (v) => `CREATE USER joe IDENTIFIED BY '${v}';`],
    ['curl user', (v) => `curl -su joe:${v} https://h.io`],
    ['mysql', (v) => `mysql -uroot -p${v} app`],
    ['sshpass', (v) => `sshpass -p ${v} ssh joe@h.io`],
    ['docker login', (v) => `echo ${v} | docker login -u joe --password-stdin`],
    ['login call', (v) => `smtp.login("joe@h.io", "${v}")`],
    ['element', (v) => `<password>${v}</password>`],
    ['sibling', (v) => `{"name": "DB_PASSWORD", "value": "${v}"}`],
    ['flag', (v) => `app --password ${v} run`],
    ['here-document', (v) => `cat > .env <<EOF\nDB_PASSWORD=${v}\nEOF\n`],
    ['escaped JSON', (v) => JSON.stringify(JSON.stringify({ password: v }))],
    ['base64', (v) => Buffer.from(`export DB_PASSWORD=${v}`).toString('base64')],
    ['relay', (v) => `[smtp.h.io]:587 joe@h.io:${v}`],
    ['pipeline', (v) => `##vso[task.setvariable variable=dbPassword;isSecret=true]${v}`],
    ['COBOL', (v) => `       01  WS-PASSWORD PIC X(40) VALUE "${v}".`],
    ['ABAP', (v) => `CONSTANTS db_password TYPE string VALUE '${v}'.`],
    ['gdb', (v) => `(gdb) print db_password\n$1 = 0x55 "${v}"\n`],
    ['keychain', (v) => `security add-generic-password -a joe -s svc -w ${v}`],
    ['keyring', (v) => `keyctl add user mykey ${v} @u`],
    ['address', (v) => `mysqlsh joe:${v}@h.io:3306 --sql`],
    ['task', (v) => `schtasks /create /tn x /ru joe /rp ${v}`],
    ['docker inspect', (v) => `"Env": [\n  "PATH=/bin",\n  "DB_PASSWORD=${v}"\n],`],
    ['git remote', (v) => `origin\thttps://joe:${v}@h.io/o/r.git (fetch)`],
    ['plan', (v) => `      + master_password                 = "${v}"`],
    ['CMake', (v) => `cmake -S . -DPASS_CODE=${v} -G Ninja`],
    ['properties', (v) => `spring.datasource.password=${v}`],
    ['HTTP/2', (v) => `* [HTTP/2] [1] [x-api-key: ${v}]`],
    ['picture', (v) => `WIFI:S:home;T:WPA;P:${v};;`],
    ['IMAP', (v) => `a1 LOGIN joe@h.io ${v}`],
    ['SNMP', (v) => `createUser joe SHA "${v}" AES`],
    ['PowerShell', (v) => `("${v}" | ConvertTo-SecureString -AsPlainText -Force)`],
    ['default of a variable', (v) => `password: \${DB_PW:${v}}`],
    ['default of a call', (v) => `'password' => env('X', '${v}'),`],
    ['answer', (v) => `joe: whats the db_password? amy: ${v}`],
    ['row', (v) => `db_password,${v},prod`],
    ['pair of braces', (v) => `$ENV{DB_PASSWORD} = '${v}';`],
    ['table', (v) => `| \`db_password\` | \`${v}\` |`],
  ];
  const plain = templates.map(([kind, write]): Planted => {
    const secret = value();
    return { kind: `stated: ${kind}`, text: write(secret), secret };
  });
  return [
    ...plain,
    { kind: 'private key', text: pemOf('PRIVATE KEY'), secret: PEM_BODY },
    {
      kind: 'JWT',
      text: jwt(),
      secret: jwt().slice(-43),
    },
  ];
}

function jwt(): string {
  const part = (text: string) => Buffer.from(text).toString('base64url');
  return [part('{"alg":"HS256","typ":"JWT"}'), part('{"sub":"123"}'), randomText(43)].join('.');
}

function fromSecretlint(): readonly Planted[] {
  return SECRETLINT_VECTORS.map(({ rule, text, secret }) => ({ kind: rule, text, secret }));
}

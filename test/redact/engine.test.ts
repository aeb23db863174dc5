import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../lib/base/json.ts';
import { WorkBudget } from '../../lib/redact/budget.ts';
import { createSecretFinder } from '../../lib/redact/find.ts';
import { KnownValues } from '../../lib/redact/known-values.ts';
import { createRedactor } from '../../lib/redact/redact.ts';
import { TextRedaction } from '../../lib/redact/text.ts';
import { JWT, PEM_BODY, pemOf } from './secret-vectors.ts';

const redact = (text: string) => createRedactor().redactText(text).text;
const VALUE = 'Xk3kd93kdQ4t';

describe('a value that is known', () => {
  const inSession = (session: string, tool_input: JsonObject) => ({
    session_id: session,
    tool_input,
  });

  it.each([
    ['as it is', VALUE],
    ['in base64', Buffer.from(VALUE).toString('base64').replace(/=+$/, '')],
    ['in base64 of a longer text', Buffer.from(`ab${VALUE}cd`).toString('base64').slice(3, 18)],
    ['in hex', Buffer.from(VALUE).toString('hex')],
  ])('is taken out wherever else it stands: %s', (_how, form) => {
    const payload = { tool_input: { a: `see ${form} there`, b: `DB_PASSWORD=${VALUE}` } };
    const kept = JSON.stringify(createRedactor().redactPayload(payload).payload);
    expect(kept).not.toContain(form);
  });

  it('is taken out of later payloads of its session, and of no other', () => {
    const redactor = createRedactor();
    redactor.redactPayload(inSession('s1', { command: `export DB_PASSWORD=${VALUE}` }));
    const later = (session: string) =>
      JSON.stringify(redactor.redactPayload(inSession(session, { out: `got ${VALUE}.` })).payload);
    expect(later('s1')).not.toContain(VALUE);
    expect(later('s2')).toContain(VALUE);
  });

  it('is never one of the ids and folders that Claude Code goes by', () => {
    const payload = {
      session_id: '0b7c9a52-1111-4222-8333-444455556666',
      tool_use_id: 'toolu_01AbCdEf2GhIjKlMn3OpQrSt',
      cwd: '/home/joe/proj3ct1x9k',
      tool_input: { command: 'TOKEN=toolu_01AbCdEf2GhIjKlMn3OpQrSt PASSWORD=proj3ct1x9k run' },
    };
    const { payload: kept } = createRedactor().redactPayload(payload);
    expect(kept).toMatchObject({
      session_id: payload.session_id,
      tool_use_id: payload.tool_use_id,
      cwd: payload.cwd,
    });
  });
});

describe('a layer of encoding', () => {
  it.each([
    ['JSON in JSON', JSON.stringify({ a: JSON.stringify({ b: `password=${VALUE}\nx` }) })],
    ['percents', `q=${encodeURIComponent(`a&password=${VALUE}&b`)}`],
    ['entities', `&quot;password&quot;:&quot;${VALUE}&quot;`],
    ['colours', `\u001b[1mpassword\u001b[0m: \u001b[32m${VALUE}\u001b[0m`],
    ['base64', `data: ${Buffer.from(`user: joe\npassword: ${VALUE}\n`).toString('base64')}`],
  ])('hides nothing: %s', (_name, text) => {
    const kept = redact(text);
    expect(kept).toContain('[redacted:');
    expect(kept).not.toContain(VALUE);
  });

  it.each([
    ['plus', `"${JWT.slice(0, 20)}" + "${JWT.slice(20)}"`],
    ['a dot', `'${JWT.slice(0, 20)}' . '${JWT.slice(20)}'`],
    ['lines', `"${JWT.slice(0, 20)}" +\n    "${JWT.slice(20)}"`],
    ['UTF-16', JWT.split('').join('\0')],
  ])('hides no token in parts: %s', (_name, text) => {
    expect(redact(text)).not.toContain(JWT.slice(-20));
  });
});

describe('a private key', () => {
  const lines = pemOf('RSA PRIVATE KEY').split('\n');
  it.each([
    ['in a listing', lines.map((line, i) => `a/key.pem:${i}:${line}`).join('\n')],
    ['in comments', lines.map((line) => ` * ${line}`).join('\n')],
    ['in colours', lines.map((line) => `\u001b[31m${line}\u001b[0m`).join('\n')],
    ['in a page', lines.join('<br>')],
    ['without its first line', lines.slice(1).join('\n')],
    ['without its last line', lines.slice(0, -1).join('\n')],
  ])('is taken out: %s', (_name, text) => {
    expect(redact(text)).not.toContain(PEM_BODY.split('\n')[1]);
  });
});

describe('what a redactor tells', () => {
  it('gives positions in the text as it was given, also of what a later pass found', () => {
    const text = `x ${JWT} y\nDB_PASSWORD=${VALUE}\nend ${VALUE}`;
    const { findings, count } = createRedactor().redactText(text);
    expect(findings.map(({ start, end }) => text.slice(start, end))).toEqual([JWT, VALUE, VALUE]);
    expect(count).toBe(3);
  });

  it('counts a payload by kind', () => {
    const { kinds, count } = createRedactor().redactPayload({ a: JWT, b: { password: VALUE } });
    expect({ kinds, count }).toEqual({ kinds: { jwt: 1, assignment: 1 }, count: 2 });
  });

  it('takes rules and exceptions of the user', () => {
    const redactor = createRedactor({
      rules: [
        {
          scope: 'text',
          kind: 'badge',
          findAll: (text) => {
            const start = text.indexOf('BADGE-');
            return start === -1 ? [] : [{ start, end: start + 10 }];
          },
        },
      ],
      allow: (value) => value === VALUE,
    });
    expect(redactor.redactText(`BADGE-1234 password=${VALUE}`)).toMatchObject({
      text: `[redacted:badge] password=${VALUE}`,
      count: 1,
    });
  });
});

describe('the budget', () => {
  it('leaves out the rest of a text that takes too much work, and says how much', () => {
    const text = 'password '.repeat(100_000);
    const budget = new WorkBudget(0);
    const redaction = new TextRedaction({
      find: createSecretFinder(),
      known: new KnownValues(),
      allow: undefined,
      budget,
    });
    const { text: kept, leftOut, count } = redaction.of(text);
    expect(leftOut).toBeGreaterThan(0);
    expect(kept).toBe(`${text.slice(0, text.length - leftOut)}[redacted:unchecked]`);
    expect(count).toBe(1);
  });

  it('leaves out what is encoded behind the place where it ended', () => {
    const encoded = Array.from({ length: 20_000 }, (_, i) =>
      Buffer.from(`password=k7Xq${i.toString(36).padStart(4, 'w')}`).toString('base64'),
    );
    const { text, leftOut } = createRedactor().redactText(encoded.join(' '));
    expect(leftOut).toBeGreaterThan(0);
    expect(encoded.filter((each) => text.includes(each))).toEqual([]);
  });

  it('leaves out what is behind the last finding of the user’s rules that it was enough for', () => {
    const badges = Array.from({ length: 20_000 }, (_, i) => `BADGE-${i + 10_000}`);
    const { text, leftOut } = createRedactor({
      rules: [
        {
          scope: 'text',
          kind: 'badge',
          findAll: (given) =>
            [...given.matchAll(/BADGE-\d+/g)].map(({ index, 0: { length } }) => ({
              start: index,
              end: index + length,
            })),
        },
      ],
    }).redactText(badges.join(' '));
    expect(leftOut).toBeGreaterThan(0);
    expect(text).not.toContain('BADGE-');
  });

  it('is enough for a megabyte of code', () => {
    const code = readdirSync('lib/redact')
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(`lib/redact/${name}`, 'utf8'))
      .join('\n');
    expect(createRedactor().redactText(code.repeat(8)).leftOut).toBe(0);
  });

  // What fills tables, frames and files of tests: no sign of a token may be in it at each place.
  it.each('x X 0 o - _ = # * . / : a A 1'.split(' '))(
    'is enough for lines filled with %j',
    (sign) => {
      const lines = Array.from({ length: 8_000 }, (_, n) => `row ${n} ${sign.repeat(52)}\n`);
      expect(createRedactor().redactText(lines.join('')).leftOut).toBe(0);
    },
  );
});

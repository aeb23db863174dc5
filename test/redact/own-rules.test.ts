import { expect, it } from 'vitest';
import { openRedactor } from '../../lib/redact/own/open-redactor.ts';

const STAFF = { name: 'staff-number', pattern: 'ACME-(\\d{4})', group: 1 };

it('takes out what a rule of the user finds, or only its group, under the name of the rule', async () => {
  const whole = await openRedactor({
    rules: [{ name: 'staff-number', pattern: 'ACME-\\d{4}' }],
    allow: [],
  });
  expect(whole.redactText('see ACME-1234, 😀 ACME-5678').text).toBe(
    'see [redacted:staff-number], 😀 [redacted:staff-number]',
  );
  const group = await openRedactor({ rules: [STAFF], allow: [] });
  expect(group.redactText('see ACME-1234').text).toBe('see ACME-[redacted:staff-number]');
  const { payload, kinds } = whole.redactPayload({
    tool_input: { a: 'ACME-1111', b: ['ACME-2222'] },
  });
  expect(JSON.stringify(payload)).not.toContain('ACME');
  expect(kinds).toEqual({ 'staff-number': 2 });
});

it('lets a value pass that the user allows, and nothing else that the same rule finds', async () => {
  const redactor = await openRedactor({
    rules: [STAFF],
    allow: ['hunter2hunter2', { pattern: 'staging-\\w+' }],
  });
  const text = `password = "hunter2hunter2"
password = "hunter2hunter2x"
password = "staging-Zq81kd"
password = "live-staging-Zq81kd"`;
  expect(redactor.redactText(text).text).toBe(`password = "hunter2hunter2"
password = "[redacted:assignment]"
password = "staging-Zq81kd"
password = "[redacted:assignment]"`);
});

it.each([
  ['(unclosed', 'must be an expression of RE2: missing closing'],
  ['a(?=b)', 'must be an expression of RE2: invalid or unsupported Perl syntax'],
  ['a*', 'must be an expression that matches no empty text'],
])('refuses %s', async (pattern, message) => {
  await expect(openRedactor({ rules: [{ name: 'x', pattern }], allow: [] })).rejects.toMatchObject({
    code: 'E_CONFIG',
    message: expect.stringContaining(`redaction.rules item 1: pattern: ${message}`) as string,
  });
});

it('refuses a group that the expression does not have', async () => {
  await expect(openRedactor({ rules: [{ ...STAFF, group: 2 }], allow: [] })).rejects.toMatchObject({
    message: expect.stringContaining('a group 2: it has 1') as string,
  });
});

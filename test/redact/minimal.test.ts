import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { JsonObject } from '../../lib/base/json.ts';
import { createRedactor } from '../../lib/redact/redact.ts';

interface Case {
  readonly kind: string;
  readonly text: string;
  readonly secret: string;
  readonly as: 'text' | 'payload';
}

/** One small input for each kind of leak that was seen. `<>` keeps scanners from taking a value for real. */
const CASES = readFileSync(new URL('../fixtures/secrets/minimal.jsonl', import.meta.url), 'utf8')
  .trim()
  .replaceAll('<>', '')
  .split('\n')
  .map((line) => JSON.parse(line) as Case);

it('knows as many kinds as were seen', () => {
  expect(CASES).toHaveLength(38);
});

it.each(CASES)('takes the secret out of: $kind $text', ({ text, secret, as }) => {
  const redactor = createRedactor();
  const kept =
    as === 'text'
      ? redactor.redactText(text).text
      : JSON.stringify(
          redactor.redactPayload({ tool_input: JSON.parse(text) as JsonObject }).payload,
        );
  expect(text).toContain(secret);
  expect(kept).not.toContain(secret);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asObject } from '../../../lib/base/json.ts';
import type { JsonObject } from '../../../lib/base/json.ts';

/** Payloads that the real Claude Code sent. */
const FOLDER = 'test/fixtures/payloads';

const read = new Map<string, JsonObject>();

/** The payload in the fixture of that name, such as `post-tool-use.write`. */
export function samplePayload(name: string): JsonObject {
  const known = read.get(name);
  if (known) return known;
  const sample = asObject(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'))) ?? {};
  read.set(name, sample);
  return sample;
}

/** A realistic PostToolUse of a Write, `bytes` long, as a hook reads it from stdin. */
export function payloadOf(bytes: number): string {
  const line = 'const answer = compute(input); // a line of code, as Claude writes it\n';
  const sample = samplePayload('post-tool-use.write');
  const withContent = (content: string) =>
    `${JSON.stringify({ ...sample, tool_input: { ...asObject(sample['tool_input']), content } })}\n`;
  const room = bytes - Buffer.byteLength(withContent(''));
  const lines = Math.max(0, Math.floor(room / (line.length + 1))); // a line end takes two bytes in JSON
  const rest = Math.max(0, room - lines * (line.length + 1));
  return withContent(line.repeat(lines) + '/'.repeat(rest));
}

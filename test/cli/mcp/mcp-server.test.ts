import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../lib/cli/command-list.ts';
import { boundedJson, MOST_CHARACTERS } from '../../../lib/cli/mcp/bounded-json.ts';
import { CommandAnswers } from '../../../lib/cli/mcp/command-answer.ts';
import { mcpServer } from '../../../lib/cli/mcp/mcp-server.ts';
import { MCP_TOOLS } from '../../../lib/cli/mcp/mcp-tools.ts';
import { openRedactor } from '../../../lib/redact/own/open-redactor.ts';
import { fillSample, Sample } from '../sample-database.ts';
import { testEnvironment } from '../test-environment.ts';

const FIRST = '3f2a9c10-1111-4111-8111-111111111111';
const SUM = `export function sum(values) {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
`;
const RENAMED = SUM.replaceAll('total', 'all').replaceAll('value', 'price');

const sample = new Sample();
const client = new Client({ name: 'test', version: '1' });
beforeAll(async () => {
  fillSample(sample);
  sample.pattern('5a5a000000000001', SUM);
  sample.pattern('5a5a000000000002', `${'x '.repeat(1_998)}total`);
  sample.event('sum', FIRST, 'PostToolUse');
  sample.occurrence('5a5a000000000001', 'sum', { session_id: FIRST, file_path: '/w/app/sum.ts' });
  writeFileSync(join(sample.folder, 'prices.ts'), RENAMED);
  const redaction = { rules: [{ name: 'staff', pattern: 'total' }], allow: [] };
  const { cli } = testEnvironment(sample);
  const server = mcpServer(new CommandAnswers(cli, COMMANDS, await openRedactor(redaction)));
  const [one, other] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(one), client.connect(other)]);
});
afterAll(async () => {
  await client.close();
  sample.remove();
});

interface Lines {
  readonly lines: readonly { readonly line: number }[];
}

async function call(name: string, given: Record<string, unknown> = {}) {
  const { content, isError } = await client.callTool({ name, arguments: given });
  const [{ text = '' } = {}] = content as { text?: string }[];
  return { text, isError: isError === true };
}

describe('the MCP server', () => {
  it('lists its tools, all of which only read', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(MCP_TOOLS.map(({ name }) => name));
    for (const { annotations, description } of tools) {
      expect(annotations?.readOnlyHint).toBe(true);
      expect(description).toMatch(/\w{3}/);
    }
  });

  it('finds a text', async () => {
    const { text } = await call('search_patterns', { text: 'values', kind: 'pattern' });
    expect(JSON.parse(text)).toMatchObject([{ kind: 'pattern', file_path: '/w/app/sum.ts' }]);
  });

  it('finds nothing by a text with NUL characters, which FTS5 does not take', async () => {
    for (const text of ['values\0of', 'a\0b']) {
      expect(await call('search_patterns', { text })).toEqual({ text: '[]', isError: false });
    }
  });

  it('takes what looks like an option for a text', async () => {
    expect(await call('search_patterns', { text: '--version' })).toEqual({
      text: '[]',
      isError: false,
    });
  });

  it('finds similar code to a draft, and to a file', async () => {
    for (const given of [{ code: RENAMED, language: 'typescript' }, { file: 'prices.ts' }]) {
      const { text } = await call('find_similar', given);
      expect(JSON.parse(text)).toMatchObject([{ pattern_id: '5a5a000000000001' }]);
    }
  });

  it('redacts by the present rules', async () => {
    const { text } = await call('find_similar', { file: 'prices.ts' });
    expect(text).toContain('[redacted:staff]');
    expect(text).not.toContain('total');
    // Where the text is cut, there is no half of what is redacted.
    const { contents } = await client.readResource({
      uri: 'pattern-tracker://patterns/5a5a000000000002',
    });
    expect(JSON.stringify(contents)).toMatch(/ x x \[red\S*… \(/);
  });

  it('says who wrote lines', async () => {
    const { text } = await call('blame_lines', { file: 'prices.ts', first_line: 2, last_line: 3 });
    expect(JSON.parse(text)).toMatchObject({ lines: [{ line: 2 }, { line: 3 }] });
    const whole = JSON.parse((await call('blame_lines', { file: 'prices.ts' })).text) as Lines;
    expect(whole.lines).toHaveLength(5); // fewer than the 200 that are asked for
    for (const [given, lines] of [
      [{ file: 'prices.ts:2' }, [2]],
      [{ file: 'prices.ts:2-3' }, [2, 3]],
      [{ file: 'prices.ts:2-3', first_line: 4 }, [4, 5]],
      [{ file: 'prices.ts:2-3', last_line: 4 }, [2, 3, 4]],
    ] as const) {
      const answer = JSON.parse((await call('blame_lines', given)).text) as Lines;
      expect([given, answer.lines.map(({ line }) => line)]).toEqual([given, lines]);
    }
  });

  it('tells what was done to a file', async () => {
    const { text } = await call('file_history', { path: '/w/app/sum.ts' });
    expect(JSON.parse(text)).toMatchObject([{ file_path: '/w/app/sum.ts' }]);
    expect((await call('file_history', { path: '/w/app/other.ts', diffs: false })).text).toBe('[]');
  });

  it('tells what happened in a session', async () => {
    const { text } = await call('session_timeline', { session: FIRST.slice(0, 6) });
    expect(JSON.parse(text)).toMatchObject({ session: { session_id: FIRST } });
    expect((await call('session_timeline')).isError).toBe(false);
  });

  it('adds up', async () => {
    const { text } = await call('stats', { by: 'language', limit: 3 });
    expect(JSON.parse(text)).toMatchObject({ by: 'language', calls: expect.any(Number) as number });
  });

  it('says whether all is well', async () => {
    expect(JSON.parse((await call('health')).text)).toHaveProperty('status');
  });

  it('answers what is wrong, and goes on', async () => {
    const { text, isError } = await call('blame_lines', { file: 'nothing.ts' });
    expect(isError).toBe(true);
    expect(text).toContain('nothing.ts');
    expect((await call('search_patterns', { text: 'ab' })).isError).toBe(true);
    expect((await call('search_patterns', { text: 'values' })).isError).toBe(false);
  });

  it('has patterns and sessions as resources', async () => {
    const { contents } = await client.readResource({
      uri: 'pattern-tracker://patterns/5a5a000000000001',
    });
    expect(contents).toMatchObject([{ mimeType: 'application/json' }]);
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(['pattern-tracker://sessions']);
    await expect(client.readResource({ uri: 'pattern-tracker://patterns/0000' })).rejects.toThrow(
      /no pattern begins with/,
    );
  });

  it('has prompts', async () => {
    const { messages } = await client.getPrompt({
      name: 'reuse',
      arguments: { need: 'retry with backoff' },
    });
    expect(JSON.stringify(messages)).toContain('retry with backoff');
  });
});

describe('an answer', () => {
  it('is not longer than its bound, and says that it was cut', () => {
    const rows = Array.from({ length: 900 }, (_, n) => ({ n, code: 'x'.repeat(90) }));
    for (const answer of [rows, { lines: rows, name: 'a' }]) {
      const text = JSON.stringify(boundedJson(answer));
      expect(text.length).toBeLessThanOrEqual(MOST_CHARACTERS);
      expect(text.length).toBeGreaterThan(MOST_CHARACTERS / 2);
      expect(text).toContain('"n":0');
      expect(text).toContain('The answer was too long');
    }
  });

  it('has no text of more than 4,000 characters', () => {
    const [text] = boundedJson(['y'.repeat(5_000)]) as string[];
    expect(text).toMatch(/^y{4000}… \(1000 characters more\)$/);
  });

  it('stays as it is if it is short', () => {
    expect(boundedJson({ a: [1, null, true], b: 'c' })).toEqual({ a: [1, null, true], b: 'c' });
  });
});

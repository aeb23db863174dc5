import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { payload, TrackerHome } from './tracker-home.ts';

const CLI = resolve('dist/cli.cjs');

let home: TrackerHome;
beforeEach(() => (home = new TrackerHome('courier: { idle_exit_seconds: 0.2 }\n')));
afterEach(() => home.remove());

it('the MCP server answers over stdio what a courier has recorded, and ends with its client', async () => {
  const content = 'export const zebra = (stripes) => stripes.map((stripe) => stripe.width * 2);\n';
  home.spool(
    '1.settings',
    payload({
      hook_event_name: 'PostToolUse',
      tool_use_id: 'toolu_1',
      tool_name: 'Write',
      tool_input: { file_path: '/home/dev/project/zebra.ts', content },
      tool_response: { type: 'create', originalFile: null },
    }),
  );
  await home.runCourier();
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [CLI, 'mcp'],
    env: Object.fromEntries(
      Object.entries(home.env).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      ),
    ),
    stderr: 'pipe',
  });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  const { pid } = transport;
  const { content: found } = await client.callTool({
    name: 'find_similar',
    arguments: { code: content.replaceAll('stripe', 'line'), language: 'typescript' },
  });
  const [{ text = '' } = {}] = found as { text?: string }[];
  expect(JSON.parse(text)).toMatchObject([{ file_path: '/home/dev/project/zebra.ts' }]);
  await client.close();
  expect(() => process.kill(pid ?? 0, 0)).toThrow(/ESRCH/);
});

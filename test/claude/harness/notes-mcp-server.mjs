// A stdio MCP server with two tools: `keep` gives its text back, `lose` always fails. No dependencies.
import { createInterface } from 'node:readline';

const TEXT_INPUT = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };

const answers = {
  initialize: (params) => ({
    protocolVersion: params.protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: 'notes', version: '1.0.0' },
  }),
  ping: () => ({}),
  'tools/list': () => ({
    tools: [
      { name: 'keep', description: 'Keeps a note.', inputSchema: TEXT_INPUT },
      { name: 'lose', description: 'Loses a note.', inputSchema: TEXT_INPUT },
    ],
  }),
  'tools/call': ({ name, arguments: input }) =>
    name === 'keep'
      ? { content: [{ type: 'text', text: `kept: ${input.text}` }] }
      : { content: [{ type: 'text', text: `lost: ${input.text}` }], isError: true },
};

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) continue; // a notification
  const answer = answers[method];
  const reply = answer
    ? { result: answer(params ?? {}) }
    : { error: { code: -32601, message: `no method ${method}` } };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...reply })}\n`);
}

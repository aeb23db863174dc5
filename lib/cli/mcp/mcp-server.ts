import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import * as z from 'zod';
import { TrackerError } from '../../base/errors.ts';
import { VERSION } from '../../base/version.ts';
import type { CommandAnswer, CommandAnswers } from './command-answer.ts';
import type { CommandCall } from './mcp-tool.ts';
import { MCP_TOOLS } from './mcp-tools.ts';

/** The MCP server of this installation: it only reads. Connect it to a transport. */
export function mcpServer(answers: CommandAnswers): McpServer {
  const server = new McpServer(
    { name: 'pattern-tracker', title: 'What Claude wrote here before', version: VERSION },
    { instructions: INSTRUCTIONS },
  );
  for (const { name, title, description, input, call } of MCP_TOOLS) {
    server.registerTool(
      name,
      {
        title,
        description,
        inputSchema: input,
        annotations: { readOnlyHint: true, openWorldHint: false },
      },
      async (given: unknown) => {
        const { text, isError } = await answers.of(call(given as never));
        return { content: [{ type: 'text', text }], isError };
      },
    );
  }
  addResources(server, answers);
  addPrompts(server);
  return server;
}

// --- internal ---

const INSTRUCTIONS =
  'Every tool call of Claude Code on this machine is recorded. Before you write a helper, look with find_similar whether one like ' +
  'it exists. Before you change code that puzzles you, ask blame_lines what it was written for.';

function addResources(server: McpServer, answers: CommandAnswers): void {
  const read = async (uri: URL, call: CommandCall) => {
    const { text, isError }: CommandAnswer = await answers.of(call);
    if (isError) throw new TrackerError('E_RESOURCE', text.trim());
    return { contents: [{ uri: uri.href, mimeType: 'application/json', text }] };
  };
  server.registerResource(
    'pattern',
    new ResourceTemplate('pattern-tracker://patterns/{id}', { list: undefined }),
    {
      title: 'A pattern',
      description: 'Code that Claude wrote, where it was written, and what it came from',
      mimeType: 'application/json',
    },
    (uri, { id }) => read(uri, { command: 'show', words: ['--', String(id)] }),
  );
  server.registerResource(
    'sessions',
    'pattern-tracker://sessions',
    {
      title: 'The newest sessions',
      description: 'Sessions of Claude Code: first prompt, calls, files, lines',
      mimeType: 'application/json',
    },
    (uri) => read(uri, { command: 'sessions', words: ['--limit=20'] }),
  );
}

function addPrompts(server: McpServer): void {
  server.registerPrompt(
    'reuse',
    {
      title: 'Look before writing',
      description: 'Looks whether something like what you need was written before',
      argsSchema: { need: z.string().describe('What is needed, such as "retry with backoff"') },
    },
    ({ need }) =>
      said(
        `I need: ${need}\n\nBefore you write it, look whether it exists. Search with search_patterns for names that it would have, ` +
          'and give a short draft to find_similar. Name what you found with file and line, and say whether to use it as it is, ' +
          'to extend it, or to write it new.',
      ),
  );
  server.registerPrompt(
    'why',
    {
      title: 'Why is this so',
      description: 'Says what lines of a file were written for',
      argsSchema: { lines: z.string().describe('A file and lines: src/a.ts:12-40') },
    },
    ({ lines }) =>
      said(
        `Why are these lines as they are: ${lines}? Ask blame_lines which session wrote them and what was asked for then, and ` +
          'search_patterns for the errors that came up. Answer in a few sentences, with the prompts that explain it.',
      ),
  );
}

function said(text: string) {
  return { messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }] };
}

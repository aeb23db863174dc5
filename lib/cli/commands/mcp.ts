import { once } from 'node:events';
import { TrackerError } from '../../base/errors.ts';
import { jsonArg, trackerCommand } from '../command.ts';

/** `mcp`: answers Claude's own questions about what it did before. */
export const mcpCommand = trackerCommand({
  name: 'mcp',
  summary: 'Answer questions of Claude itself about what it did, over MCP.',
  examples: [
    'pattern-tracker install --mcp',
    'claude mcp add --scope user pattern-tracker -- pattern-tracker mcp',
  ],
  details: `A server of the Model Context Protocol on standard input and output, which a client such as Claude Code starts. Its tools are
search_patterns, find_similar, file_history, blame_lines, session_timeline, stats and health; besides, patterns and sessions
are resources, and there are two prompts. It only reads. Answers have no secrets and at most 40,000 characters.

\`install --mcp\` registers it with Claude Code, for all your projects.`,
  json: 'nothing: what it prints is the protocol.',
  args: { ...jsonArg },
  async run({ json }, cli, commands) {
    if (json || process.stdin.isTTY) {
      throw new TrackerError('E_USAGE', 'mcp speaks with a program, not with a person', {
        hint: 'Claude Code starts it: `pattern-tracker install --mcp`.',
      });
    }
    const [{ StdioServerTransport }, { mcpServer }, { CommandAnswers }, { loadRedactor }] =
      await Promise.all([
        import('@modelcontextprotocol/sdk/server/stdio.js'),
        import('../mcp/mcp-server.ts'),
        import('../mcp/command-answer.ts'),
        import('../../blame/load-redactor.ts'),
      ]);
    const server = mcpServer(new CommandAnswers(cli, commands, await loadRedactor(cli)));
    await server.connect(new StdioServerTransport());
    await once(process.stdin, 'end');
    await server.close();
  },
});

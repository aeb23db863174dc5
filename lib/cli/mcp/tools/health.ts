import { mcpTool } from '../mcp-tool.ts';

/** `health`: the command of that name. */
export const healthTool = mcpTool({
  name: 'health',
  title: 'Is Claude recorded',
  description:
    'Says in one word whether what Claude does is recorded and delivered, and if not, why.',
  input: {},
  call: () => ({ command: 'health', words: [] }),
});

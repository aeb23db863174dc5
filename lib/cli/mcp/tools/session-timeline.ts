import * as z from 'zod';
import { mcpTool, optionWords } from '../mcp-tool.ts';
import { limitInput, projectInput } from '../tool-input.ts';

/** `session_timeline`: the command `session`. */
export const sessionTimelineTool = mcpTool({
  name: 'session_timeline',
  title: 'What happened in a session',
  description:
    'Tells what happened in a session of Claude: each prompt, the tool calls that followed with outcome and duration, subagents, files ' +
    'changed, models and tokens, and how long it waited. Ask it what was done lately, or in a session that another tool has named.',
  input: {
    session: z
      .string()
      .min(1)
      .default('last')
      .describe('The first characters of its id, or "last"'),
    ...projectInput,
    ...limitInput(50),
  },
  call: ({ session, ...options }) => ({
    command: 'session',
    words: [...optionWords(options), '--', session],
  }),
});

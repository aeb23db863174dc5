import * as z from 'zod';
import { STATISTICS_KEYS } from '../../../store/queries/statistics/group-key.ts';
import { mcpTool, optionWords } from '../mcp-tool.ts';
import { limitInput, projectInput, sinceInput } from '../tool-input.ts';

/** `stats`: the command of that name. */
export const statsTool = mcpTool({
  name: 'stats',
  title: 'What it comes to',
  description:
    'Adds up what Claude did: calls and failures by cause, how long they took, lines written and still standing, edits that were reworked ' +
    'soon, files that change most, and tokens by model. Ask it which commands fail most, or how much a project took.',
  input: {
    by: z.enum(STATISTICS_KEYS).default('tool').describe('What the numbers are put together by'),
    ...projectInput,
    ...sinceInput,
    ...limitInput(20),
  },
  call: (options) => ({ command: 'stats', words: optionWords(options) }),
});

import * as z from 'zod';
import { mcpTool, optionWords } from '../mcp-tool.ts';
import { limitInput, sinceInput } from '../tool-input.ts';

/** `file_history`: the command `log`. */
export const fileHistoryTool = mcpTool({
  name: 'file_history',
  title: 'What Claude did to a file',
  description:
    'Lists what Claude did to a file, or to all files in a folder, newest first: when, in which session, what the user had asked for, ' +
    'and the diff. Ask it how code came to be as it is, or what was tried before.',
  input: {
    path: z.string().min(1).describe('The file or folder: absolute, or from the project'),
    diffs: z.boolean().default(true).describe('False leaves out the diffs'),
    ...sinceInput,
    ...limitInput(10),
  },
  call: ({ path, diffs, ...options }) => ({
    command: 'log',
    words: [...(diffs ? [] : ['--no-diff']), ...optionWords(options), '--', path],
  }),
});

import * as z from 'zod';
import { SEARCH_KINDS } from '../../../store/queries/search/searchable.ts';
import { mcpTool, optionWords } from '../mcp-tool.ts';
import { languageInput, limitInput, pageInput, projectInput, sinceInput } from '../tool-input.ts';

/** `search_patterns`: the command `search`. */
export const searchPatternsTool = mcpTool({
  name: 'search_patterns',
  title: 'Search what Claude did',
  description:
    'Finds a text of three characters or more in the code that Claude wrote in earlier sessions, in prompts, in commands it ran, ' +
    'in errors it got, and in names of files. Ask it where something was solved before, or what was tried against an error.',
  input: {
    text: z.string().min(3).max(1_000).describe('What to find, as it stands in the text'),
    kind: z
      .enum(SEARCH_KINDS)
      .optional()
      .describe('Only in code (pattern), prompts, commands, errors or paths'),
    file: z
      .string()
      .min(1)
      .optional()
      .describe('Only in this file or folder: a path, the end of one, or a glob'),
    ...languageInput,
    ...projectInput,
    ...sinceInput,
    ...limitInput(10),
    ...pageInput,
  },
  call: ({ text, ...options }) => ({
    command: 'search',
    words: [...optionWords(options), '--', text],
  }),
});

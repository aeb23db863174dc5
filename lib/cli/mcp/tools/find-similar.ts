import * as z from 'zod';
import { LEAST_SCORE } from '../../../store/queries/search/similar.ts';
import { mcpTool, optionWords } from '../mcp-tool.ts';
import { languageInput, limitInput, projectInput } from '../tool-input.ts';

/** `find_similar`: the command `similar`. */
export const findSimilarTool = mcpTool({
  name: 'find_similar',
  title: 'Find similar code',
  description:
    'Finds code that Claude wrote in earlier sessions and that is like the given code, also with other names or another layout, ' +
    `with a score from ${LEAST_SCORE} to 1. Ask it before writing a helper: one like it may exist. Give a draft as code, or lines of a file.`,
  input: {
    code: z
      .string()
      .min(1)
      .max(200_000)
      .optional()
      .describe('The code to compare; give its language, too'),
    file: z
      .string()
      .min(1)
      .optional()
      .describe('Instead of code: a file, lines of it as FILE:12-40, or the id of a pattern'),
    ...languageInput,
    ...projectInput,
    ...limitInput(5),
  },
  call: ({ code, file, ...options }) => ({
    command: 'similar',
    words: [...optionWords(options), '--', file ?? '-'],
    ...(file === undefined && code !== undefined ? { input: code } : {}),
  }),
});

import * as z from 'zod';
import { mcpTool } from '../mcp-tool.ts';

/** `blame_lines`: the command `blame`. */
export const blameLinesTool = mcpTool({
  name: 'blame_lines',
  title: 'Who wrote these lines',
  description:
    'Says of lines of a file, as it is on disk, which tool call of which session of Claude wrote each of them, when, and what the user ' +
    "had asked for; or that it is not Claude's. Ask it why code is as it is, before changing it.",
  input: {
    file: z
      .string()
      .min(1)
      .describe(
        'The file: absolute, or from the project; also with lines, as src/a.ts:40 or src/a.ts:40-50',
      ),
    first_line: z.int().min(1).optional().describe('1 by default'),
    last_line: z.int().min(1).optional().describe('Inclusive; at most 200 lines are answered'),
  },
  call: ({ file, first_line: asked, last_line: end }) => {
    // Lines that are asked for in words of their own count.
    const [, name = file, from, to = from] = /^(.+?):(\d+)(?:-(\d+))?$/.exec(file) ?? [];
    const first = asked ?? Number(from ?? 1);
    const last = end ?? (asked === undefined && to !== undefined ? Number(to) : Infinity);
    const words = ['--', `${name}:${first}-${Math.min(last, first + MOST_LINES - 1)}`];
    return { command: 'blame', words };
  },
});

// --- internal ---

const MOST_LINES = 200;

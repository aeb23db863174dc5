import type * as z from 'zod';

/** What is asked of the command line for a tool. */
export interface CommandCall {
  readonly command: string;
  /** Its words; `--json` is added. */
  readonly words: readonly string[];
  /** What it reads from standard input. @default nothing */
  readonly input?: string;
}

/** A tool of the MCP server: a question that a command answers in JSON. */
export interface McpTool {
  readonly name: string;
  readonly title: string;
  /** For the model that chooses among tools: what it answers, and when to ask. */
  readonly description: string;
  /** What the tool takes. */
  readonly input: z.ZodRawShape;
  /** The call of the command line that answers it. @param given valid by `input` */
  readonly call: (given: never) => CommandCall;
}

/** Makes a tool; its `call` has the type of its `input`. */
export function mcpTool<Shape extends z.ZodRawShape>(
  tool: Omit<McpTool, 'input' | 'call'> & {
    readonly input: Shape;
    readonly call: (given: z.infer<z.ZodObject<Shape>>) => CommandCall;
  },
): McpTool {
  return tool;
}

/** Words for options that were given: `--limit=5`. */
export function optionWords(
  options: Readonly<Record<string, string | number | undefined>>,
): string[] {
  return Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  );
}

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { JsonObject } from '../../../lib/base/json.ts';
import type { Script, ScriptedCall, ScriptedTurn } from './scripted-model.ts';

/** A session that is run to its end, and then checked against its transcript. */
export interface Scenario {
  readonly name: string;
  readonly script: (project: string) => Script;
  /** False: tools ask for permission, which nobody is there to give. @default true */
  readonly bypassPermissions?: boolean;
  readonly args?: readonly string[];
}

/** A file written, then edited twice, each time in the text of the fragment before; then overwritten. */
export const LINEAGE = [
  'export function total(prices: number[]) {\n  let sum = 0;\n  for (const price of prices) sum += price;\n  return sum;\n}\n',
  '  return prices.reduce(add, 0);',
  'prices.filter(Number.isFinite).reduce(add, 0)',
  'export const total = (prices: number[]) => prices.reduce((sum, price) => sum + price, 0);\n',
] as const;

/** One text in two files: the second time it is reuse. */
export const REUSED =
  'export const clamp = (low, value, high) => Math.min(high, Math.max(low, value));\n';

/** 2 MiB in lines, each different. */
const BIG = Array.from(
  { length: 32_768 },
  (_, line) => `row ${String(line).padStart(6, '0')} ${'x'.repeat(52)}\n`,
).join('');

/** What a naive reader of JSON or of lines breaks on. */
const UNICODE =
  '# crème brûlée 🍮 日本語 עברית\nname = "a\u2028b\u2029c\u202Ed"\nbell = "\u0007\u001b[31m\u0000"\n';

/** Half an emoji: valid in JSON, not encodable in UTF-8. */
const LONE_SURROGATE = 'half = "\ud83d"\n';

export const EDITS: Scenario = {
  name: 'writes and edits',
  script: (project) => {
    const at = (name: string) => join(project, name);
    return {
      turns: [
        ...oneByOne(
          write(at('src/total.ts'), LINEAGE[0]),
          edit(at('src/total.ts'), '  return sum;', LINEAGE[1]),
          edit(at('src/total.ts'), 'prices.reduce(add, 0)', LINEAGE[2]),
          write(at('src/total.ts'), LINEAGE[3]),
          write(at('one/clamp.js'), REUSED),
          write(at('two/clamp.js'), REUSED),
          edit(at('src/total.ts'), 'this text is not in the file', 'const never = written;'),
          read(at('existing.py')),
          edit(at('existing.py'), '    return 2', '    answer = one() + one()\n    return answer'),
          read(at('words.txt')),
          edit(at('words.txt'), 'red', 'scarlet', { replace_all: true }),
          read(at('book.ipynb')),
          {
            tool: 'NotebookEdit',
            input: {
              notebook_path: at('book.ipynb'),
              cell_id: 'c1',
              new_source: 'import math\nprint(math.tau)\n',
              edit_mode: 'replace',
            },
          },
        ),
        { say: 'All written.' },
      ],
    };
  },
};

/** An edit of a file that Claude has not read in this session; older versions refuse it. */
export const UNREAD_EDIT: Scenario = {
  name: 'an edit of a file not read before',
  script: (project) => ({
    turns: [
      ...oneByOne(edit(join(project, 'existing.py'), 'def one():', 'def first():')),
      { say: 'Tried.' },
    ],
  }),
};

export const COMMANDS_AND_ERRORS: Scenario = {
  name: 'commands, and calls that cannot run',
  script: (project) => ({
    turns: [
      ...oneByOne(
        bash('echo fine'),
        bash('echo partly; echo wrong >&2; exit 3'),
        bash(
          'mkdir -p made && printf "export const made = 1;\\nexport const by = 2;\\n" > made/by-bash.ts',
        ),
        { tool: 'TimeMachine', input: { year: 1985 } },
        { tool: 'Write', input: { file_path: join(project, 'no-content.ts') } },
      ),
      {
        calls: [1, 2, 3, 4, 5].map((n) =>
          write(join(project, `five/${n}.py`), `number_${n} = ${n}\n`),
        ),
      },
      { calls: [1, 2, 3, 4, 9].map((n) => read(join(project, `five/${n}.py`))) },
      { say: 'Some of it ran.' },
    ],
  }),
};

const MCP_SERVER = fileURLToPath(new URL('notes-mcp-server.mjs', import.meta.url));

export const SUBAGENT_AND_MCP: Scenario = {
  name: 'a subagent, and an MCP tool',
  args: [
    '--mcp-config',
    JSON.stringify({ mcpServers: { notes: { command: process.execPath, args: [MCP_SERVER] } } }),
    '--strict-mcp-config',
  ],
  script: (project) => ({
    turns: [
      ...oneByOne(
        { tool: 'mcp__notes__keep', input: { text: 'milk' } },
        { tool: 'mcp__notes__lose', input: { text: 'keys' } },
        {
          tool: 'Task',
          input: {
            description: 'write a file',
            prompt: 'SUBAGENT: write greet.go',
            subagent_type: 'general-purpose',
          },
        },
      ),
      { say: 'Delegated.' },
    ],
    subagents: [
      {
        prompt: 'SUBAGENT: write greet.go',
        turns: [
          ...oneByOne(
            write(
              join(project, 'greet.go'),
              'package greet\n\nfunc Hello() string { return "hi" }\n',
            ),
          ),
          { say: 'Written.' },
        ],
      },
    ],
  }),
};

export const HARD_TEXTS: Scenario = {
  name: 'a large file and hard texts',
  script: (project) => ({
    turns: [
      ...oneByOne(
        write(join(project, 'big.txt'), BIG),
        write(join(project, 'ünïcode file.py'), UNICODE),
        write(join(project, 'half.py'), LONE_SURROGATE),
      ),
      { say: 'Done.' },
    ],
  }),
};

export const REFUSED: Scenario = {
  name: 'calls refused for want of permission',
  bypassPermissions: false,
  script: (project) => ({
    turns: [
      ...oneByOne(
        read(join(project, 'words.txt')),
        write(join(project, 'refused.ts'), 'export const refused = true;\n'),
        bash('touch refused.txt'),
      ),
      { say: 'I was not allowed to.' },
    ],
  }),
};

/** A command that runs until it is killed; it leaves its process id in `marker`. */
export function endless(marker: string): Script {
  return {
    turns: [
      ...oneByOne(
        bash(`echo $$ > '${marker}.part'; mv '${marker}.part' '${marker}'; exec sleep 30`),
      ),
    ],
  };
}

/** `count` turns of one Write each. */
export function writesInTurn(project: string, count: number): Script {
  const calls = Array.from({ length: count }, (_, n) =>
    write(join(project, `f${n}.txt`), `${n}\n`),
  );
  return { turns: [...oneByOne(...calls), { say: 'Done.' }] };
}

// --- internal ---

function oneByOne(...calls: readonly ScriptedCall[]): ScriptedTurn[] {
  return calls.map((call) => ({ calls: [call] }));
}

function write(path: string, content: string): ScriptedCall {
  return { tool: 'Write', input: { file_path: path, content } };
}

function edit(path: string, from: string, to: string, more: JsonObject = {}): ScriptedCall {
  return { tool: 'Edit', input: { file_path: path, old_string: from, new_string: to, ...more } };
}

function read(path: string): ScriptedCall {
  return { tool: 'Read', input: { file_path: path } };
}

function bash(command: string): ScriptedCall {
  return { tool: 'Bash', input: { command, description: 'run it' } };
}

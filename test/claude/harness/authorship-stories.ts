import { join } from 'node:path';

import { SHELL_FUNCTIONS } from './command-cases.ts';
import type { Script, ScriptedCall } from './scripted-model.ts';
import type { Lack } from './versions.ts';

/** What happens in a repository, in turn: people run a shell script, or Claude works for a session. */
export type StoryStep =
  | { readonly people: string }
  | {
      readonly claude: (project: string) => readonly ScriptedCall[];
      /** The folder that Claude is started in, from the project. @default the project */
      readonly in?: string;
      readonly subagents?: (project: string) => Script['subagents'];
    };

/**
 * A story of which the truth is known at its end: a line that holds `human` is nobody's of Claude's; one that holds a word that
 * begins with `claude_` was written by the first call with this word in its input.
 */
export interface AuthorshipStory {
  readonly name: string;
  readonly steps: readonly StoryStep[];
  /** Files that are judged at the end, from the project. */
  readonly files: readonly string[];
  /** What a version must have for it. */
  readonly needs?: Lack;
}

/** Runs before the first step. */
export const STORY_START = `${SHELL_FUNCTIONS}
git init -q -b main
git config user.name dev; git config user.email dev@example.com
lines a 5 > a.ts
save seed
`;

export const AUTHORSHIP_STORIES: readonly AuthorshipStory[] = [
  {
    name: 'leading tabs',
    steps: [
      {
        people: `printf 'all: human_all\\n\\thuman_one\\n\\thuman_two\\n\\thuman_three\\n\\n\\t\\thuman_four\\n' > Makefile`,
      },
      {
        claude: (project) => [
          read(join(project, 'Makefile')),
          edit(
            join(project, 'Makefile'),
            '\thuman_one\n\thuman_two',
            '\thuman_one\n\t\tclaude_tabbed one\n\tclaude_replaced two',
          ),
          edit(
            join(project, 'Makefile'),
            '\n\n\t\thuman_four',
            '\n\tclaude_added\n\n\t\thuman_four',
          ),
        ],
      },
    ],
    files: ['Makefile'],
  },
  {
    name: 'one file by several names',
    steps: [
      {
        claude: (project) => [
          write('sub/b.ts', 'export const claude_first = 1;\nexport const claude_second = 2;\n'),
          read(join(project, 'sub/b.ts')),
          edit(join(project, 'sub/../sub/b.ts'), 'claude_second = 2', 'claude_third = 3'),
        ],
      },
      { people: 'ln -s sub linked' },
      {
        claude: (project) => [
          read(join(project, 'linked/b.ts')),
          edit(join(project, 'linked/b.ts'), 'claude_first = 1', 'claude_fourth = 4'),
        ],
      },
    ],
    files: ['sub/b.ts'],
  },
  {
    name: 'deletions',
    steps: [
      {
        claude: (project) => [
          read(join(project, 'a.ts')),
          edit(join(project, 'a.ts'), 'export const human_a_2 = compute(2);\n', ''),
          bash("sed -i '/human_a_3/d' a.ts"),
          read(join(project, 'a.ts')),
          edit(
            join(project, 'a.ts'),
            'export const human_a_4 = compute(4);',
            'export const claude_four = 4;',
          ),
          write(join(project, 'gone.ts'), 'export const claude_gone = 1;\n'),
          bash('rm gone.ts'),
          write(join(project, 'emptied.ts'), 'export const claude_emptied = 1;\n'),
          write(join(project, 'emptied.ts'), ''),
        ],
      },
      { people: 'lines back 2 > gone.ts; lines filled 2 > emptied.ts' },
    ],
    files: ['a.ts', 'gone.ts', 'emptied.ts'],
  },
  {
    name: 'a file that a command moves',
    steps: [
      {
        claude: (project) => [
          write(
            join(project, 'old.ts'),
            'export const claude_old_one = 1;\nexport const claude_old_two = 2;\nexport const claude_old_three = 3;\n',
          ),
          bash('mkdir -p moved && mv old.ts moved/new.ts && git mv a.ts moved/a.ts'),
          read(join(project, 'moved/new.ts')),
          edit(join(project, 'moved/new.ts'), 'claude_old_two = 2', 'claude_new_two = 22'),
          read(join(project, 'moved/a.ts')),
          edit(join(project, 'moved/a.ts'), 'human_a_5 = compute(5)', 'claude_five = 5'),
        ],
      },
    ],
    files: ['moved/new.ts', 'moved/a.ts'],
  },
  {
    name: 'a checkout over Claude’s lines, and a branch of people',
    steps: [
      { people: 'git checkout -q -b topic; lines topic 4 > topic.ts; save; git checkout -q main' },
      {
        claude: (project) => [
          read(join(project, 'a.ts')),
          edit(join(project, 'a.ts'), 'human_a_1 = compute(1)', 'claude_discarded = 1'),
          bash('git checkout -- a.ts && git checkout -q topic'),
          read(join(project, 'topic.ts')),
          edit(join(project, 'topic.ts'), 'human_topic_2 = compute(2)', 'claude_topic = 2'),
        ],
      },
    ],
    files: ['a.ts', 'topic.ts'],
  },
  {
    name: 'edits by hand in between',
    steps: [
      {
        claude: (project) => [
          write(
            join(project, 'c.ts'),
            [1, 2, 3, 4, 5].map((n) => `export const claude_c_${n} = make(${n});\n`).join(''),
          ),
        ],
      },
      {
        people: `sed -i 's/claude_c_2 = make(2)/human_c_2 = byHand(2)/; 4i // human wrote this remark' c.ts
          sed -i 's/^export const \\(claude_c_5\\)/export const    \\1/' c.ts`,
      },
      {
        claude: (project) => [
          read(join(project, 'c.ts')),
          edit(join(project, 'c.ts'), 'claude_c_1 = make(1)', 'claude_later = make(11)'),
        ],
      },
      { people: 'echo "// human wrote the last line" >> c.ts' },
    ],
    files: ['c.ts'],
  },
  {
    name: 'input that another hook rewrites',
    needs: 'rewritten-input',
    steps: [
      { claude: (project) => [write(join(project, 'r.ts'), 'export const asked = REWRITE_ME;\n')] },
    ],
    files: ['r.ts'],
  },
  {
    name: 'a subagent',
    steps: [
      {
        claude: () => [
          {
            tool: 'Task',
            input: {
              description: 'write a file',
              prompt: 'SUBAGENT: write s.ts',
              subagent_type: 'general-purpose',
            },
          },
        ],
        subagents: (project) => [
          {
            prompt: 'SUBAGENT: write s.ts',
            turns: [
              {
                calls: [
                  write(
                    join(project, 's.ts'),
                    'export const claude_sub = 1;\nexport const claude_agent = 2;\n',
                  ),
                ],
              },
              { say: 'Written.' },
            ],
          },
        ],
      },
      {
        claude: (project) => [
          read(join(project, 's.ts')),
          edit(join(project, 's.ts'), 'claude_sub = 1', 'claude_main = 11'),
        ],
      },
    ],
    files: ['s.ts'],
  },
  {
    name: 'work trees',
    steps: [
      { people: 'git worktree add -q ../tree -b tree' },
      {
        in: '../tree',
        claude: (project) => [
          read(join(project, '../tree/a.ts')),
          edit(join(project, '../tree/a.ts'), 'human_a_1 = compute(1)', 'claude_tree = 1'),
          write(join(project, '../tree/own.ts'), 'export const claude_own = 1;\n'),
        ],
      },
      { people: 'cd ../tree; git add -A; git commit -qm tree' },
      {
        claude: (project) => [
          read(join(project, 'a.ts')),
          edit(join(project, 'a.ts'), 'human_a_2 = compute(2)', 'claude_here = 2'),
        ],
      },
    ],
    files: ['a.ts', '../tree/a.ts', '../tree/own.ts'],
  },
];

// --- internal ---

function write(path: string, content: string): ScriptedCall {
  return { tool: 'Write', input: { file_path: path, content } };
}

function edit(path: string, from: string, to: string): ScriptedCall {
  return { tool: 'Edit', input: { file_path: path, old_string: from, new_string: to } };
}

function read(path: string): ScriptedCall {
  return { tool: 'Read', input: { file_path: path } };
}

function bash(command: string): ScriptedCall {
  return { tool: 'Bash', input: { command, description: 'run it' } };
}

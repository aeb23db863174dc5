import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

import { quoteWord } from '../../../lib/install/shell-words.ts';
import { CLAUDE_ENV } from './claude-run.ts';
import type { ClaudeInstall } from './claude-install.ts';
import type { Sandbox } from './sandbox.ts';
import { startScriptedModel } from './scripted-model.ts';
import type { Script } from './scripted-model.ts';

/** Claude Code at a terminal, which `script` of util-linux makes. */
export interface InteractiveClaude {
  /** All that it has written to the terminal until now, as words with single spaces. */
  shown(): string;
  /** Ends it. */
  stop(): Promise<void>;
}

/** Starts Claude Code as a user would, in a project that is trusted. */
export async function startInteractive({
  claude,
  sandbox,
  script,
  args,
}: {
  readonly claude: ClaudeInstall;
  readonly sandbox: Sandbox;
  readonly script: Script;
  /** Further arguments, such as a first prompt. */
  readonly args: readonly string[];
}): Promise<InteractiveClaude> {
  const model = await startScriptedModel(script);
  await skipQuestions(sandbox);
  const command = [...claude.command, '--permission-mode', 'acceptEdits', ...args];
  const line = `stty rows 40 cols 120; exec ${command.map((word) => quoteWord(word)).join(' ')}`;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    cwd: sandbox.project,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...sandbox.env, ...CLAUDE_ENV, TERM: 'xterm-256color', ANTHROPIC_BASE_URL: model.url },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    shown: () => plain(output),
    stop: async () => {
      child.kill('SIGKILL'); // the terminal is closed then, and Claude Code ends
      await ended;
      await model.close();
    },
  };
}

// --- internal ---

/** What Claude Code asks a new user: a theme, whether to use the key, whether to trust the folder. */
async function skipQuestions({ home, claudeFolder, project }: Sandbox): Promise<void> {
  const inHome = claudeFolder === join(home, '.claude');
  const file = join(inHome ? home : claudeFolder, '.claude.json');
  const known = await readFile(file, 'utf8').catch(() => '{}');
  const settings = {
    ...(JSON.parse(known) as object),
    hasCompletedOnboarding: true,
    theme: 'dark',
    customApiKeyResponses: { approved: [CLAUDE_ENV.ANTHROPIC_API_KEY], rejected: [] },
    projects: { [project]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
  };
  await writeFile(file, JSON.stringify(settings));
}

/** The cursor moves where a space would be, so every sequence counts as one. */
function plain(output: string): string {
  const spaced = output.replaceAll('\u001b[', ' \u001b[');
  return stripVTControlCharacters(spaced).replaceAll(/\s+/g, ' ');
}

import { join } from 'node:path';

import { installClaude } from './claude-install.ts';
import type { ClaudeInstall } from './claude-install.ts';
import { runClaude } from './claude-run.ts';
import type { ClaudeRun } from './claude-run.ts';
import { installTracker } from './installed-tracker.ts';
import type { InstalledTracker, Settled } from './installed-tracker.ts';
import { SEED_FILES, makeSandbox } from './sandbox.ts';
import type { Sandbox } from './sandbox.ts';
import type { Scenario } from './scenarios.ts';

/** A sandbox with this project installed in it. */
export interface Stage {
  readonly claude: ClaudeInstall;
  readonly sandbox: Sandbox;
  readonly tracker: InstalledTracker;
  /** Ends the courier and removes the sandbox. */
  clear(): Promise<void>;
}

export interface StageOptions {
  readonly version: string;
  readonly capture: 'sh' | 'node';
  /** Further options of the installer. @default none */
  readonly install?: readonly string[];
  /** See {@link makeSandbox}. */
  readonly claudeFolder?: string;
}

/** Scenarios that were run, and what is left. */
export interface Played {
  /** One for each scenario, in their order. */
  readonly runs: readonly ClaudeRun[];
  readonly settled: Settled;
}

/** Installs Claude Code and this project. */
export async function setStage({
  version,
  capture,
  install = [],
  claudeFolder,
}: StageOptions): Promise<Stage> {
  const claude = await installClaude(version, process.env);
  const sandbox = await makeSandbox({ claude, ...(claudeFolder ? { claudeFolder } : {}) });
  try {
    const tracker = await installTracker(sandbox, ['--capture', capture, ...install]);
    const clear = async () => {
      await tracker.stop();
      await sandbox.remove();
    };
    return { claude, sandbox, tracker, clear };
  } catch (error) {
    await sandbox.remove();
    throw error;
  }
}

/** Runs the scenarios one after the other in one home, and waits until the courier has all of it. */
export async function play(stage: Stage, scenarios: readonly Scenario[]): Promise<Played> {
  const { claude, sandbox, tracker } = stage;
  const runs: ClaudeRun[] = [];
  for (const { script, bypassPermissions = true, args = [] } of scenarios) {
    runs.push(
      await runClaude({
        claude,
        sandbox,
        script: script(sandbox.project),
        bypassPermissions,
        args,
      }),
    );
  }
  return { runs, settled: await tracker.settle() };
}

/** What the project's files held at first, by absolute path. */
export function seedContents(sandbox: Sandbox): Map<string, string> {
  return new Map(
    Object.entries(SEED_FILES).map(([name, text]) => [join(sandbox.project, name), text]),
  );
}

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { byteText, counted } from '../../base/amount-text.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { loadConfig } from '../../config/config-file.ts';
import { findSessions } from '../../transcript/claude-code/transcript-files.ts';
import { canAsk, isAgreed } from '../arguments/agreement.ts';
import type { CliEnvironment } from '../environment.ts';

/** What is offered, and how. */
export interface ImportOffer {
  /** Those of the installation. */
  readonly paths: TrackerPaths;
  readonly claudeFolder: string;
  /** The Node.js that the installed program runs with. */
  readonly node: string;
  /** True: it is taken without asking. */
  readonly yes: boolean;
  /** False: the user was asked when the program was installed first. */
  readonly isFirst: boolean;
  /** True: a program reads the output, and nobody can be asked. */
  readonly json: boolean;
}

/**
 * Offers to record what Claude did before the program was installed, and has the installed program do so. Returns what
 * `import --json` printed, for `json`; null when nothing was imported, or it printed its result itself.
 */
export async function offerImport(
  cli: CliEnvironment,
  { paths, claudeFolder, node, yes, isFirst, json }: ImportOffer,
): Promise<unknown> {
  if (!yes && (!isFirst || json)) return null;
  if (loadConfig(paths).config.transcripts === 'off') return null;
  const sessions = findSessions([join(claudeFolder, 'projects')]);
  if (sessions.length === 0) return null;
  const bytes = sessions.reduce((sum, session) => sum + session.bytes, 0);
  const what = `${counted(sessions.length, 'session')} of Claude Code (${byteText(bytes)})`;
  if (!yes && !canAsk(cli)) {
    cli.out(`\n${what} came before: \`pattern-tracker import\` records what they did.\n`);
    return null;
  }
  if (!yes && !(await isAgreed(`\nRecord what Claude did before, too, from ${what}?`))) return null;
  const program = [join(paths.home, 'dist', 'cli.mjs'), '--home', paths.home, 'import'];
  const { stdout } = spawnSync(node, json ? [...program, '--json'] : program, {
    env: { ...cli.env },
    cwd: cli.cwd,
    encoding: 'utf8',
    stdio: ['ignore', json ? 'pipe' : 'inherit', 'inherit'],
    windowsHide: true,
  });
  return json ? parsed(stdout) : null;
}

// --- internal ---

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // it has said why on standard error
  }
}

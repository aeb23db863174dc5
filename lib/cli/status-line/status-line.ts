import type { Clock } from '../../base/clock.ts';
import type { TrackerPaths } from '../../base/paths.ts';
import { readStatusLine } from '../../health/status-line.ts';
import type { StatusLine } from '../../health/status-line.ts';
import { wantsColor } from '../environment.ts';
import type { CliEnvironment } from '../environment.ts';
import { joined, lineText } from './line-text.ts';
import { readSessionInput } from './session-input.ts';

/** Where the status line gets what it shows. */
export interface StatusLineSources {
  readonly paths: TrackerPaths;
  readonly env: CliEnvironment['env'];
  readonly now: Clock;
  /** The status line that was there before; its output comes first. */
  readonly former: string | undefined;
}

/** The text for Claude Code's status line, and what it says. It reads standard input. */
export async function statusLine({
  paths,
  env,
  now,
  former,
}: StatusLineSources): Promise<{ readonly text: string; readonly line: StatusLine }> {
  const { text, session } = readSessionInput();
  // Most have no other status line, and need no module that starts processes.
  const before = former
    ? import('./former-line.ts').then((module) =>
        module.formerLine({ command: former, input: text }),
      )
    : '';
  const line = await readStatusLine({ paths, env, session, now: now() });
  // Claude Code reads the line from a pipe and understands colours.
  const ours = lineText(line, wantsColor(env, true));
  const columns = Number(env['COLUMNS']) || undefined;
  return { text: joined(await before, ours, columns), line };
}

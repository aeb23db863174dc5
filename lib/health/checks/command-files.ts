import { counted } from '../../base/amount-text.ts';
import { compareVersions } from '../../claude-code/version.ts';
import type { CheckFacts } from './check-facts.ts';
import { ok } from './check.ts';
import type { CheckFinding } from './check.ts';

/** The first version seen to tell which files a Bash command wrote. */
const TOLD_SINCE = '2.1.330';

/** Says what is not known of the files that commands change. It is no fault: Claude Code does not tell more. */
export function commandFiles({ installation, gathered }: CheckFacts): CheckFinding {
  const { claudeVersion } = installation;
  if (claudeVersion !== undefined && compareVersions(claudeVersion, TOLD_SINCE) < 0) {
    return ok(`not told by version ${claudeVersion}, but from ${TOLD_SINCE} on`);
  }
  const unseen = gathered().stored.content.value?.unseenFiles ?? 0;
  return ok(
    unseen === 0
      ? 'all that Claude Code named in the last 7 days are known'
      : `of ${counted(unseen, 'file')} changed by commands in the last 7 days only the name is known; tool-calls shows them as UNSEEN`,
  );
}

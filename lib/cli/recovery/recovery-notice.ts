import type { Config } from '../../config/config.ts';
import { openLog } from '../../log/pino-log.ts';
import type { CliEnvironment } from '../environment.ts';

/** Operators grep for these lines and their runbooks may quote them, so they do not change. */
const RECOVERED = '✅ [PatternTracker] Recovered';
const NOT_RECOVERED = '❌ [PatternTracker] Not recovered';

/** Notes in the log how a recovery ended, for those who did not see it. */
export async function noteRecovery(
  { paths, now }: CliEnvironment,
  { logging }: Config,
  of: { readonly scenario: string; readonly problems: string; readonly isOk: boolean },
): Promise<void> {
  const log = openLog(paths, logging, { clock: now, pid: process.pid, clean: (text) => text });
  const { isOk, ...fields } = of;
  if (isOk) log.info(RECOVERED, fields);
  else log.warn(NOT_RECOVERED, fields);
  await log.close();
}

import type { CheckFacts } from './check-facts.ts';
import { INSTALL, ok, warn } from './check.ts';
import type { CheckFinding } from './check.ts';

/** Claude is given a note of earlier sessions if the configuration says so, and only then. */
export function contextRegistered({ config, installation }: CheckFacts): CheckFinding {
  const isWanted = config.courier.config.context === 'on'; // the files alone: no variable switches it on
  const isRegistered = installation.registration.contextHooks.length > 0;
  if (isWanted && !isRegistered) {
    return warn('context is on, but no hook gives Claude the note of earlier sessions', INSTALL);
  }
  if (!isWanted && isRegistered) {
    return warn('context is off, but a hook still gives Claude the note', INSTALL);
  }
  return ok(
    isWanted ? 'a new session is given a note of the last ones' : 'Claude is given no note',
  );
}

import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AuditFacts } from './audit-facts.ts';

type Surroundings = Pick<AuditFacts, 'env'>;

/** The units by which systemd or launchd starts a service, where docs/deployment.md puts them. */
export function serviceUnits({ env }: Surroundings): string[] {
  const home = env['HOME'];
  const own = home
    ? [userUnitFolder(home, env['XDG_CONFIG_HOME']), join(home, 'Library', 'LaunchAgents')]
    : [];
  return ['/etc/systemd/system', ...own].flatMap((folder) =>
    namesIn(folder)
      .filter((name) => /pattern-tracker[^/]*\.(?:service|plist)$/.test(name))
      .map((name) => join(folder, name)),
  );
}

/** Where systemd looks for the units of a user. */
export function userUnitFolder(userHome: string, configHome: string | undefined): string {
  return join(configHome || join(userHome, '.config'), 'systemd', 'user');
}

/** The files of a service's database, with its tokens, where PATTERN_TRACKER_DATABASE names one. */
export function serviceDatabase({ env }: Surroundings): string[] {
  const place = env['PATTERN_TRACKER_DATABASE'];
  if (!place || /^postgres(?:ql)?:/.test(place)) return [];
  const file = resolve(place);
  return [file, `${file}-wal`, `${file}-shm`].filter((path) => existsSync(path));
}

// --- internal ---

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

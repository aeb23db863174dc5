// An installation of which no settings of Claude Code tell.
import type { TrackerPaths } from '../../../lib/base/paths.ts';
import { loadConfig } from '../../../lib/config/config-file.ts';
import type { Installation } from '../../../lib/dashboard/server/sources.ts';

export function testInstallation(paths: TrackerPaths): Installation {
  const sources = { paths, env: {}, now: Date.now };
  const registration = {
    settings: [],
    hooks: [],
    plugin: undefined,
    contextHooks: [],
    hooksDisabledIn: undefined,
  };
  return {
    ...sources,
    registration: () => registration,
    alertSources: () => ({ ...sources, registration, config: loadConfig(paths) }),
    answer: async () => ({}),
  };
}

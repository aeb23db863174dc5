import { judgedNow } from '../../alerts/alert-watch.ts';
import { shownAlerts } from '../../alerts/shown-alerts.ts';
import type { ShownAlert } from '../../alerts/shown-alerts.ts';
import type { LoadedConfig } from '../../config/config-file.ts';
import { fail, ok, warn } from '../../health/checks/check.ts';
import type { Check } from '../../health/checks/check.ts';
import type { CliEnvironment } from '../environment.ts';
import { alertSources } from './alert-sources.ts';

/** The check of `check` that no alert fires. It is here, because the checklists lie below alerts. */
export function alertCheck(cli: CliEnvironment): Check<unknown> {
  return {
    id: 'alerts',
    title: 'Alerts',
    run: () => {
      const alerts = firingAlerts(cli);
      const firing = alerts.filter(({ state }) => state === 'firing');
      const silenced = alerts.filter(({ state }) => state === 'silenced');
      const names = firing.map(({ level, title }) => `${level}: ${title}`).join(', ');
      const mend = 'Run `pattern-tracker alerts`: it names what to do first.';
      if (firing.some(({ level }) => level === 'critical' || level === 'high')) {
        return fail(names, mend);
      }
      if (firing.length > 0) return warn(names, mend);
      if (silenced.length === 0) return ok('none fires');
      return ok(`none fires but what is silenced: ${silenced.map(({ rule }) => rule).join(', ')}`);
    },
  };
}

/** The alerts that fire now, silenced ones too, the worst first; `courier` as in `alertSources`. */
export function firingAlerts(
  cli: CliEnvironment,
  courier?: LoadedConfig['courier'],
): readonly ShownAlert[] {
  const { paths } = cli;
  return shownAlerts(judgedNow(alertSources(cli, courier)), { paths, now: cli.now() }).filter(
    ({ state }) => state === 'firing' || state === 'silenced',
  );
}

// The courier's process: `courier.cjs --home DIR`. With --detach it starts a second process that outlives
// its parent and shares none of its descriptors, then exits.
import { existsSync } from 'node:fs';
import { hostname, setPriority } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../../lib/base/clock.ts';
import { trackerHome, trackerPaths } from '../../lib/base/paths.ts';
import type { TrackerPaths } from '../../lib/base/paths.ts';
import { announceCourier, courierLives } from '../../lib/capture/courier-hint.ts';
import { startCourier } from '../../lib/capture/courier-start.ts';
import { newestInstalled } from '../../lib/claude-code/installed-claude.ts';
import { limitHeap } from '../../lib/ingest/courier/heap-limit.ts';
import type { OpenCourierWatch } from '../../lib/ingest/courier-watch.ts';
import { startPluginSetup } from '../../lib/ingest/courier/plugin-setup.ts';
import { sitOut } from '../../lib/ingest/courier/sit-out.ts';

const SIT_OUT_MS = 60_000;
const LOW_PRIORITY = 10;

const { values } = parseArgs({
  options: { home: { type: 'string' }, detach: { type: 'boolean', default: false } },
});
limitHeap();

const named = values.home ?? trackerHome(process.env);
const home = named && resolve(named); // capture.sh says …/hooks/..

if (home === undefined) {
  process.exitCode = 1; // without HOME there is no place to look for events
} else if (values.detach) {
  detach(home);
} else {
  // Nothing that is left over, such as a timer, may keep a courier that has left.
  void main(home).finally(() => process.exit());
}

// --- internal ---

function detach(homeFolder: string): void {
  const own = { home: homeFolder, courier: __filename, node: process.execPath };
  const pid = startCourier({ ...own, env: process.env });
  const paths = trackerPaths(homeFolder);
  // capture.sh has written the id of this process, which exits in a moment; replace it by the courier's.
  if (pid && courierLives(paths.courierHint) === process.pid) announceCourier(paths, pid);
}

async function main(homeFolder: string): Promise<void> {
  process.umask(0o077);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort());
  process.on('SIGHUP', () => {}); // a courier outlives the terminal it was started from
  const paths = trackerPaths(homeFolder);
  if (!existsSync(paths.data)) return; // uninstalled meanwhile: do not create the folder again
  const own = { clock: systemClock, pid: process.pid };
  try {
    setPriority(LOW_PRIORITY);
    const { Courier } = await import('../../lib/ingest/courier/courier.ts');
    const threadBundle = join(__dirname, 'spool-thread.cjs');
    const newestClaude = () => newestInstalled({ env: process.env, node: process.execPath });
    const machine = hostname();
    const options = {
      paths,
      ...own,
      machine,
      newestClaude,
      threadBundle,
      openWatch: alertWatch(paths, machine),
    };
    const courier = new Courier(options);
    // No error that somebody forgot to await may end it while events wait.
    process.on('unhandledRejection', (error) => courier.noteStray(error));
    await courier.run(stop.signal);
  } catch (error) {
    const hint = startPluginSetup(error, { courier: __filename, paths, now: systemClock });
    const options = { ...own, ms: SIT_OUT_MS, signal: stop.signal, hint };
    await sitOut(paths, error, options).catch(() => {});
  }
}

/** Judges the rules of alerts. It is loaded at the first look, so that no event waits for that. */
function alertWatch(paths: TrackerPaths, machine: string): OpenCourierWatch {
  return ({ log, database, clean, config }) => {
    const open = async () => {
      const [{ AlertWatch }, { tellAlert }, { readRegistration }] = await Promise.all([
        import('../../lib/alerts/alert-watch.ts'),
        import('../../lib/alerts/alert-channels.ts'),
        import('../../lib/install/settings/registration.ts'),
      ]);
      const { env } = process;
      return new AlertWatch({
        machine,
        clean,
        sources: () => {
          const view = { config: config.current, error: config.error };
          // No project's settings count: a courier is everybody's.
          const registration = readRegistration({ env, cwd: paths.data, paths });
          return { paths, env, now: systemClock, registration, config: { ...view, courier: view } };
        },
        tell: async (message, settings) =>
          tellAlert(message, settings, { log: log(), database, now: systemClock, env }),
      });
    };
    let watch: ReturnType<typeof open> | undefined;
    return { look: async (options) => (await (watch ??= open())).look(options) };
  };
}

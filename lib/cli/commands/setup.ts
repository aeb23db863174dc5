import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInClaudeSession } from '../../base/claude-session.ts';
import { TrackerError } from '../../base/errors.ts';
import { ownVariables, startCourier } from '../../capture/courier-start.ts';
import { setupLog } from '../../ingest/courier/plugin-setup.ts';
import { stopCourier } from '../../install/courier-stop.ts';
import { nativeHost, nativeModuleFor } from '../../install/program/native-module.ts';
import { copyModule, downloadSqlite } from '../../install/program/sqlite-download.ts';
import { pluginRoot } from '../../install/program/installed-files.ts';
import { linkNode } from '../../install/program/program-files.ts';
import { SQLITE_PROBE } from '../../store/database/sqlite-probe.ts';
import { jsonArg, trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../output/json-output.ts';
import { StepLine } from '../output/step-line.ts';

/** `setup`: gets what the plugin lacks for this Node.js. */
export const setupCommand = trackerCommand({
  name: 'setup',
  summary: 'Get the SQLite module that the plugin needs.',
  examples: ['pattern-tracker setup'],
  details: `The plugin of a built checkout has the module for the Node.js it was built with. Elsewhere, and after a
change of Node.js, the plugin's courier runs this command by itself, at most once a day. It runs npm, and writes
into the plugin's own folder.`,
  json: `{ok, node, sqlite, fetched, log}: the versions of Node.js and SQLite, the package that was fetched and npm's
output in a file; both are null when the module was there.`,
  args: { ...jsonArg },
  async run({ json }, cli) {
    const root = pluginRoot(cli.program);
    if (root === undefined) {
      throw new TrackerError('E_NO_PLUGIN', 'this program is not the one of the plugin', {
        hint: 'Use `pattern-tracker install`, or ./install.sh in a clone: they bring the module along.',
      });
    }
    noteNode(root, cli);
    const before = sqliteIn(root);
    const got = before === undefined ? await fetchInto(root, cli) : undefined;
    const sqlite = before ?? sqliteIn(root);
    if (sqlite === undefined) {
      throw new TrackerError('E_SQLITE_FETCH', `${got?.package} does not load in Node.js ${NODE}`, {
        hint: `See ${got?.log}.`,
      });
    }
    if (got) restartCourier(root, cli);
    if (json) {
      const { package: fetched = null, log = null } = got ?? {};
      printJson(cli, { ok: true, node: NODE, sqlite, fetched, log });
    } else {
      cli.out(`SQLite ${sqlite} loads in Node.js ${NODE}${got ? '' : ': nothing to do'}.\n`);
    }
  },
});

// --- internal ---

const NODE = process.versions.node;

/** The version of the SQLite that the plugin's programs would load; undefined when none loads. */
function sqliteIn(root: string): string | undefined {
  const args = ['-e', SQLITE_PROBE, join(root, 'dist', 'courier.cjs')];
  // In a process of its own, because a module for another Node.js may crash it.
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Notes this Node.js for hooks that find none: inside Claude Code PATH may be a project's, so they look for it on no
 * PATH but the one that Claude Code was started with, which not every system shows.
 */
function noteNode(root: string, { paths }: CliEnvironment): void {
  if (existsSync(join(root, 'node')) || existsSync(join(paths.home, 'node'))) return;
  mkdirSync(paths.home, { recursive: true, mode: 0o700 });
  linkNode(paths.home, realpathSync(process.execPath));
}

async function fetchInto(root: string, cli: CliEnvironment) {
  const { env, paths } = cli;
  const host = nativeHost();
  const [name] = nativeModuleFor(host).packages;
  mkdirSync(paths.logs, { recursive: true, mode: 0o700 });
  const log = setupLog(paths);
  writeFileSync(log, `npm gets ${name} for Node.js ${NODE} …\n`, { mode: 0o600 });
  const line = new StepLine(cli);
  const download = await downloadSqlite({
    host,
    env: isInClaudeSession(env) ? ownVariables(env, process.execPath) : env,
    node: realpathSync(process.execPath),
    temporary: tmpdir(),
    log,
    onStep: (step) => {
      appendFileSync(log, `${step} …\n`);
      line.show(`${step}; log: ${log}`);
    },
  }).finally(() => line.end());
  copyModule(download.root, host, root);
  download.remove();
  return { package: name, log };
}

/** Replaces the courier that has no SQLite, so that what waits is ingested now. */
function restartCourier(root: string, { env, paths }: CliEnvironment): void {
  stopCourier(paths.home, paths.courierPid);
  if (!existsSync(paths.data)) return;
  const courier = join(root, 'dist', 'courier.cjs');
  startCourier({ home: paths.home, courier, node: process.execPath, env });
}

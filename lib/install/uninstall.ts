import { existsSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { TrackerPaths } from '../base/paths.ts';
import { processEnd, stopCourier } from './courier-stop.ts';
import { applyMcp, planMcp } from './mcp-registration.ts';
import type { McpChange } from './mcp-registration.ts';
import { readManifest, writeManifest } from './manifest.ts';
import type { InstallManifest } from './manifest.ts';
import { leadsTo, linkedProgram, linkPath, removeLink } from './path-link.ts';
import { checkHome } from './home-check.ts';
import { disusedCopies, removeCopies } from './plugin/plugin-copies.ts';
import { leaveStubs } from './program/hook-stubs.ts';
import { removeIfEmpty, removeProgram } from './program/program-files.ts';
import { removeEmptied } from './made-folders.ts';
import { ownFiles } from './shell-files.ts';
import { homesOf, isContextHook } from './settings/own-hook.ts';
import { applyChange, planRemoval } from './settings/settings-change.ts';
import type { SettingsChange } from './settings/settings-change.ts';
import { readSettings, settingsPath } from './settings/settings-file.ts';
import type { SettingsScope } from './settings/settings-file.ts';

/** What to uninstall, and where from. */
export interface UninstallOptions {
  readonly paths: TrackerPaths;
  /** Claude Code's own folder, absolute. */
  readonly claudeFolder: string | undefined;
  readonly userHome: string | undefined;
  readonly cwd: string;
  /** Only the settings file of this scope; undefined: every file that has our hooks. */
  readonly scope: SettingsScope | undefined;
  readonly now: Clock;
}

/** What {@link applyUninstall} will do. Planning only reads. */
export interface UninstallPlan {
  readonly options: UninstallOptions;
  /** Only files that change. */
  readonly settings: readonly SettingsChange[];
  /** False while hooks are registered elsewhere. */
  readonly removesProgram: boolean;
  /** The manifest afterwards, if the program stays; undefined when there is none now. */
  readonly manifest: InstallManifest | undefined;
  readonly hasData: boolean;
  /** The link on PATH, if it is ours and goes with the program. */
  readonly link: string | undefined;
  /** Folders with copies of the plugin that Claude Code no longer uses. */
  readonly pluginCopies: readonly string[];
  /** The registration of our MCP server, which goes with the program; undefined if there is none. */
  readonly mcp: McpChange | undefined;
  /** True if Claude was given notes, whose program a running session may call. */
  readonly hadContext: boolean;
  /** Completions and the man page that go with the program. */
  readonly shellFiles: readonly string[];
  /** Pages that go with the program. */
  readonly pages: readonly string[];
}

/** What {@link applyUninstall} has done. */
export interface UninstallResult extends UninstallPlan {
  /** Backups of settings that were edited, not restored to their former text. */
  readonly backups: readonly string[];
  readonly removedLink: string | undefined;
  /** The process id of the courier that was stopped; undefined when none ran. */
  readonly stoppedCourier: number | undefined;
  /** Programs that do nothing, from the installation's folder, left for sessions that were running. */
  readonly stubs: readonly string[];
}

/**
 * Plans an uninstallation; changes nothing.
 *
 * @throws TrackerError E_SETTINGS_INVALID, E_SETTINGS_UNREADABLE, E_HOME_FOREIGN
 */
export function planUninstall(options: UninstallOptions): UninstallPlan {
  const { paths, userHome } = options;
  checkHome(paths.home);
  const manifest = readManifest(paths.home);
  const own = { homes: homesOf(paths.home), userHome };
  const standard = standardFiles(options);
  const noted = manifest?.registrations ?? [];
  const leaves = (file: string, scope: SettingsScope) =>
    options.scope === undefined ||
    (scope === options.scope && standard.some((one) => one.file === file));
  const candidates = [
    ...noted.map(({ settingsFile, scope }) => ({ file: settingsFile, scope })),
    ...standard.filter(
      ({ file }) =>
        !noted.some(({ settingsFile }) => settingsFile === file) && mentions(file, paths),
    ),
  ].filter(({ file, scope }) => leaves(file, scope));
  const settings = candidates
    .map(({ file, scope }) => {
      const known = noted.find(({ settingsFile }) => settingsFile === file);
      return planRemoval(file, scope, known, { home: paths.home, userHome });
    })
    .filter(({ current, next }) => current !== next);
  const registrations = noted.filter(({ settingsFile, scope }) => !leaves(settingsFile, scope));
  const isKept = registrations.length > 0;
  return {
    options,
    settings,
    removesProgram: !isKept,
    manifest: manifest && { ...manifest, registrations },
    hasData: existsSync(paths.data),
    link: isKept ? undefined : ownLink(paths.home, manifest?.link ?? undefined, userHome),
    pluginCopies:
      isKept || options.claudeFolder === undefined ? [] : disusedCopies(options.claudeFolder),
    hadContext: noted.some(({ hooks }) => hooks.some(({ hook }) => isContextHook(hook, own))),
    mcp: isKept ? undefined : ownMcp(options, manifest),
    shellFiles: isKept ? [] : ownFiles(manifest?.shellFiles ?? []),
    pages: isKept ? [] : ownFiles(manifest?.pages ?? []),
  };
}

/**
 * Uninstalls. The hooks go first, so that no new session calls a program that is gone; then the link, the
 * courier, the program and disused copies of the plugin. For the sessions that run, programs that do nothing stay; so does
 * the data, which {@link removeData} removes.
 *
 * @throws TrackerError E_SETTINGS_UNWRITABLE
 */
export async function applyUninstall(plan: UninstallPlan): Promise<UninstallResult> {
  const { options, settings, removesProgram, manifest } = plan;
  const { home, courierPid } = options.paths;
  const backups = settings.flatMap((change) => applyChange(change, options.now) ?? []);
  if (!removesProgram) {
    if (manifest) writeManifest(home, manifest);
    return { ...plan, backups, removedLink: undefined, stoppedCourier: undefined, stubs: [] };
  }
  const { link } = plan;
  const isRemoved = link !== undefined && removeLink(link, linkedProgram(home));
  const files = [...plan.shellFiles, ...plan.pages];
  for (const file of files) rmSync(file, { force: true });
  if (plan.mcp) applyMcp(plan.mcp);
  removeEmptied([...(isRemoved ? [link] : []), ...files], manifest?.madeFolders ?? []);
  const stoppedCourier = stopCourier(home, courierPid);
  if (stoppedCourier !== undefined) await processEnd(stoppedCourier, COURIER_LIMIT_MS);
  const stubs = leaveStubs(home, plan.manifest?.capture, plan.hadContext);
  removeProgram(home, stubs);
  removeCopies(plan.pluginCopies);
  return { ...plan, backups, removedLink: isRemoved ? link : undefined, stoppedCourier, stubs };
}

/** Removes everything that was recorded. */
export function removeData(paths: TrackerPaths): void {
  rmSync(paths.data, { recursive: true, force: true });
  removeIfEmpty(paths.home);
}

// --- internal ---

/** The link that leads to this installation; undefined when it is gone, or leads elsewhere. */
function ownLink(
  home: string,
  noted: string | undefined,
  userHome: string | undefined,
): string | undefined {
  const link = noted ?? (userHome && linkPath(userHome));
  return link && leadsTo(link, linkedProgram(home)) ? link : undefined;
}

/** What removes the registration of our MCP server; undefined where nobody has added it, or somebody has taken it out. */
function ownMcp(
  { claudeFolder, userHome, paths }: UninstallOptions,
  manifest: InstallManifest | undefined,
): McpChange | undefined {
  if (!manifest?.mcpFile || claudeFolder === undefined) return undefined;
  const change = planMcp(false, '', { claudeFolder, userHome, home: paths.home });
  return change.current === change.next ? undefined : change;
}

/** How long to wait for the courier to end, in milliseconds. */
const COURIER_LIMIT_MS = 5000;

/** False for a file without our hooks: it need not be parsed, so its syntax errors do not matter. */
function mentions(file: string, { home }: TrackerPaths): boolean {
  return readSettings(file)?.includes(basename(home)) ?? false;
}

/** The settings files of the scopes. In the user's home folder, two scopes share one file. */
function standardFiles({ claudeFolder, cwd, scope }: UninstallOptions) {
  const scopes = scope === undefined ? (['user', 'project', 'local'] as const) : [scope];
  const files = new Map<string, SettingsScope>();
  for (const one of scopes) {
    if (one === 'user' && claudeFolder === undefined) continue;
    const file = settingsPath(one, claudeFolder ?? '', cwd);
    if (!files.has(file)) files.set(file, one);
  }
  return [...files].map(([file, fileScope]) => ({ file, scope: fileScope }));
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeDropsFile } from '../base/regular-file.ts';
import type { Clock } from '../base/clock.ts';
import type { InstalledClaude } from '../claude-code/installed-claude.ts';
import { compareVersions } from '../claude-code/version.ts';
import type { TrackerPaths } from '../base/paths.ts';
import { stopCourier } from './courier-stop.ts';
import {
  ASSUMED_CLAUDE_VERSION,
  eventsFor,
  HOOK_EVENTS,
  TOLERANT_CLAUDE_VERSION,
} from './events.ts';
import { checkHome } from './home-check.ts';
import { contextHook, hookCommand } from './hook-command.ts';
import type { CaptureFront, WantedHook } from './hook-command.ts';
import { applyMcp, planMcp } from './mcp-registration.ts';
import type { McpChange } from './mcp-registration.ts';
import { readManifest, writeManifest } from './manifest.ts';
import type { InstallManifest, Registration } from './manifest.ts';
import type { NativeHost } from './program/native-module.ts';
import { inspectLink, linkedProgram, linkPath, makeLink } from './path-link.ts';
import type { LinkState } from './path-link.ts';
import {
  compareProgram,
  contentDigest,
  copyProgram,
  linkNode,
  linkTarget,
  makeDataFolders,
  programFiles,
} from './program/program-files.ts';
import type { CopyResult, ProgramFile, ProgramSource } from './program/program-files.ts';
import { foldersToMake } from './made-folders.ts';
import { applyShellFiles, planShellFiles } from './shell-files.ts';
import type { PlacedFile, ShellFile, ShellFilesChange } from './shell-files.ts';
import {
  applyChange,
  planRegistration,
  settingsWarnings,
  verifyRegistration,
} from './settings/settings-change.ts';
import type { SettingsChange } from './settings/settings-change.ts';
import type { RegisteredStatusLine } from './settings/status-line.ts';
import { settingsPath } from './settings/settings-file.ts';
import type { SettingsScope } from './settings/settings-file.ts';

/** What to install, where to, and for which Claude Code. */
export interface InstallOptions extends ProgramSource {
  readonly version: string;
  /** The installation to create or update; absolute. */
  readonly paths: TrackerPaths;
  /** Claude Code's own folder, absolute. */
  readonly claudeFolder: string;
  readonly userHome: string | undefined;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  /** The real path of the Node.js executable that the installed program shall run on. */
  readonly node: string;
  /** Which native module that Node.js loads. */
  readonly host: NativeHost;
  /** PATH. */
  readonly searchPath: string;
  readonly scope: SettingsScope;
  /** @default `sh` where /bin/sh exists, else `node` */
  readonly capture?: CaptureFront | undefined;
  /** Whether to link the program into ~/.local/bin. */
  readonly link: boolean;
  /** True registers the hook that gives Claude a note of earlier sessions, false removes it. */
  readonly context: boolean;
  /** True adds our status line, false removes it. @default as it is */
  readonly statusLine?: boolean | undefined;
  /** True registers our MCP server with Claude Code, false removes it. @default as it is */
  readonly mcp?: boolean | undefined;
  /** Completions and the man page, as they shall be; an empty list removes them. @default as they are */
  readonly shellFiles?: readonly ShellFile[] | undefined;
  /** Pages about the program, as they shall be. @default as they are */
  readonly pages?: readonly PlacedFile[] | undefined;
  /** The newest version of Claude Code in use; undefined when none is known. */
  readonly claudeVersion: string | undefined;
  /** The Claude Codes on this machine. */
  readonly claudes: readonly InstalledClaude[];
  readonly now: Clock;
}

/** What {@link applyInstall} will do. Planning only reads. */
export interface InstallPlan {
  readonly options: InstallOptions;
  readonly capture: CaptureFront;
  readonly settings: SettingsChange;
  readonly events: readonly string[];
  readonly files: readonly ProgramFile[];
  readonly copy: CopyResult;
  readonly link: LinkState;
  /** Our status line in the settings; undefined when it is not there. */
  readonly statusLine: RegisteredStatusLine | undefined;
  readonly shellFiles: ShellFilesChange;
  readonly pages: ShellFilesChange<PlacedFile>;
  /** Undefined if the registration of the MCP server stays as it is. */
  readonly mcp: McpChange | undefined;
  /** True while something in the settings keeps Claude Code from running the hooks; `warnings` says what. */
  readonly isIgnored: boolean;
  /** One sentence each, or more. */
  readonly warnings: readonly string[];
}

/** What {@link applyInstall} has done. */
export interface InstallResult extends InstallPlan {
  /** The path of the settings' backup; null when none was needed. */
  readonly backup: string | null;
  /** The process id of an older courier that was asked to leave. */
  readonly stoppedCourier: number | undefined;
}

/**
 * Plans an installation; changes nothing.
 *
 * @throws TrackerError E_SETTINGS_INVALID, E_SETTINGS_UNREADABLE, E_NOT_BUILT, E_HOME_FOREIGN
 */
export function planInstall(options: InstallOptions): InstallPlan {
  const capture = options.capture ?? defaultCapture(options.platform);
  const { change, registration, statusLine } = planSettings(options, capture);
  const { home } = options.paths;
  checkHome(home);
  const ignored = settingsWarnings(change.next ?? '', change.file);
  const files = programFiles(options, interpreter(options), options.host);
  const link = wantedLink(options);
  return {
    options,
    capture,
    settings: change,
    events: registration.events,
    files,
    copy: compareProgram(files, home),
    link: link ? inspectLink(link, linkedProgram(home), options.searchPath) : { kind: 'none' },
    statusLine,
    shellFiles: planShellFiles(options.shellFiles, readManifest(home)?.shellFiles ?? []),
    pages: planShellFiles(options.pages, readManifest(home)?.pages ?? []),
    mcp: wantedMcp(options),
    isIgnored: ignored.length > 0,
    warnings: [...ignored, ...planWarnings(options)],
  };
}

/**
 * Installs the program, then writes the manifest, which says how to undo it, and adds the hooks last: so
 * no error on the way leaves a hook without its program. Data is kept.
 *
 * @throws TrackerError E_SETTINGS_INVALID, E_SETTINGS_UNREADABLE, E_SETTINGS_UNWRITABLE, E_SETTINGS_OVERWRITTEN
 */
export function applyInstall(plan: InstallPlan): InstallResult {
  const { options, capture, files } = plan;
  const { paths, now } = options;
  const { home } = paths;
  const hadNode = linkTarget(join(home, 'node'));
  const copy = copyProgram(files, home);
  makeDataFolders([paths.data, paths.spool, paths.spoolTmp, paths.spoolNew, paths.spoolBad]);
  makeDropsFile(paths.drops); // while there is room: the disk may be full at the first event
  if (options.platform !== 'win32') linkNode(home, options.node);

  const link = wantedLink(options);
  const placed = [...(options.shellFiles ?? []), ...(options.pages ?? [])];
  const places = [...(link ? [link] : []), ...placed.map(({ path }) => path)];
  const newFolders = foldersToMake(places);
  const linked: LinkState = link
    ? makeLink(link, linkedProgram(home), options.searchPath)
    : { kind: 'none' };
  // Planned again: the settings may have been written since.
  const { change, registration } = planSettings(options, capture);
  const known = readManifest(home);
  const shellFiles = planShellFiles(options.shellFiles, known?.shellFiles ?? []);
  const pages = planShellFiles(options.pages, known?.pages ?? []);
  const madeFolders = [...new Set([...(known?.madeFolders ?? []), ...newFolders])];
  const mcp = wantedMcp(options); // planned again, too
  const facts = { registration, link: linked, shellFiles, pages, madeFolders, mcp };
  writeManifest(home, nextManifest(plan, known, facts));
  applyShellFiles(shellFiles, madeFolders);
  applyShellFiles(pages, madeFolders);
  if (mcp) applyMcp(mcp);
  const backup = applyChange(change, now);
  verifyInstall(plan);

  const isNew = copy.written.length > 0 || hadNode !== linkTarget(join(home, 'node'));
  const stoppedCourier = isNew ? stopCourier(home, paths.courierPid) : undefined;
  return {
    ...plan,
    settings: change,
    copy,
    link: linked,
    shellFiles,
    pages,
    mcp,
    backup,
    stoppedCourier,
  };
}

/**
 * Makes sure that the hooks and the status line are still in the settings.
 *
 * @throws TrackerError E_SETTINGS_OVERWRITTEN
 */
export function verifyInstall({ options, capture, settings, statusLine }: InstallPlan): void {
  const hooks = wantedHooks(options, capture);
  verifyRegistration(settings.file, hooks, statusLine !== undefined, ownerOf(options));
}

// --- internal ---

function planSettings(options: InstallOptions, capture: CaptureFront) {
  const { claudeFolder, cwd, scope, paths, platform } = options;
  const file = settingsPath(scope, claudeFolder, cwd);
  const node = interpreter(options);
  const wanted = wantedHooks(options, capture);
  const known = readManifest(paths.home)?.registrations.find((one) => one.settingsFile === file);
  const statusLineCommand = { home: paths.home, node, platform };
  const { statusLine } = options;
  return planRegistration(
    file,
    scope,
    { hooks: wanted, statusLine, statusLineCommand },
    known,
    ownerOf(options),
  );
}

function wantedHooks(options: InstallOptions, capture: CaptureFront): WantedHook[] {
  const { paths, platform, claudeVersion, context } = options;
  const program = { home: paths.home, node: interpreter(options), platform };
  const capturing = eventsFor(claudeVersion).map((event): WantedHook => ({
    event: event.name,
    ...(event.matcher === undefined ? {} : { matcher: event.matcher }),
    hook: hookCommand(event, { capture, ...program }),
  }));
  return [...capturing, ...(context ? [contextHook(program)] : [])];
}

function ownerOf({ paths, userHome }: InstallOptions) {
  return { home: paths.home, userHome };
}

function defaultCapture(platform: NodeJS.Platform): CaptureFront {
  return platform !== 'win32' && existsSync('/bin/sh') ? 'sh' : 'node';
}

/** The Node.js that installed programs name. It is one link, so that a new Node.js changes only that. */
function interpreter({ paths, node, platform }: InstallOptions): string {
  return platform === 'win32' ? node : join(paths.home, 'node');
}

function wantedLink({ link, userHome, platform }: InstallOptions): string | undefined {
  return link && userHome && platform !== 'win32' ? linkPath(userHome) : undefined;
}

/** What becomes of the registration of the MCP server; undefined if it stays. */
function wantedMcp(options: InstallOptions): McpChange | undefined {
  const { mcp, claudeFolder, userHome, paths } = options;
  if (mcp === undefined) return undefined;
  return planMcp(mcp, interpreter(options), { claudeFolder, userHome, home: paths.home });
}

function planWarnings({ claudeVersion, claudes, scope, sqliteRoot }: InstallOptions): string[] {
  const warnings: string[] = [];
  const left = HOOK_EVENTS.filter((event) => !eventsFor(claudeVersion).includes(event));
  const names = left.map(({ name }) => name).join(', ');
  if (claudeVersion === undefined) {
    warnings.push(
      `Claude Code was not found, so the hooks are those that ${ASSUMED_CLAUDE_VERSION} knows; there is none for ${names}. Run this again after installing Claude Code.`,
    );
  } else if (left.length > 0) {
    warnings.push(
      `Claude Code ${claudeVersion} does not know ${names}: no hook for these. Run this again after an update of Claude Code.`,
    );
  }
  for (const { path, version } of claudes) {
    const isStrict = compareVersions(version, TOLERANT_CLAUDE_VERSION) < 0;
    const unknown = eventsFor(claudeVersion).filter((event) => !eventsFor(version).includes(event));
    if (!isStrict || unknown.length === 0) continue;
    warnings.push(
      `${path} is Claude Code ${version}. It ignores all hooks in these settings, because it does not know ${unknown.map(({ name }) => name).join(', ')}: update or remove it.`,
    );
  }
  if (sqliteRoot === null) {
    warnings.push('The SQLite module for this Node.js is downloaded from npm first.');
  }
  if (scope === 'project') {
    warnings.push(
      "The project's .claude/settings.json is often shared, and the hooks in it name a folder of this machine; `--scope local` keeps them to yourself.",
    );
  }
  return warnings;
}

function nextManifest(
  { options, capture, files }: InstallPlan,
  known: InstallManifest | undefined,
  {
    registration,
    link,
    shellFiles,
    pages,
    madeFolders,
    mcp,
  }: {
    readonly registration: Registration;
    readonly link: LinkState;
    readonly shellFiles: ShellFilesChange;
    readonly pages: ShellFilesChange<PlacedFile>;
    readonly madeFolders: string[];
    readonly mcp: McpChange | undefined;
  },
): InstallManifest {
  const { version, node, now } = options;
  const others = known?.registrations.filter(
    ({ settingsFile }) => settingsFile !== registration.settingsFile,
  );
  const isOurs = link.kind === 'made' || link.kind === 'present';
  const next: InstallManifest = {
    version,
    node,
    capture,
    installedAt: new Date(now()).toISOString(),
    link: isOurs ? link.path : (known?.link ?? null),
    shellFiles: [...shellFiles.installed],
    pages: [...pages.installed],
    madeFolders,
    mcpFile: mcp ? (mcp.state === 'registered' ? mcp.file : null) : (known?.mcpFile ?? null),
    files: files.map(({ path, content }) => ({ path, sha256: contentDigest(content) })),
    registrations: [...(others ?? []), registration],
  };
  const same = known && { ...next, installedAt: known.installedAt };
  return same && JSON.stringify(same) === JSON.stringify(known) ? known : next;
}

import { counted } from '../base/amount-text.ts';
import { dirname } from 'node:path';
import type { InstallPlan, InstallResult } from './install.ts';
import { MCP_SERVER_NAME } from './mcp-registration.ts';
import type { McpChange } from './mcp-registration.ts';
import { linkedProgram } from './path-link.ts';
import type { LinkState } from './path-link.ts';
import { pagesFolder } from './pages/installed-pages.ts';
import { stubRoots } from './program/hook-stubs.ts';
import { quoteWord } from './shell-words.ts';
import type { ShellFilesChange } from './shell-files.ts';
import { settingsDiff } from './settings/settings-diff.ts';
import type { RegisteredStatusLine } from './settings/status-line.ts';
import type { UninstallPlan, UninstallResult } from './uninstall.ts';

/** Marks text up for a terminal; identity functions elsewhere. */
export interface ScreenPaint {
  readonly bold: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** The screen after an installation: what it did, what to try, how to undo it. */
export function installScreen(
  result: InstallResult,
  test: string | undefined,
  paint: ScreenPaint,
): string {
  const { options, settings, events, copy, link, backup, stoppedCourier, capture } = result;
  const { home } = options.paths;
  const { written, unchanged, removed } = copy;
  const isNews = settings.current !== settings.next;
  const rows: [string, string][] = [
    [
      'Program',
      `${home} (${counted(written.length, 'file')} written, ${unchanged.length} up to date${removed.length > 0 ? `, ${removed.length} of an older version removed` : ''})`,
    ],
    ['Node.js', `${options.node}, for all it runs`],
    [
      'Hooks',
      isNews
        ? `${counted(events.length, 'event')} in ${settings.file}, captured by ${capture === 'sh' ? 'hooks/capture.sh' : 'dist/hooks/*.cjs'}`
        : `already registered in ${settings.file}`,
    ],
  ];
  if (options.context) rows.push(['Context', 'a new session is given a note of the last ones']);
  if (backup) rows.push(['Backup', backup]);
  if (result.statusLine) rows.push(['Status', statusLineText(result.statusLine)]);
  rows.push(...shellRows(result.shellFiles), ...mcpRows(result.mcp));
  if (result.pages.installed.length > 0) rows.push(['Pages', pagesFolder(home)]);
  rows.push(['Data', `${options.paths.data}, for your user alone`]);
  if (stoppedCourier !== undefined) rows.push(['Courier', 'the old one was asked to leave']);
  const command = commandRow(link);
  if (command) rows.push(['Command', command]);
  if (test) rows.push(['Test', test]);
  const program = runnable(link) ?? quoteWord(`${home}/dist/cli.mjs`);
  return lines([
    paint.green(`claude-pattern-tracker ${options.version} is installed.`),
    '',
    ...table(rows, paint),
    ...notes(
      [
        ...result.warnings,
        ...linkWarnings(link),
        ...shellWarnings(result.shellFiles),
        ...mcpWarnings(result.mcp),
      ],
      paint,
    ),
    '',
    result.isIgnored
      ? 'Claude Code is not recorded until that is mended.'
      : 'Claude Code is recorded from its next session on; restart those that run now.',
    '',
    ...table(
      [
        ['Try', `${program} status    is it recorded, how much is there`],
        ['', `${program} patterns  the code Claude wrote`],
        ['', `${program} doctor    check every part`],
        [
          'Undo',
          `${program} uninstall${options.scope === 'user' ? '' : ` --scope ${options.scope}`}`,
        ],
      ],
      paint,
    ),
  ]);
}

/** The screen of a dry run: what an installation would do. */
export function installPreview(plan: InstallPlan, paint: ScreenPaint): string {
  const { options, settings, copy, link } = plan;
  const { home } = options.paths;
  const diff = settingsDiff(settings.file, settings.current, settings.next);
  const command = link.kind === 'made' ? [`link ${link.path} -> ${linkedProgram(home)}`] : [];
  return lines([
    paint.bold('Nothing was changed. An installation would'),
    ...filesLine('write', copy.written, home),
    ...filesLine('remove', copy.removed, home),
    ...command,
    ...plan.shellFiles.write.map(({ path }) => `write ${path}`),
    ...plan.shellFiles.remove.map((path) => `remove ${path}`),
    ...pageLines('write', plan.pages.write.length, home),
    ...mcpRows(plan.mcp).map(([, text]) => text),
    diff === '' ? `leave ${settings.file} as it is: already registered` : `edit ${settings.file}:`,
    ...(diff === '' ? [] : ['', diff.trimEnd()]),
    ...notes([...plan.warnings, ...linkWarnings(link), ...shellWarnings(plan.shellFiles)], paint),
  ]);
}

/**
 * The screen after an uninstallation. `data` says what became of the recorded data, `plugin` which plugin of
 * ours Claude Code still runs.
 */
export function uninstallScreen(
  result: UninstallResult,
  { data, plugin }: { readonly data: string | undefined; readonly plugin: string | undefined },
  paint: ScreenPaint,
): string {
  const { options, settings, backups, removedLink, removesProgram, pluginCopies } = result;
  const rows: [string, string][] = settings.map(({ file, next, isRestored }) => [
    'Hooks',
    next === null
      ? `${file} removed: it held nothing else`
      : `${file} ${isRestored ? 'is as it was before the installation' : 'without our hooks; what others wrote there is kept'}`,
  ]);
  for (const backup of backups) rows.push(['Backup', backup]);
  if (removedLink) rows.push(['Command', `${removedLink} removed`]);
  for (const file of result.shellFiles) rows.push(['Shell', `${file} removed`]);
  if (result.pages.length > 0)
    rows.push(['Pages', `removed from ${pagesFolder(options.paths.home)}`]);
  rows.push(...mcpRows(result.mcp));
  rows.push([
    'Program',
    removesProgram
      ? `removed from ${options.paths.home}`
      : `kept: hooks are registered in ${result.manifest?.registrations.map(({ settingsFile }) => settingsFile).join(', ') ?? 'other settings'}`,
  ]);
  for (const copy of pluginCopies) rows.push(['Plugin', `${copy} removed`]);
  if (data) rows.push(['Data', data]);
  const roots = stubRoots(options.paths.home, result.stubs);
  return lines([
    paint.green('claude-pattern-tracker is uninstalled.'),
    '',
    ...table(rows, paint),
    '',
    ...(result.stubs.length === 0
      ? []
      : [
          'Sessions of Claude Code that run now may still call the hooks, which do nothing any more.',
          `Once they have ended, remove what is left of them: rm -r ${roots.map((path) => quoteWord(path)).join(' ')}`,
        ]),
    ...(plugin === undefined
      ? []
      : [
          `Claude Code still has the plugin, which goes on recording: claude plugin uninstall ${plugin}`,
        ]),
  ]);
}

/** The screen of a dry run: what an uninstallation would do. */
export function uninstallPreview(
  { options, settings, ...plan }: UninstallPlan,
  paint: ScreenPaint,
): string {
  return lines([
    paint.bold('Nothing was changed. An uninstallation would'),
    plan.removesProgram
      ? `remove the program from ${options.paths.home}`
      : 'keep the program: hooks are registered elsewhere',
    ...(plan.link === undefined ? [] : [`remove ${plan.link}`]),
    ...plan.shellFiles.map((file) => `remove ${file}`),
    ...pageLines('remove', plan.pages.length, options.paths.home),
    ...mcpRows(plan.mcp).map(([, text]) => text),
    ...settings.flatMap(({ file, current, next }) => [
      next === null ? `remove ${file}` : `edit ${file}:`,
      ...(next === null ? [] : ['', settingsDiff(file, current, next).trimEnd()]),
    ]),
    ...plan.pluginCopies.map((copy) => `remove ${copy}`),
  ]);
}

// --- internal ---

function pageLines(verb: string, count: number, home: string): string[] {
  return count === 0 ? [] : [`${verb} ${counted(count, 'page')} in ${pagesFolder(home)}`];
}

/** Only the number of files; --json lists them. */
function filesLine(verb: string, paths: readonly string[], home: string): string[] {
  if (paths.length === 0) return [];
  return [
    `${verb} ${paths.length} ${paths.length === 1 ? 'file' : 'files'} of the program in ${home}`,
  ];
}

/** `[1, 'file']` is "1 file", `[2, 'file']` is "2 files". */

function lines(parts: readonly string[]): string {
  return `${parts.join('\n')}\n`;
}

function table(rows: readonly (readonly [string, string])[], paint: ScreenPaint): string[] {
  return rows.map(([name, value]) => `  ${paint.bold(name.padEnd(8))} ${value}`);
}

function notes(warnings: readonly string[], paint: ScreenPaint): string[] {
  return warnings.length === 0
    ? []
    : ['', ...warnings.map((text) => `${paint.yellow('!')} ${text}`)];
}

/** What to type to run the linked program; undefined when there is no link. */
function runnable(link: LinkState): string | undefined {
  if (link.kind === 'none' || link.kind === 'taken') return undefined;
  return link.isOnPath ? 'pattern-tracker' : quoteWord(link.path);
}

function commandRow(link: LinkState): string | undefined {
  switch (link.kind) {
    case 'made':
    case 'present':
      return link.path;
    case 'taken':
      return `no link: something else is at ${link.path}, and was left alone`;
    case 'none':
      return undefined;
  }
}

function statusLineText({ former }: RegisteredStatusLine): string {
  return former === null
    ? "a line about the session in Claude Code's status line"
    : `our line behind yours: ${former}`;
}

function shellRows({ installed, remove }: ShellFilesChange): [string, string][] {
  return [
    ...installed.map(({ path }): [string, string] => ['Shell', path]),
    ...remove.map((path): [string, string] => ['Shell', `${path} removed`]),
  ];
}

function mcpRows(mcp: McpChange | undefined): [string, string][] {
  if (!mcp || mcp.state === 'taken') return [];
  if (mcp.state === 'registered') return [['MCP', `server ${MCP_SERVER_NAME} in ${mcp.file}`]];
  return mcp.current === mcp.next ? [] : [['MCP', `server removed from ${mcp.file}`]];
}

function mcpWarnings(mcp: McpChange | undefined): string[] {
  if (mcp?.state !== 'taken') return [];
  return [`${mcp.file} has another server called ${MCP_SERVER_NAME}, which was left alone.`];
}

function shellWarnings({ write, taken }: ShellFilesChange): string[] {
  const warnings = taken.map(
    (path) => `${path} is not ours, or was changed since, and was left alone.`,
  );
  const zsh = write.find(({ kind }) => kind === 'zsh');
  if (zsh) {
    warnings.push(
      `zsh reads completions from fpath only. Add this to ~/.zshrc, before compinit: fpath=(${quoteWord(dirname(zsh.path))} $fpath)`,
    );
  }
  return warnings;
}

function linkWarnings(link: LinkState): string[] {
  if (link.kind === 'none' || link.kind === 'taken' || link.isOnPath) return [];
  const folder = dirname(link.path);
  return [
    `${folder} is not on PATH. Add this to your shell's profile: export PATH="$HOME/.local/bin:$PATH"`,
  ];
}

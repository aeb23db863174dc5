import { spawnSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import pc from 'picocolors';
import { TrackerError } from '../../base/errors.ts';
import { claudeFolder, trackerPaths } from '../../base/paths.ts';
import { VERSION } from '../../base/version.ts';
import { loadConfig } from '../../config/config-file.ts';
import { installPreview, installScreen } from '../../install/install-screen.ts';
import { applyInstall, planInstall, verifyInstall } from '../../install/install.ts';
import type { InstallOptions, InstallPlan, InstallResult } from '../../install/install.ts';
import { installedPages } from '../../install/pages/installed-pages.ts';
import { readManifest } from '../../install/manifest.ts';
import { moduleFolders, nativeHost, nativeModuleFor } from '../../install/program/native-module.ts';
import type { NativeHost } from '../../install/program/native-module.ts';
import { SHELL_FILE_KINDS, shellFilePaths } from '../../install/shell-files.ts';
import type { ShellFile } from '../../install/shell-files.ts';
import { downloadSqlite } from '../../install/program/sqlite-download.ts';
import { settingsDiff } from '../../install/settings/settings-diff.ts';
import { SQLITE_PROBE } from '../../store/database/sqlite-probe.ts';
import { jsonArg, trackerCommand } from '../command.ts';
import type { CommandList } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { readClaudes } from '../installation.ts';
import { printJson } from '../output/json-output.ts';
import { StepLine } from '../output/step-line.ts';
import { offerImport } from '../transcripts/import-offer.ts';
import { shellTexts } from '../shell/shell-texts.ts';

/** `install`: copies the program and registers the hooks. */
export const installCommand = trackerCommand({
  name: 'install',
  summary: 'Register the hooks with Claude Code.',
  examples: [
    'pattern-tracker install --dry-run',
    'pattern-tracker install',
    'pattern-tracker install --scope local',
    'pattern-tracker install --completions --statusline',
  ],
  details: `Copies the program beside its data, adds the hooks to a settings file (with a backup), and sends one event
through them. Running it again brings an installation up to date and changes nothing else.

At the first installation, it offers to record what Claude did before, from Claude Code's transcripts; --yes takes the
offer, and the command import does so at any time.

--completions also installs completions for bash, zsh and fish, and the man page, into your own folders.
--statusline adds a line about the session to Claude Code; a status line that is there already is kept and
shown before it. --mcp lets Claude itself ask what it wrote before (see the command mcp). Later installations keep all
three; --no-completions, --no-statusline and --no-mcp remove them. With context: on in config.yaml, a new session of
Claude Code is given a short note of the last sessions in its project.`,
  json: `{ok, dry_run, version, home, node, capture, claude_version, events, settings: {file, scope, changed, diff,
backup}, context, status_line: {command, former} or null, completions: {installed, written, removed, taken}, mcp: {file, state: registered|absent|taken} or null, files:
{written, unchanged, removed}, link, stopped_courier, warnings, capture_test, imported: what import --json prints, or
null}.`,
  args: {
    scope: {
      type: 'enum',
      options: ['user', 'project', 'local'],
      default: 'user',
      description: 'Which settings: yours, .claude/settings.json or settings.local.json here',
    },
    capture: {
      type: 'enum',
      options: ['sh', 'node'],
      description: 'What captures events; by default sh if there is /bin/sh',
    },
    link: {
      type: 'boolean',
      default: true,
      description: 'Make no link in ~/.local/bin',
    },
    test: {
      type: 'boolean',
      default: true,
      description: 'Send no event through the installed hook',
    },
    completions: {
      type: 'boolean',
      description:
        'Install completions for bash, zsh and fish, and the man page; --no-completions removes them',
    },
    statusline: {
      type: 'boolean',
      description:
        "Add a line about the session to Claude Code's status line; --no-statusline removes it",
    },
    mcp: {
      type: 'boolean',
      description:
        'Register the MCP server with Claude Code, for all projects; --no-mcp removes it',
    },
    yes: {
      type: 'boolean',
      description: "Also record what Claude did before, from Claude Code's transcripts; do not ask",
    },
    'dry-run': { type: 'boolean', description: 'Show what would be done; change nothing' },
    ...jsonArg,
  },
  run: async (args, cli, commands) => {
    const { env } = cli;
    const claude = claudeFolder(env);
    if (!claude) {
      throw new TrackerError('E_NO_HOME', 'neither CLAUDE_CONFIG_DIR nor HOME is set', {
        hint: "Set HOME, or CLAUDE_CONFIG_DIR to Claude Code's folder.",
      });
    }
    const userHome = env['HOME'] || env['USERPROFILE'];
    const sourceRoot = dirname(dirname(realpathSync(process.argv[1] ?? '')));
    const host = nativeHost();
    const node = realpathSync(process.execPath);
    const paths = trackerPaths(resolve(cli.cwd, cli.paths.home));
    // The module of an earlier installation will do, so that an update needs no compiler and no network.
    const sqliteRoot = [sourceRoot, paths.home].find((root) => hasSqlite(root, node, host)) ?? null;
    const { claudes, version } = readClaudes(cli);
    const options: InstallOptions = {
      sourceRoot,
      sqliteRoot,
      version: VERSION,
      paths,
      claudeFolder: resolve(cli.cwd, claude),
      userHome,
      cwd: cli.cwd,
      platform: process.platform,
      node,
      host,
      searchPath: env['PATH'] ?? '',
      scope: args.scope,
      capture: args.capture,
      link: args.link,
      context: loadConfig(paths).config.context === 'on',
      statusLine: args.statusline,
      mcp: args.mcp,
      shellFiles: await wantedShellFiles(args.completions, {
        env,
        userHome,
        home: paths.home,
        commands,
      }),
      pages: installedPages(sourceRoot, paths.home, loadConfig(paths).courier.config.escalation),
      claudeVersion: version,
      claudes,
      now: cli.now,
    };
    const isFirst = readManifest(paths.home) === undefined;
    const preview = planInstall(options); // finds what is in the way before anything is downloaded
    const paint = pc.createColors(cli.color);
    if (args['dry-run']) {
      if (args.json) printJson(cli, { ok: true, dryRun: true, ...summary(preview) });
      else cli.out(installPreview(preview, paint));
      return 0;
    }
    const download = sqliteRoot === null ? await sqliteDownload(options, cli) : undefined;
    let plan = preview;
    let result;
    try {
      if (download) plan = planInstall({ ...options, sqliteRoot: download.root });
      result = applyInstall(plan);
    } finally {
      download?.remove();
    }
    const test = args.test ? captureTest(plan, cli) : undefined;
    verifyInstall(plan); // once more: a running session may have written the settings meanwhile
    const ok = test?.ok !== false;
    const offer = { paths, claudeFolder: options.claudeFolder, node, isFirst };
    const takeOffer = async (json: boolean) =>
      ok ? offerImport(cli, { ...offer, yes: args.yes === true, json }) : null;
    if (args.json) {
      const imported = await takeOffer(true);
      printJson(cli, {
        ok,
        dryRun: false,
        ...summary(result),
        captureTest: test ?? null,
        imported,
      });
    } else {
      cli.out(
        installScreen(
          result,
          test?.ok ? 'one event went through the hook into the database' : undefined,
          paint,
        ),
      );
      if (!ok) {
        cli.err(
          `\nerror: everything is in place, but the capture-test failed:\n${indented(test?.output ?? '')}\n  Run \`${plan.options.paths.home}/dist/cli.mjs doctor\` to see which part.\n`,
        );
      }
      await takeOffer(false);
    }
    return ok && !plan.isIgnored ? 0 : 1;
  },
});

// --- internal ---

/** The longest run of the capture-test, in milliseconds: two waits of 15 seconds, and the hooks. */
const TEST_LIMIT_MS = 60_000;

/** Undefined when they shall stay as they are: not there. Those that are there are brought up to date. */
async function wantedShellFiles(
  isWanted: boolean | undefined,
  {
    env,
    userHome,
    home,
    commands,
  }: {
    readonly env: CliEnvironment['env'];
    readonly userHome: string | undefined;
    readonly home: string;
    readonly commands: CommandList;
  },
): Promise<readonly ShellFile[] | undefined> {
  if (isWanted === false) return [];
  const isThere = (readManifest(home)?.shellFiles ?? []).length > 0;
  if ((!isWanted && !isThere) || userHome === undefined) return undefined;
  const texts = await shellTexts(commands);
  const places = shellFilePaths(env, userHome);
  return SHELL_FILE_KINDS.map((kind) => ({ kind, path: places[kind], content: texts[kind] }));
}

/** True when this Node.js opens a database with the SQLite module that it finds from `root`. */
function hasSqlite(root: string, node: string, host: NativeHost): boolean {
  if (!moduleFolders(root, nativeModuleFor(host))) return false;
  const probe = ['-e', SQLITE_PROBE, join(root, 'package.json')];
  return spawnSync(node, probe, { stdio: 'ignore', windowsHide: true }).status === 0;
}

/** Gets the SQLite module, and says what goes on: on a terminal in one line that changes. */
async function sqliteDownload(options: InstallOptions, cli: CliEnvironment) {
  const { host, node } = options;
  const line = new StepLine(cli);
  try {
    return await downloadSqlite({
      host,
      node,
      env: cli.env,
      temporary: tmpdir(),
      onStep: (step, log) => line.show(`${step}; log: ${log}`),
    });
  } finally {
    line.end();
  }
}

function captureTest({ options }: InstallPlan, cli: CliEnvironment) {
  const { home } = options.paths;
  const node = options.platform === 'win32' ? options.node : join(home, 'node');
  const { status, stdout, stderr, error } = spawnSync(
    node,
    [join(home, 'dist', 'cli.mjs'), '--home', home, 'capture-test'],
    {
      env: { ...cli.env, NO_COLOR: '1' },
      cwd: cli.cwd,
      encoding: 'utf8',
      timeout: TEST_LIMIT_MS,
      killSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    },
  );
  const output = [stdout, stderr, error?.message].filter(Boolean).join('\n').trimEnd();
  return { ok: status === 0, output };
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

function summary(plan: InstallPlan | InstallResult) {
  const { options, settings, events, copy, link, capture, warnings, shellFiles } = plan;
  return {
    version: options.version,
    home: options.paths.home,
    node: options.node,
    capture,
    claudeVersion: options.claudeVersion ?? null,
    claudes: options.claudes,
    events,
    settings: {
      file: settings.file,
      scope: settings.scope,
      changed: settings.current !== settings.next,
      diff: settingsDiff(settings.file, settings.current, settings.next),
      backup: 'backup' in plan ? plan.backup : null,
    },
    context: options.context,
    statusLine: plan.statusLine ?? null,
    completions: {
      installed: shellFiles.installed.map(({ path }) => path),
      written: shellFiles.write.map(({ path }) => path),
      removed: shellFiles.remove,
      taken: shellFiles.taken,
    },
    pages: {
      installed: plan.pages.installed.map(({ path }) => path),
      written: plan.pages.write.map(({ path }) => path),
      taken: plan.pages.taken,
    },
    mcp: plan.mcp ? { file: plan.mcp.file, state: plan.mcp.state } : null,
    files: { written: copy.written, unchanged: copy.unchanged.length, removed: copy.removed },
    link,
    stoppedCourier: 'stoppedCourier' in plan ? (plan.stoppedCourier ?? null) : null,
    warnings,
  };
}

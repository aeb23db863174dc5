import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pc from 'picocolors';
import { claudeFolder, trackerPaths } from '../../base/paths.ts';
import { uninstallPreview, uninstallScreen } from '../../install/install-screen.ts';
import { quoteWord } from '../../install/shell-words.ts';
import { settingsDiff } from '../../install/settings/settings-diff.ts';
import { applyUninstall, planUninstall, removeData } from '../../install/uninstall.ts';
import type { UninstallPlan } from '../../install/uninstall.ts';
import { readRegistration } from '../../install/settings/registration.ts';
import { canAsk, isAgreed } from '../arguments/agreement.ts';
import { jsonArg, trackerCommand } from '../command.ts';
import { printJson } from '../output/json-output.ts';

/** `uninstall`: removes hooks, link and program; asks about the data. */
export const uninstallCommand = trackerCommand({
  name: 'uninstall',
  summary: 'Remove the hooks from Claude Code again.',
  examples: [
    'pattern-tracker uninstall --dry-run',
    'pattern-tracker uninstall',
    'pattern-tracker uninstall --purge',
  ],
  details: `Removes the hooks and the status line from every settings file they were added to, then the completions, the MCP server,
the link and the program. What was recorded is kept unless you want it removed: on a terminal you are asked. Copies of the
plugin that Claude Code no longer uses go, too. For sessions of Claude Code that are running, hooks that do nothing are left.`,
  json: `{ok, dry_run, home, settings: [{file, scope, removed, restored, diff}], completions, mcp, plugin_copies, removes_program,
link, data,
backups, removed_link, stopped_courier, stubs, data_removed}; the last five not with --dry-run.`,
  args: {
    scope: {
      type: 'enum',
      options: ['user', 'project', 'local'],
      description: 'Only these settings; the program stays while others need it',
    },
    purge: { type: 'boolean', description: 'Remove what was recorded too, without asking' },
    'dry-run': { type: 'boolean', description: 'Show what would be done; change nothing' },
    ...jsonArg,
  },
  run: async (args, cli) => {
    const claude = claudeFolder(cli.env);
    const paths = trackerPaths(resolve(cli.cwd, cli.paths.home));
    const plan = planUninstall({
      paths,
      claudeFolder: claude && resolve(cli.cwd, claude),
      userHome: cli.env['HOME'] || cli.env['USERPROFILE'],
      cwd: cli.cwd,
      scope: args.scope,
      now: cli.now,
    });
    const paint = pc.createColors(cli.color);
    if (args['dry-run']) {
      if (args.json) printJson(cli, { ok: true, dryRun: true, ...summary(plan) });
      else cli.out(uninstallPreview(plan, paint));
      return 0;
    }
    const { plugin } = readRegistration(cli);
    const isNothing = plan.settings.length === 0 && plan.pluginCopies.length === 0;
    if (!existsSync(paths.home) && isNothing) {
      if (args.json) printJson(cli, { ok: true, dryRun: false, ...summary(plan) });
      else cli.out(`Nothing is installed in ${paths.home}.\n`);
      return 0;
    }
    const result = await applyUninstall(plan);
    const canRemove = plan.hasData && plan.removesProgram;
    const question = `Also remove what was recorded, in ${paths.data}?`;
    const isPurged =
      canRemove &&
      (args.purge === true || (!args.json && canAsk(cli) && (await isAgreed(question))));
    if (isPurged) removeData(paths);
    if (args.json) {
      printJson(cli, {
        ok: true,
        dryRun: false,
        ...summary(plan),
        backups: result.backups,
        removedLink: result.removedLink ?? null,
        stoppedCourier: result.stoppedCourier ?? null,
        stubs: result.stubs.map((path) => join(paths.home, path)),
        dataRemoved: isPurged,
        plugin: plugin ?? null,
      });
      return 0;
    }
    const kept = `kept in ${paths.data}; remove it with: rm -r ${quoteWord(paths.data)}`;
    const data = isPurged ? 'removed' : kept;
    cli.out(uninstallScreen(result, { data: plan.hasData ? data : undefined, plugin }, paint));
    return 0;
  },
});

// --- internal ---

function summary(plan: UninstallPlan) {
  const { options, settings, removesProgram, hasData, link, shellFiles, pluginCopies } = plan;
  return {
    home: options.paths.home,
    settings: settings.map(({ file, scope, current, next, isRestored }) => ({
      file,
      scope,
      removed: next === null,
      restored: isRestored,
      diff: settingsDiff(file, current, next),
    })),
    completions: shellFiles,
    mcp: plan.mcp?.file ?? null,
    removesProgram,
    link: link ?? null,
    data: hasData ? options.paths.data : null,
    pluginCopies,
  };
}

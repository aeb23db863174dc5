import { once } from 'node:events';
import { counted } from '../../base/amount-text.ts';
import { timeRangeOf } from '../arguments/time-range.ts';
import { dashboardActions } from '../dashboard/actions.ts';
import { assetFolder } from '../dashboard/asset-folder.ts';
import { copyToFolder } from '../dashboard/copy-to-folder.ts';
import { openInBrowser } from '../dashboard/browser.ts';
import { dashboardInstallation } from '../dashboard/installation.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { UsageError } from '../arguments/usage-error.ts';
import { printJson } from '../output/json-output.ts';

/** `dashboard`: serves the dashboard until a signal ends it. */
export const dashboardCommand = trackerCommand({
  name: 'dashboard',
  summary: 'Show all of it in the browser, live: a page to leave open.',
  examples: [
    'pattern-tracker dashboard',
    'pattern-tracker dashboard --port 0 --no-open',
    'pattern-tracker dashboard --export ./week --project . --since 7d',
  ],
  details: `It shows who waits for you, what sessions did and what was recorded, and follows it as it happens. Only this machine
can reach it, and it changes nothing: with --actions, its pages have buttons for what is safe, such as sending now what waits
for the server. Each page is a URL; with \`?format=json\` it answers with its data, and lists do with \`?format=csv\`. It loads nothing
from the network. Ctrl-C ends it.

--export writes a copy of sessions into a new folder: a list, and for each session its timeline, its changes, and its calls. All secrets that the
present rules find are taken out of it, it runs nothing and loads nothing. It holds what was asked and which commands ran, so
read it before you share it.`,
  json: '{url} when it is ready; with --export {index, files}.',
  args: {
    port: { type: 'string', default: '8054', description: 'Port to listen on; 0 is any free one' },
    open: { type: 'boolean', default: true, description: 'Open no browser' },
    actions: { type: 'boolean', description: 'Have buttons for what is safe to do' },
    export: {
      type: 'string',
      valueHint: 'folder',
      description: 'Write pages to share instead, which open from disk and hold no secrets',
    },
    ...common.sessionArg,
    ...common.projectArg,
    ...common.timeArgs,
    ...common.jsonArg,
  },
  async run(args, cli, commands) {
    const port = portOf(args.port);
    const assets = assetFolder(cli.program);
    if (args.export !== undefined) {
      const { session, project } = args;
      const range = await timeRangeOf(args, cli.now());
      const choice = { folder: args.export, session, project, range, assets };
      const copy = await copyToFolder(choice, cli);
      if (args.json) printJson(cli, copy);
      else cli.out(`${counted(copy.files, 'page')} written: open ${copy.index}\n`);
      return;
    }
    const choices = [args.session, args.project, args.since, args.until];
    if (choices.some((choice) => choice !== undefined)) {
      throw new UsageError('--session, --project, --since and --until go with --export');
    }
    const { startDashboard } = await import('../../dashboard/dashboard.ts');
    const signal = cli.interruption();
    const dashboard = await startDashboard({
      installation: await dashboardInstallation(cli),
      assets,
      port,
      actions: args.actions ? dashboardActions(cli, commands) : undefined,
    });
    try {
      if (args.json) printJson(cli, { url: dashboard.url });
      else cli.out(`The dashboard is at ${dashboard.url}\n`);
      if (args.open && !args.json) openInBrowser(dashboard.url, cli);
      if (!signal.aborted) await once(signal, 'abort');
    } finally {
      await dashboard.close();
    }
  },
});

// --- internal ---

function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`--port is "${text}"`, 'Expected a whole number, 0 to 65535.');
}

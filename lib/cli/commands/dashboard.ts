import { once } from 'node:events';
import { dashboardActions } from '../dashboard/actions.ts';
import { assetFolder } from '../dashboard/asset-folder.ts';
import { openInBrowser } from '../dashboard/browser.ts';
import { ownAnswer } from '../dashboard/own-answer.ts';
import * as common from '../command.ts';
import { trackerCommand } from '../command.ts';
import { UsageError } from '../arguments/usage-error.ts';
import { printJson } from '../output/json-output.ts';

/** `dashboard`: serves the dashboard until a signal ends it. */
export const dashboardCommand = trackerCommand({
  name: 'dashboard',
  summary: 'Show all of it in the browser, live: a page to leave open.',
  examples: ['pattern-tracker dashboard', 'pattern-tracker dashboard --port 0 --no-open'],
  details: `It shows who waits for you, what sessions did and what was recorded, and follows it as it happens. Only this machine
can reach it, and it changes nothing: with --actions, its pages have buttons for what is safe, such as sending now what waits
for the server. Each page is a URL; with \`?format=json\` it answers with its data, and lists do with \`?format=csv\`. It loads nothing
from the network. Ctrl-C ends it.`,
  json: '{url} when it is ready.',
  args: {
    port: { type: 'string', default: '8054', description: 'Port to listen on; 0 is any free one' },
    open: { type: 'boolean', default: true, description: 'Open no browser' },
    actions: { type: 'boolean', description: 'Have buttons for what is safe to do' },
    ...common.jsonArg,
  },
  async run(args, cli, commands) {
    const port = portOf(args.port);
    const [{ startDashboard }, { readRegistration }, { alertSources }] = await Promise.all([
      import('../../dashboard/dashboard.ts'),
      import('../../install/settings/registration.ts'),
      import('../alerts/alert-sources.ts'),
    ]);
    const signal = cli.interruption();
    const dashboard = await startDashboard({
      installation: {
        paths: cli.paths,
        env: cli.env,
        now: cli.now,
        registration: () => readRegistration(cli),
        alertSources: () => alertSources(cli),
        answer: (words) => ownAnswer(words, cli),
      },
      assets: assetFolder(cli.program),
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

import { HttpServer } from '../service/http/http-server.ts';
import { ChangeWatch } from './live/change-watch.ts';
import { actionDesk } from './server/actions.ts';
import type { Actions } from './server/actions.ts';
import { createDashboardApp } from './server/app.ts';
import { Assets } from './server/assets.ts';
import { Sources } from './server/sources.ts';
import type { Installation } from './server/sources.ts';

/** What a dashboard is started with. */
export interface DashboardOptions {
  readonly installation: Installation;
  /** The folder with the files for the browser, as the build wrote it. */
  readonly assets: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** What people may have it do; undefined for a dashboard that only shows. */
  readonly actions: Actions | undefined;
}

/** A dashboard that runs. */
export interface Dashboard {
  readonly url: string;
  /** Ends it; resolves when the port is closed. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the dashboard on this machine's loopback address, which nobody else can reach.
 *
 * @throws TrackerError E_PORT_IN_USE, E_LISTEN, E_DASHBOARD_FILES
 */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const sources = new Sources(options.installation);
  const watch = new ChangeWatch(sources);
  const assets = new Assets(options.assets);
  const actions = options.actions && actionDesk(options.actions);
  const app = createDashboardApp({ sources, assets, watch, actions });
  const server = new HttpServer(app, { host: '127.0.0.1', port: options.port });
  sources.health(); // so that the first page need not wait for it
  const url = await server.listen();
  return {
    url,
    close: async () => {
      watch.close(); // ends the streams, which would keep the server open
      await server.close(CLOSE_MS);
    },
  };
}

// --- internal ---

/** How long requests that were begun may take while it ends, in milliseconds. */
const CLOSE_MS = 1_000;

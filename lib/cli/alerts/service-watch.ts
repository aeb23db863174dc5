import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { AlertSender } from '../../alerts/alert-sender.ts';
import { AlertWatch } from '../../alerts/alert-watch.ts';
import { serviceFacts } from '../../alerts/service-facts.ts';
import type { ServiceFigures } from '../../alerts/service-facts.ts';
import { errorMessage } from '../../base/errors.ts';
import type { CliEnvironment } from '../environment.ts';
import { alertSources } from './alert-sources.ts';

/** How often the rules are judged, in milliseconds. */
const LOOK_MS = 60_000;
/** Over how many looks a service is judged. */
const LOOKS = 5;

/** A watch that runs beside a service. */
export interface ServiceWatch {
  /** Stops it, and waits for a look that is going on. */
  end(): Promise<void>;
}

/** Judges the rules of alerts once a minute while a service runs, if there is an installation that keeps their state. */
export async function watchService(
  cli: CliEnvironment,
  figures: () => Promise<ServiceFigures>,
): Promise<ServiceWatch> {
  if (!existsSync(cli.paths.data)) return { end: async () => {} };
  const seen: ServiceFigures[] = [await figures()];
  const { paths } = cli;
  let sender: AlertSender | undefined;
  const watch = new AlertWatch({
    machine: hostname(),
    clean: (text) => sender?.clean(text) ?? text,
    tell: async (message, config) => sender?.tell(message, config),
    sources: async () => {
      const now = await figures();
      const [first = now] = seen;
      seen.push(now);
      if (seen.length > LOOKS) seen.shift();
      return { ...alertSources(cli), service: serviceFacts(first, now) };
    },
  });
  const look = async () => {
    if (!existsSync(paths.data)) return; // uninstalled meanwhile
    const sources = alertSources(cli);
    sender = await AlertSender.open(sources);
    try {
      await watch.look({ isForced: true });
      await sender.send(sources.config.courier.config);
    } finally {
      await sender.close();
    }
  };
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) => cli.err(`warning: alerts: ${errorMessage(error)}\n`))
      .finally(() => (looking = undefined));
  }, LOOK_MS);
  return {
    async end() {
      clearInterval(timer);
      await looking;
    },
  };
}

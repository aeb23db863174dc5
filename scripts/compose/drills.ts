import { statSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { InvariantError } from '../../lib/base/errors.ts';
import { until } from '../../test/support/until.ts';
import type { Drill } from '../cluster/drill.ts';
import type { Composition } from './composition.ts';

/** What a team does to a running server, in the order in which it is tried. @param image the one to upgrade to */
export function composeDrills(image: string): readonly Drill<Composition>[] {
  return [
    {
      name: 'nothing',
      run: async (composition) => {
        await setTimeout(LET_IT_SHOW_MS);
        await until(
          async () => (await composition.scraped()) === 2,
          'Prometheus reads both replicas',
        );
      },
    },
    {
      name: 'upgrade from the previous image, one replica after the other',
      run: async (composition, load) => {
        for (const service of REPLICAS) {
          await composition.replace(service, image);
          await load.isAccepted();
          await setTimeout(PROXY_SEES_MS);
        }
      },
    },
    ...[...REPLICAS, 'database', 'proxy', 'prometheus'].map((service) => ({
      name: `restart of ${service}`,
      run: async (composition: Composition) => {
        await composition.restart(service);
        await setTimeout(LET_IT_SHOW_MS);
        if (service === 'prometheus')
          await until(
            async () => (await composition.scraped()) === 2,
            'Prometheus reads both replicas',
          );
      },
    })),
    {
      name: 'kill -9 of each replica in turn, and of PostgreSQL',
      run: async (composition, load) => {
        for (const service of [...REPLICAS, 'database']) {
          await composition.kill(service);
          await load.isAccepted();
          await composition.isHealthy(service);
          await setTimeout(PROXY_SEES_MS);
        }
      },
    },
    {
      name: 'a dump with deploy/backup-postgres.sh while events arrive',
      run: async (composition) => {
        if (statSync(await composition.backup()).size === 0)
          throw new InvariantError('the dump is empty');
      },
    },
    {
      name: 'all patterns deleted by mistake, and the dump restored',
      run: async (composition, load) => {
        await load.pause();
        const dump = await composition.backup();
        await composition.inside('database', ...PSQL, 'TRUNCATE events, patterns CASCADE');
        await composition.restore(dump);
        load.resume();
      },
    },
  ];
}

// --- internal ---

const REPLICAS = ['service-1', 'service-2'];
const PSQL = ['psql', '--username', 'tracker', '--command'];
/** What was stopped may only be noticed after some seconds. */
const LET_IT_SHOW_MS = 3_000;
/** Until the proxy has asked again whether a replica is ready: its health_interval, and a little. */
const PROXY_SEES_MS = 6_000;

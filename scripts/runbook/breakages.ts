import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suspend } from './installation.ts';
import type { Installation } from './installation.ts';

/** Something that is broken in another way than the runbook's own drills, and how the page mends it. */
export interface Breakage {
  readonly name: string;
  readonly make: (on: Installation) => void | Promise<void>;
  /** What somebody types who has read nothing but the page, in this order. */
  readonly typed: readonly string[];
  /** True for one in which hooks capture nothing: what Claude does meanwhile is lost. */
  readonly isBlind?: boolean;
}

/** Look first, then have it mended: the beginning of the page. */
const FIRST = ['pattern-tracker check', 'pattern-tracker recover --yes'];

/** Breakages for whoever wants to try the page on a person, or on a program. */
export const BREAKAGES: readonly Breakage[] = [
  {
    name: 'another program has written the settings anew, without hooks',
    make: ({ folder }) => writeFileSync(join(folder, '.claude', 'settings.json'), '{}\n'),
    typed: FIRST,
    isBlind: true,
  },
  {
    name: 'the courier hangs',
    make: async (on) => {
      await on.work();
      await suspend(() => on.courierPid);
    },
    typed: FIRST,
  },
  {
    name: 'a file of the program is empty',
    make: async (on) => {
      await on.stopCourier();
      truncateSync(join(on.paths.home, 'dist', 'courier.cjs'), 0);
    },
    typed: ['pattern-tracker check', 'npx claude-pattern-tracker@latest recover --yes'],
  },
  {
    name: 'somebody has mistyped a line of config.yaml',
    make: ({ paths: { configFile } }) =>
      writeFileSync(
        configFile,
        readFileSync(configFile, 'utf8').replace('  base_url:', ' base_url'),
      ),
    typed: FIRST,
  },
  {
    name: 'the address of the service has a wrong port',
    make: ({ paths: { configFile }, port }) =>
      writeFileSync(
        configFile,
        readFileSync(configFile, 'utf8').replace(`:${port}`, `:${port === 9 ? 7 : 9}`),
      ),
    typed: [
      ...FIRST,
      // "Drift" names api.base_url; the configuration review of Sunday says what brings the old one back.
      'pattern-tracker config restore',
      'pattern-tracker recover --yes',
    ],
  },
  {
    name: 'the disk has lost the database, and the service was ended',
    make: async (on) => {
      await on.settled();
      await on.mustRun('pattern-tracker backup');
      await on.stopCourier();
      for (const suffix of ['-wal', '-shm']) rmSync(on.paths.database + suffix, { force: true });
      truncateSync(on.paths.database, 0);
      await on.killService();
    },
    typed: FIRST,
  },
];

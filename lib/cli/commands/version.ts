import { VERSION } from '../../base/version.ts';
import { jsonArg, trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { printJson } from '../output/json-output.ts';

/** `version`, `--version`: what is running, and where. */
export const versionCommand = trackerCommand({
  name: 'version',
  summary: 'Show the version.',
  examples: ['pattern-tracker version', 'pattern-tracker version --json'],
  json: `{version, node, program, data, sqlite}: the versions of this program, Node.js and SQLite, the file that
runs, and the folder of what is recorded. sqlite is null when its module does not load, program and data are
null when they are not known.`,
  args: { ...jsonArg },
  async run({ json }, cli) {
    if (!json) {
      cli.out(`${VERSION}\n`);
      return;
    }
    const { sqliteVersion } = await import('../../store/database/sqlite.ts');
    printJson(cli, {
      version: VERSION,
      node: process.versions.node,
      program: cli.program ?? null,
      data: dataFolder(cli),
      sqlite: sqliteVersion(),
    });
  },
});

// --- internal ---

function dataFolder(cli: CliEnvironment): string | null {
  try {
    return cli.paths.data;
  } catch {
    return null; // no variable says where the home is, which is no reason to hide the version
  }
}

import type { Actions } from '../../dashboard/server/actions.ts';
import type { CommandList } from '../command.ts';
import { quietEnvironment } from '../environment.ts';
import type { CliEnvironment } from '../environment.ts';
import { reportFailure } from '../failure.ts';
import { runCommand } from '../run-command.ts';

/** What the dashboard's buttons do: each runs a command, and answers with what it prints. */
export function dashboardActions(cli: CliEnvironment, commands: CommandList): Actions {
  const run = async (command: string, words: readonly string[]) => {
    const { cli: quiet, printed } = quietEnvironment(cli);
    try {
      const exitCode = await runCommand(command, [...words], quiet, commands);
      return { ok: exitCode === 0, text: `${printed.out}${printed.err}`.trim() };
    } catch (error) {
      await reportFailure(error, quiet, { misuse: 2, isJson: false });
      return { ok: false, text: printed.err.trim() };
    }
  };
  return {
    flush: () => run('flush', []),
    'reset-breaker': ({ sink = '' }) =>
      run('breaker', ['reset', ...(sink ? [`--sink=${sink}`] : [])]),
    silence: ({ rule = '' }) => run('alerts', ['silence', '--for=1h', '--', rule]),
    unsilence: ({ rule = '' }) => run('alerts', ['unsilence', '--', rule]),
    acknowledge: () => run('status', ['--acknowledge']),
    'forget-preview': ({ project = '', session = '', until = '' }) =>
      run('forget', [
        ...(project ? [`--project=${project}`] : []),
        ...(session ? [`--session=${session}`] : []),
        ...(until ? [`--until=${until}`] : []),
        '--dry-run',
      ]),
  };
}

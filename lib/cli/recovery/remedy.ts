import { errorMessage } from '../../base/errors.ts';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { CommandList } from '../command.ts';
import { quietEnvironment } from '../environment.ts';
import type { CliEnvironment } from '../environment.ts';
import { runCommand } from '../run-command.ts';
import { awaitServed, endServed, startServed } from './served-service.ts';
import type { ServedService } from './served-service.ts';

/** What is done about a problem. */
export type Remedy =
  | {
      readonly kind: 'command';
      readonly command: readonly [string, ...string[]];
      /** Run if the first one fails. */
      readonly otherwise?: readonly [string, ...string[]] | undefined;
    }
  | { readonly kind: 'end'; readonly pid: number }
  /** A program of the system. */
  | { readonly kind: 'program'; readonly command: readonly [string, ...string[]] }
  /** Starts a service as it was started before; `former` is its process, which is ended first. */
  | {
      readonly kind: 'serve';
      readonly service: ServedService;
      readonly former: number | undefined;
    }
  /** Leaves a service to the process that keeps it running; `former` is what hangs, or is to be started again. */
  | {
      readonly kind: 'supervised';
      readonly port: number;
      readonly supervisor: number;
      readonly former: number | undefined;
    };

/** What was done. */
export interface Done {
  readonly command: string;
  readonly ok: boolean;
  /** The last line that it printed. */
  readonly said: string;
}

/** Does what a remedy says. */
export async function applyRemedy(
  remedy: Remedy,
  cli: CliEnvironment,
  commands: CommandList,
): Promise<Done> {
  const done = async (work: () => Promise<Omit<Done, 'command'>>): Promise<Done> => ({
    command: remedyText(remedy),
    ...(await work().catch((error: unknown) => ({ ok: false, said: errorMessage(error) }))),
  });
  switch (remedy.kind) {
    case 'command': {
      const first = await run(remedy.command, cli, commands);
      if (first.ok || !remedy.otherwise) return first;
      return await run(remedy.otherwise, cli, commands);
    }
    case 'end':
      return await done(async () => {
        process.kill(remedy.pid, 'SIGKILL');
        return { ok: true, said: 'the next event starts another courier' };
      });
    case 'program':
      return await done(async () => {
        const [program, ...words] = remedy.command;
        const { stdout } = await promisify(execFile)(program, words, { timeout: PROGRAM_MS });
        return { ok: true, said: lastLine(stdout) };
      });
    case 'serve':
      return await done(async () => {
        const { service, former } = remedy;
        if (former !== undefined) await endServed(service.port, former, cli);
        return await startServed(service, cli);
      });
    case 'supervised':
      return await done(async () => {
        const { port, former, supervisor } = remedy;
        // One that ends in order was stopped on purpose, and is not started again. What was acknowledged is on the disk.
        if (former !== undefined) process.kill(former, 'SIGKILL');
        return await awaitServed(port, { supervisor, former }, cli);
      });
  }
}

/** A remedy as a line that could be typed, or what is waited for. */
export function remedyText(remedy: Remedy): string {
  switch (remedy.kind) {
    case 'end':
      return `kill -9 ${remedy.pid}`;
    case 'program':
      return remedy.command.join(' ');
    case 'serve': {
      const start = `${commandLine(remedy.service.args)} &`;
      return remedy.former === undefined ? start : `kill ${remedy.former}; ${start}`;
    }
    case 'supervised': {
      const leave = `leave it to \`pattern-tracker supervise\`, pid ${remedy.supervisor}`;
      return remedy.former === undefined ? leave : `kill -9 ${remedy.former}, and ${leave}`;
    }
    case 'command': {
      const first = commandLine(remedy.command);
      return remedy.otherwise ? `${first}, or else ${commandLine(remedy.otherwise)}` : first;
    }
  }
}

// --- internal ---

const PROGRAM_MS = 60_000;

async function run(
  command: readonly [string, ...string[]],
  cli: CliEnvironment,
  commands: CommandList,
): Promise<Done> {
  const typed = commandLine(command);
  try {
    const [name, ...words] = command;
    const { cli: quiet, printed } = quietEnvironment(cli);
    const exitCode = await runCommand(name, words, quiet, commands);
    const said = lastLine(exitCode === 0 ? printed.out : printed.err || printed.out);
    return { command: typed, ok: exitCode === 0, said };
  } catch (error) {
    return { command: typed, ok: false, said: errorMessage(error) };
  }
}

function commandLine(command: readonly string[]): string {
  return ['pattern-tracker', ...command].join(' ');
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}

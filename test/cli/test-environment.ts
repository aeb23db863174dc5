import type { CliEnvironment } from '../../lib/cli/environment.ts';
import { main } from '../../lib/cli/main.ts';
import { NOW } from './sample-database.ts';
import type { Sample } from './sample-database.ts';

/** What a run of the program did. */
export interface Run {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** An environment made from nothing; what is written to it is kept. */
export function testEnvironment(
  sample: Pick<Sample, 'folder' | 'paths'>,
  overrides: Partial<CliEnvironment> = {},
): { cli: CliEnvironment; written: { out: string; err: string } } {
  const written = { out: '', err: '' };
  const cli: CliEnvironment = {
    env: { HOME: sample.folder, PATH: '/usr/bin:/bin' },
    cwd: sample.folder,
    paths: sample.paths,
    program: undefined,
    isTTY: false,
    isErrTTY: false,
    columns: 80,
    lines: 24,
    color: false,
    now: () => NOW,
    input: async () => '',
    out: (text) => void (written.out += text),
    written: async () => {},
    err: (text) => void (written.err += text),
    interruption: () => new AbortController().signal,
    ...overrides,
  };
  return { cli, written };
}

/** Runs the program, as if `argv` had been typed. */
export async function run(
  sample: Sample,
  argv: string,
  overrides: Partial<CliEnvironment> = {},
): Promise<Run> {
  const { cli, written } = testEnvironment(sample, overrides);
  const exitCode = await main(argv.split(' ').filter(Boolean), cli);
  return { exitCode, ...written };
}

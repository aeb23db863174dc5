import { cliEnvironment, refusesHome } from './environment.ts';
import { main } from './main.ts';

/**
 * Runs the program in this process and sets its exit code. A reader that closes the pipe (`… | head`) is
 * no error: the program ends silently with 0. If output cannot be written, for example because the disk
 * is full, it ends with 1 and one line on standard error.
 */
export async function runProgram(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.on('error', () => {}); // there is nowhere left to report it
    process.stderr.write(`error: E_OUTPUT: cannot write to standard output: ${error.message}\n`);
    process.exit(1);
  });
  const { home, words } = splitHome(argv);
  const cli = cliEnvironment(home);
  if (home === undefined && refusesHome(cli.env, cli.program)) cli.err(REFUSED);
  process.exitCode = await main(words, cli);
}

// --- internal ---

const REFUSED =
  'note: PATTERN_TRACKER_HOME does not count inside Claude Code, because a project can set it there; `pattern-tracker --home DIR COMMAND` does.\n';

/** `--home DIR` stands before the command, and is for every command. */
function splitHome(argv: readonly string[]): { home: string | undefined; words: string[] } {
  const [first = '', second, ...rest] = argv;
  if (first.startsWith('--home='))
    return { home: first.slice('--home='.length), words: argv.slice(1) };
  if (first === '--home' && second !== undefined) return { home: second, words: rest };
  return { home: undefined, words: [...argv] };
}

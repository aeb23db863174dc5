import { main } from './main.ts';

/**
 * Runs the program in this process and sets its exit code. A reader that has seen enough (`… | head`) is
 * no error and ends it quietly with 0; output that the system does not take, of a full disk, ends it with
 * 1 and one line.
 */
export async function runProgram(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    process.stderr.on('error', () => {}); // nowhere left to say so
    process.stderr.write(`error: E_OUTPUT: standard output takes nothing: ${error.message}\n`);
    process.exit(1);
  });
  process.exitCode = await main(argv);
}

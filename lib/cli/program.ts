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
  process.exitCode = await main(argv);
}

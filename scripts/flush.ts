// Sends what waits for the server: `pattern-tracker flush`, by itself. Its arguments are the same.
import { runProgram } from '../lib/cli/program.ts';

await runProgram(['flush', ...process.argv.slice(2)]);

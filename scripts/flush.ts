// `pattern-tracker flush` as a program of its own, with the same arguments.
import { runProgram } from '../lib/cli/program.ts';

await runProgram(['flush', ...process.argv.slice(2)]);

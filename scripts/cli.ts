// The program `pattern-tracker`: what a person runs to see what was recorded.
import { runProgram } from '../lib/cli/program.ts';

await runProgram(process.argv.slice(2));

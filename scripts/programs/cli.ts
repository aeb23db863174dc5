// The program `pattern-tracker`: the command line on what was recorded.
import { runProgram } from '../../lib/cli/program.ts';

void runProgram(process.argv.slice(2));

// The program `pattern-tracker`: what a person runs to see what was recorded.
import { main } from '../lib/cli/main.ts';

// `pattern-tracker … | head`: the reader has seen enough, that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await main(process.argv.slice(2));

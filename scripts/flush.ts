// Sends what waits for the server: `pattern-tracker flush`, by itself. Its arguments are the same.
import { main } from '../lib/cli/main.ts';

process.exitCode = await main(['flush', ...process.argv.slice(2)]);

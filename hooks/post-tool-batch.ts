// Fires after all tool calls of one turn; no other event shows calls that never ran. Writes the event's
// JSON to spool/new/.
import { runHook } from '../lib/capture/run.ts';

runHook(process.env, __dirname);

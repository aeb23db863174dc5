// Fires when Claude Code is about to ask whether a tool may be used. It decides nothing. Writes the event's JSON to spool/new/.
import { runHook } from '../lib/capture/run.ts';

runHook(process.env, __dirname);

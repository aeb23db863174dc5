// Fires when a tool call was denied. Writes the event's JSON to spool/new/.
import { runHook } from '../lib/capture/run.ts';

runHook(process.env, __dirname);

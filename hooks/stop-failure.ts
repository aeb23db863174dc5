// Fires when an error of the API ends a turn. Writes the event's JSON to spool/new/.
import { runHook } from '../lib/capture/run.ts';

runHook(process.env, __dirname);

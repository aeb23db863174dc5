// Fires before a tool runs, also before one that is then refused. Writes the event's JSON to spool/new/.
import { runHook } from '../lib/capture/run.ts';

runHook(process.env, __dirname);

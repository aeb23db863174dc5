// Fires when a work tree of git is removed. Writes the event's JSON to spool/new/.
import { runHook } from '../lib/capture/run.ts';

runHook(process.env, __dirname);

// Fires when a session starts, resumes, is cleared or compacted; sees to it that a courier runs. Writes the event's JSON to spool/new/.
import { runHook } from '../lib/capture/run.ts';

runHook(process.env, __dirname, { ensureCourier: true });

// Fires when a session ends; sees to it that a courier runs. Writes the event's JSON to spool/new/.
import { runHook } from '../lib/capture/run.ts';

runHook(process.env, __dirname, { ensureCourier: true });

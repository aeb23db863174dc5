// Fires when a session ends. Writes the event's JSON to spool/new/ and makes sure that a courier runs.
import { runHook } from '../lib/capture/run.ts';

runHook(process.env, __dirname, { ensureCourier: true });

import type { Check } from './check.ts';
import { captureKnown } from './capture.ts';
import * as claudeCode from './claude-code.ts';
import { commandFiles } from './command-files.ts';
import { contextRegistered } from './context.ts';
import { courierStartable } from './courier.ts';
import { databaseSound } from './database.ts';
import { hookFiles } from './hook-files.ts';
import { hookRuns } from './hook-runs.ts';
import * as runtime from './runtime.ts';
import * as spool from './spool.ts';
import * as storage from './storage.ts';
import * as surroundings from './surroundings.ts';

/** Every check, in the order of an event's way from Claude Code to the database. */
export const CHECKS: readonly Check[] = [
  { id: 'claude', title: 'Claude Code', run: claudeCode.claudeFound },
  { id: 'settings', title: 'Settings', run: claudeCode.settingsReadable },
  { id: 'hooks_allowed', title: 'Hooks allowed', run: claudeCode.hooksAllowed },
  { id: 'hooks_registered', title: 'Hooks registered', run: claudeCode.hooksRegistered },
  { id: 'registered_by', title: 'Registered by', run: claudeCode.registeredOnce },
  { id: 'hook_files', title: 'Hook files', run: hookFiles },
  { id: 'spool_writable', title: 'Spool writable', run: storage.spoolWritable },
  { id: 'node', title: 'Node.js', run: runtime.nodeFound },
  { id: 'native_module', title: 'Native module', run: runtime.nativeModule },
  { id: 'courier', title: 'Courier', run: courierStartable },
  { id: 'database', title: 'Database', run: databaseSound },
  { id: 'backlog', title: 'Spool', run: spool.backlog },
  { id: 'quarantine', title: 'Set aside', run: spool.quarantine },
  { id: 'drops', title: 'Dropped', run: spool.drops },
  { id: 'projects', title: 'Projects', run: spool.attempts },
  { id: 'permissions', title: 'Permissions', run: storage.permissions },
  { id: 'disk', title: 'Disk', run: storage.diskFree },
  { id: 'config', title: 'Config', run: surroundings.configValid },
  { id: 'capture', title: 'Kept', run: captureKnown },
  { id: 'context', title: 'Context', run: contextRegistered },
  { id: 'command_files', title: 'Command files', run: commandFiles },
  { id: 'path', title: 'On PATH', run: surroundings.onPath },
  { id: 'clock', title: 'Clock', run: surroundings.clockSane },
  // The last, because it makes an event, which none of the others shall see.
  { id: 'hook_runs', title: 'Hook runs', run: hookRuns },
];

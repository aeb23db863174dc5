import type { Check } from '../checks/check.ts';
import * as claudeCode from '../checks/claude-code.ts';
import { databaseSound } from '../checks/database.ts';
import * as runtime from '../checks/runtime.ts';
import * as spool from '../checks/spool.ts';
import { diskFree } from '../checks/storage.ts';
import { configValid } from '../checks/surroundings.ts';
import { AUDIT_CHECKS } from '../audit/audit-checks.ts';
import type { AuditFacts } from '../audit/audit-facts.ts';
import type { ChecklistFacts } from './checklist-facts.ts';
import * as deliveries from './deliveries.ts';
import * as expiry from './expiry.ts';
import * as safety from './safety.ts';
import * as services from './services.ts';

/** A check of a list. */
export type ChecklistCheck = Check<ChecklistFacts & AuditFacts>;

const SERVICES: readonly ChecklistCheck[] = [
  { id: 'health', title: 'Health', run: services.healthy },
  { id: 'recording', title: 'Recording', run: services.recordingOn },
  { id: 'native_module', title: 'Native module', run: runtime.nativeModule },
  { id: 'courier', title: 'Courier', run: services.courierWorks },
  { id: 'serve', title: 'Service', run: services.serviceAnswers },
  { id: 'store', title: 'Store', run: databaseSound },
  { id: 'sinks', title: 'Sinks', run: services.sinksWell },
  { id: 'api', title: 'API', run: services.apiHealthy },
];
const METRICS: readonly ChecklistCheck[] = [
  { id: 'success_rate', title: 'Success rate', run: deliveries.successRate },
  { id: 'breaker', title: 'Breaker', run: deliveries.breakersClosed },
  { id: 'slow', title: 'Slow requests', run: deliveries.noneSlow },
  { id: 'backlog', title: 'Backlog', run: deliveries.backlogMoves },
];
const DISK: ChecklistCheck = { id: 'disk', title: 'Disk', run: diskFree };
const PERFORMANCE: ChecklistCheck = {
  id: 'performance',
  title: 'Performance',
  run: deliveries.performance,
};
const CACHE: ChecklistCheck = { id: 'cache', title: 'Cache', run: deliveries.cacheRoom };
const BACKUP: ChecklistCheck = { id: 'backup', title: 'Last backup', run: safety.backedUp };
const CONFIG: ChecklistCheck = { id: 'config', title: 'Configuration', run: configValid };
const DRIFT: ChecklistCheck = { id: 'drift', title: 'Drift', run: safety.configKept };

/** What is looked at in the morning, in the evening, once a week and once a month, in this order. */
export const CHECKLISTS = {
  daily: [
    ...SERVICES,
    ...METRICS,
    { id: 'drops', title: 'Dropped', run: spool.drops },
    { id: 'quarantine', title: 'Set aside', run: spool.quarantine },
    { id: 'log_errors', title: 'Log', run: safety.logQuiet },
    DISK,
    { id: 'certificates', title: 'Certificates', run: expiry.certificatesValid },
    { id: 'tokens', title: 'Tokens', run: expiry.tokensValid },
    { id: 'completeness', title: 'Completeness', run: safety.complete },
    BACKUP,
    CONFIG,
    DRIFT,
  ],
  evening: [PERFORMANCE, ...METRICS, CACHE, DISK, DRIFT],
  weekly: [
    ...SERVICES,
    { id: 'log_size', title: 'Log files', run: safety.logBounded },
    CACHE,
    PERFORMANCE,
    CONFIG,
    DRIFT,
    BACKUP,
  ],
  monthly: [
    { id: 'hooks_registered', title: 'Hooks registered', run: claudeCode.hooksRegistered },
    { id: 'native_module', title: 'Native module', run: runtime.nativeModule },
    { id: 'store', title: 'Store', run: databaseSound },
    BACKUP,
    { id: 'completeness', title: 'Completeness', run: safety.complete },
    PERFORMANCE,
    ...AUDIT_CHECKS,
    { id: 'certificates', title: 'Certificates', run: expiry.certificatesValid },
    { id: 'tokens', title: 'Tokens', run: expiry.tokensValid },
    CONFIG,
    DRIFT,
  ],
} as const satisfies Readonly<Record<string, readonly ChecklistCheck[]>>;

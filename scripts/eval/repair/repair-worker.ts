// Repairs one database after the other for scripts/eval/repair.ts, which ends it if one takes too long.
import { errorCode, errorMessage } from '../../../lib/base/errors.ts';
import { stageRepair } from '../../../lib/store/maintenance/repair.ts';
import type { Repair } from '../../../lib/store/maintenance/repair.ts';

/** What the worker answers for each path that it gets. */
export type RepairAnswer =
  | { readonly repair: Omit<Repair, 'verification'> | undefined }
  | { readonly code: string; readonly message: string };

process.on('message', (damaged: string) => {
  process.send?.(answerOf(damaged));
});

function answerOf(damaged: string): RepairAnswer {
  try {
    return { repair: stageRepair({ damaged, database: damaged, acceptsLoss: true }) };
  } catch (error) {
    return { code: errorCode(error) ?? 'no code', message: errorMessage(error) };
  }
}

// The courier's second thread: reads, parses and redacts spool files, and removes them once they are
// stored. The courier starts it when there is a backlog; it does not touch the database.
import { unlinkSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { errorCode } from '../../lib/base/errors.ts';
import { openRedactor } from '../../lib/redact/own/open-redactor.ts';
import { ArrivalReader } from '../../lib/ingest/arrival.ts';
import type { Arrival } from '../../lib/ingest/arrival.ts';
import type { SpoolFile } from '../../lib/ingest/spool/spool-reader.ts';
import type {
  SpoolThreadAnswer,
  SpoolThreadData,
  SpoolThreadRequest,
} from '../../lib/ingest/spool/spool-thread.ts';

/** Larger files, in bytes, are left to the courier, so that only one thread holds such a file in memory. */
const MAX_FILE_BYTES = 256 * 1024;

const { limits, redaction, port, answers } = workerData as SpoolThreadData;
const opening = openRedactor(redaction).then(
  (redactor) => new ArrivalReader(redactor, { ...limits, isBacklog: true }),
);
void opening.then(() => parentPort?.postMessage('ready'));

port.on('message', async ({ kind, files }: SpoolThreadRequest) => {
  const reader = await opening; // requests stay in their order, because all of them wait for the same
  const answer: SpoolThreadAnswer =
    kind === 'read' ? files.map((file) => read(reader, file)) : files.map(remove);
  port.postMessage(answer);
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
});

// --- internal ---

function read(reader: ArrivalReader, file: SpoolFile): Arrival | null {
  if (file.size > MAX_FILE_BYTES) return null;
  try {
    const arrival = reader.read(file);
    return arrival === 'excluded' ? null : (arrival ?? null); // the courier counts what is excluded
  } catch {
    return null; // the courier reads it again and finds out why
  }
}

function remove({ path }: SpoolFile): 'removed' | null {
  try {
    unlinkSync(path);
    return 'removed';
  } catch (error) {
    return errorCode(error) === 'ENOENT' ? 'removed' : null;
  }
}

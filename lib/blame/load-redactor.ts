import type { TrackerPaths } from '../base/paths.ts';
import { ownRedaction } from '../config/config-file.ts';
import { openRedactor } from '../redact/own/open-redactor.ts';
import type { Redactor } from '../redact/redact.ts';

/**
 * The redactor of this installation, to compare the text of a file with what is stored.
 *
 * @throws TrackerError E_CONFIG when the user's own rules cannot be used
 */
export async function loadRedactor({ paths }: { readonly paths: TrackerPaths }): Promise<Redactor> {
  return openRedactor(await ownRedaction(paths));
}

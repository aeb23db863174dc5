import { TrackerError } from '../../base/errors.ts';

/**
 * Events wait while it is not known what may be kept of them: the defaults could keep what the user forbade.
 *
 * @throws TrackerError E_CONFIG
 */
export function checkPolicy({ policyError }: { readonly policyError: string | null }): void {
  if (policyError === null) return;
  throw new TrackerError('E_CONFIG', `what may be kept is not known: ${policyError}`, {
    hint: 'Correct the configuration; until then the events wait.',
  });
}

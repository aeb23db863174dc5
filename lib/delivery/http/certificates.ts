import { errorMessage, TrackerError } from '../../base/errors.ts';
import { readRegularFile } from '../../base/regular-file.ts';

/** The longest file of certificates, in bytes; that of a whole system has some 250,000. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The text of a file of certificates.
 *
 * @throws TrackerError E_CA_FILE when it cannot be read or holds none
 */
export function readCertificates(file: string): string {
  let text: string;
  try {
    text = readRegularFile(file, MAX_BYTES);
  } catch (error) {
    throw badCertificates(file, errorMessage(error).replace(`${file}: `, ''), error);
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw badCertificates(file, 'it holds no PEM certificate');
}

// --- internal ---

function badCertificates(file: string, why: string, cause?: unknown): TrackerError {
  return new TrackerError('E_CA_FILE', `${file}: ${why}`, {
    hint: 'api.ca_file names a PEM file with the certificates of your authority.',
    cause,
  });
}

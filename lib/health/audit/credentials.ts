import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { counted } from '../../base/amount-text.ts';
import { errorMessage, TrackerError } from '../../base/errors.ts';
import { bearerToken } from '../../delivery/http/bearer-token.ts';
import { fail, ok, warn } from '../checks/check.ts';
import type { CheckFinding } from '../checks/check.ts';
import { exposureOf, folderExposure } from '../checks/ownership/exposure.ts';
import type { AuditFacts } from './audit-facts.ts';
import { fileTree } from './file-tree.ts';
import { foundList } from './found-list.ts';
import { serviceUnits } from './service-files.ts';
import { searchSecrets, secretLineText } from './secret-search.ts';
import type { SecretSearch } from './secret-search.ts';

/** Configuration and settings hold no credential, or one that only the user can read. */
export function configSecrets(facts: AuditFacts): CheckFinding {
  const { paths, uid, installation } = facts;
  const settings = installation.registration.settings.flatMap(({ file }) => withBackups(file));
  const ours = [paths.configFile, paths.resilienceFile, paths.loggingFile];
  const files = [...ours, ...filesBelow(paths.configBackups), ...settings, ...serviceUnits(facts)];
  const search = searchSecrets(files);
  if (search.found.length === 0) return ok(nothingIn(search, files));
  const open = search.found.filter(
    ({ file }) => uid !== undefined && exposureOf(file, uid) !== undefined,
  );
  if (open.length > 0) {
    return fail(
      `others may read a credential: ${foundList(open.map(secretLineText))}`,
      'Run `chmod 600` on the file, and replace the credential: it may have been read.',
    );
  }
  return warn(
    `only you can read it, but there is a credential: ${foundList(search.found.map(secretLineText))}`,
    'Keep the token of a server in a file of its own, `token_file`, and name that in config.yaml.',
  );
}

/** No log holds a secret. */
export function logSecrets({ paths }: AuditFacts): CheckFinding {
  const files = filesBelow(paths.logs);
  const search = searchSecrets(files);
  if (search.found.length === 0) return ok(nothingIn(search, files));
  return fail(
    `a log holds what looks like a secret: ${foundList(search.found.map(secretLineText))}`,
    'Remove that file, and report what wrote the line: no log should hold one.',
  );
}

/** The quarantine holds files as they came. Secrets in them are there until somebody removes them. */
export function quarantineSecrets({ paths }: AuditFacts): CheckFinding {
  const files = filesBelow(paths.spoolBad);
  const search = searchSecrets(files);
  if (search.found.length === 0) return ok(nothingIn(search, files));
  const holding = new Set(search.found.map(({ file }) => file));
  return warn(
    `${counted(holding.size, 'file')} set aside with secrets in it: ${foundList(search.found.map(secretLineText))}`,
    `These files are kept as they came. Look at them, then remove them: ${paths.spoolBad}`,
  );
}

/** Nobody else can read, write or replace the files that hold tokens. */
export function tokenFiles({ config: { config }, uid }: AuditFacts): CheckFinding {
  const named = [config.api.token_file, config.otlp.token_file].filter((file) => file !== null);
  const files = [...new Set(named)];
  for (const file of files) {
    const mend = `Run: chmod 600 '${file}'`;
    const exposure = existsSync(file) && uid !== undefined ? exposureOf(file, uid) : undefined;
    if (exposure) return fail(exposure.text, mend);
    try {
      bearerToken({ token: null, tokenFile: file });
    } catch (error) {
      const hint = error instanceof TrackerError ? error.hint : undefined;
      return fail(errorMessage(error), hint ?? mend);
    }
    const folder = uid === undefined ? undefined : folderExposure(dirname(file), uid);
    if (folder) return fail(folder.text, `Run: chmod go-w '${dirname(file)}'`);
  }
  return ok(files.length === 0 ? 'none is configured' : files.join(', '));
}

// --- internal ---

function nothingIn({ unread }: SecretSearch, files: readonly string[]): string {
  const searched = files.filter((file) => existsSync(file)).length - unread.length;
  const left = unread.length === 0 ? '' : `; not searched: ${foundList(unread)}`;
  return `nothing that looks like one in ${counted(searched, 'file')}${left}`;
}

/** The newest first, because a search has a bound. */
function filesBelow(folder: string): string[] {
  return fileTree(folder)
    .filter(({ stats }) => !stats.isDirectory())
    .toSorted((one, other) => other.stats.mtimeMs - one.stats.mtimeMs)
    .map(({ path }) => path);
}

/** A settings file, and the copies of it that installing has made. */
function withBackups(file: string): string[] {
  const folder = dirname(file);
  const names = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  const copies = names.filter((name) => join(folder, name).startsWith(`${file}.backup-`));
  return [file, ...copies.map((name) => join(folder, name))];
}

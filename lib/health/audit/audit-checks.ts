import type { Check } from '../checks/check.ts';
import { attempts } from '../checks/spool.ts';
import type { AuditFacts } from './audit-facts.ts';
import * as credentials from './credentials.ts';
import * as integrity from './integrity.ts';
import * as files from './private-files.ts';
import * as surroundings from './surroundings.ts';

/** Every check of `audit`: who can get at the data, what changed, which credentials lie open, what leaves. */
export const AUDIT_CHECKS: readonly Check<AuditFacts>[] = [
  { id: 'data', title: 'Data', run: files.dataPrivate },
  { id: 'backups', title: 'Backups', run: files.backupsPrivate },
  { id: 'writable', title: 'Program and settings', run: files.programUnwritable },
  { id: 'parents', title: 'Folders above', run: files.parentsUnwritable },
  { id: 'links', title: 'Links', run: files.regularFiles },
  { id: 'program', title: 'Program unchanged', run: integrity.programUnchanged },
  { id: 'hooks', title: 'Hooks unchanged', run: integrity.hooksUnchanged },
  { id: 'config_secrets', title: 'Secrets in config', run: credentials.configSecrets },
  { id: 'log_secrets', title: 'Secrets in logs', run: credentials.logSecrets },
  { id: 'quarantine_secrets', title: 'Secrets set aside', run: credentials.quarantineSecrets },
  { id: 'token_files', title: 'Token files', run: credentials.tokenFiles },
  { id: 'transport', title: 'Encryption', run: surroundings.transport },
  { id: 'environment', title: 'Environment', run: surroundings.environment },
  { id: 'projects', title: 'Projects', run: attempts },
];

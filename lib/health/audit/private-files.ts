import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { counted } from '../../base/amount-text.ts';
import { fail, ok, warn } from '../checks/check.ts';
import type { CheckFinding } from '../checks/check.ts';
import { exposureOf, folderExposure } from '../checks/ownership/exposure.ts';
import type { AuditFacts } from './audit-facts.ts';
import { fileTree } from './file-tree.ts';
import type { TreeEntry } from './file-tree.ts';
import { foundList } from './found-list.ts';
import { serviceDatabase, serviceUnits } from './service-files.ts';

/** What is recorded is the user's alone. */
export function dataPrivate(facts: AuditFacts): CheckFinding {
  // It keeps the text of Claude Code's settings, which may hold keys.
  const manifest = fileTree(join(facts.paths.home, 'install.json'));
  const data = fileTree(facts.paths.data).filter(({ path }) => !isBackup(facts, path));
  const service = serviceDatabase(facts).flatMap((file) => fileTree(file));
  return privacy(facts, [...manifest, ...service, ...data]);
}

/** The copies of it are, too. */
export function backupsPrivate(facts: AuditFacts): CheckFinding {
  return privacy(
    facts,
    fileTree(facts.paths.data).filter(({ path }) => isBackup(facts, path)),
  );
}

/** Nobody else can change what runs, and how: the program, its configuration, Claude Code's settings. */
export function programUnwritable(facts: AuditFacts): CheckFinding {
  const { paths, uid, installation } = facts;
  if (uid === undefined) return UNKNOWN;
  const { pluginRoot, registration } = installation;
  const trees = [paths.home, ...(pluginRoot === undefined ? [] : [pluginRoot])];
  const program = trees
    .flatMap((tree) => fileTree(tree))
    .filter(({ path, stats }) => !isBelow(path, paths.data) && !stats.isSymbolicLink());
  const settings = registration.settings.map(({ file }) => file);
  const entries = [
    ...program,
    ...[paths.configFile, paths.resilienceFile, paths.loggingFile].flatMap(followed),
    ...[...settings, ...serviceUnits(facts)].flatMap(followed),
  ];
  const open = entries.flatMap(({ path, stats }) => {
    const exposure = exposureOf(path, stats.uid === 0 ? 0 : uid, stats);
    return exposure && exposure.kind !== 'readable' ? [exposure.text] : [];
  });
  if (open.length === 0) return ok(`${counted(entries.length, 'path')} that only you can change`);
  return fail(
    foundList(open),
    'Run `chmod go-w` on it, look at what it holds, and run `pattern-tracker install` again.',
  );
}

/** Nobody else can put another folder in the place of the home: by writing to one of the folders above it. */
export function parentsUnwritable({ paths, uid }: AuditFacts): CheckFinding {
  if (uid === undefined) return UNKNOWN;
  const found = [...foldersAbove([paths.home, paths.configFile])].flatMap(
    (folder) => folderExposure(folder, uid) ?? [],
  );
  const mend = 'Run `chmod go-w` on it: who can write there can replace what lies in it.';
  const texts = foundList(found.map(({ text }) => text));
  if (found.some(({ isCertain }) => isCertain)) return fail(texts, mend);
  if (found.length > 0) return warn(texts, `${mend} If you alone are in that group, all is well.`);
  return ok('only you and root can write there');
}

/** Where files and folders are expected are no links, FIFOs or devices, and the data has no second name. */
export function regularFiles(facts: AuditFacts): CheckFinding {
  const { home, data } = facts.paths;
  const odd: string[] = [];
  const moved: string[] = [];
  for (const { path, stats } of fileTree(home)) {
    if (path === home || path === join(home, 'node')) continue; // a link by choice, and one of ours
    if (stats.isFile() && stats.nlink > 1 && isBelow(path, data)) {
      odd.push(`${path} has another name elsewhere (a hard link)`);
    }
    if (stats.isFile() || stats.isDirectory()) continue;
    if (!stats.isSymbolicLink()) odd.push(`${path} is no file`);
    else if (isBelow(path, data) && path !== data) odd.push(`${path} is a link${leading(path)}`);
    else moved.push(`${path} is a link${leading(path)}`);
  }
  const mend =
    'Look who made it, then remove it; `pattern-tracker install` puts back what is ours.';
  if (odd.length > 0) return fail(foundList([...odd, ...moved]), mend);
  if (moved.length > 0) return warn(foundList(moved), `If you did not make it: ${mend}`);
  return ok('no link, FIFO or device among them');
}

// --- internal ---

const UNKNOWN = ok('not known on this system');

function privacy({ paths, uid }: AuditFacts, entries: readonly TreeEntry[]): CheckFinding {
  if (uid === undefined) return UNKNOWN;
  if (entries.length === 0) return ok('nothing there yet');
  const open = entries.flatMap(({ path, stats }) => {
    if (stats.isSymbolicLink()) return []; // its mode says nothing
    return exposureOf(path, uid, stats)?.text ?? [];
  });
  if (open.length === 0) return ok(`${counted(entries.length, 'path')} that only you can read`);
  return fail(
    foundList(open),
    `Run: chmod -R go-rwx '${paths.data}', and chmod 600 on the other files named.`,
  );
}

/** Copies of the database or of the configuration. */
function isBackup({ paths: { data, configBackups } }: AuditFacts, path: string): boolean {
  return (
    isBelow(path, configBackups) ||
    isBelow(path, join(data, 'backups')) ||
    /\.db\.(?:corrupt|before-restore)-[^/]*$/.test(path)
  );
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(join(folder, '/'));
}

/** Such a file may be a link, for example into dotfiles: what counts is the file. */
function followed(path: string): TreeEntry[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats ? [{ path, stats }] : [];
}

/** The folders above these paths, by their names and by where links lead. */
function foldersAbove(paths: readonly string[]): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (const start of [path, realOf(path)]) {
      for (let folder = dirname(start); !folders.has(folder); folder = dirname(folder)) {
        folders.add(folder);
      }
    }
  }
  return folders;
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function leading(link: string): string {
  return existsSync(link) ? ` to ${realOf(link)}` : ' that leads nowhere';
}

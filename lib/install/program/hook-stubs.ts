import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../atomic-file.ts';
import type { CaptureFront } from '../hook-command.ts';
import { walk } from './file-walk.ts';

/**
 * Puts programs that do nothing in the place of those that hooks run. A session of Claude Code calls to its end the hooks
 * it began with: what it calls must be there, silent, and exit with 0. Nothing tells when the last such session has ended,
 * since they may run in other containers, so these files stay.
 *
 * @param front the front whose hooks were registered; undefined when that is not known
 * @param hadContext whether a hook gave Claude notes
 * @returns their files, from `home`; only those that were there
 */
export function leaveStubs(
  home: string,
  front: CaptureFront | undefined,
  hadContext: boolean,
): readonly string[] {
  const scripts = front === 'node' ? [] : inOwnFolder(home, 'hooks', /^capture\.sh$/);
  const bundles = [
    ...(front === 'sh' ? [] : inOwnFolder(home, 'dist', /^hooks\/.*\.cjs$/)),
    ...(hadContext ? inOwnFolder(home, 'dist', /^context\.cjs$/) : []),
  ];
  for (const path of scripts) writeAtomically(join(home, path), SH_STUB, 0o700);
  for (const path of bundles) writeAtomically(join(home, path), NODE_STUB, 0o600);
  return [...scripts, ...bundles, ...(bundles.length > 0 ? ['node'] : [])]; // the link by which they are run
}

/** What to remove when nobody calls them any more. */
export function stubRoots(home: string, stubs: readonly string[]): readonly string[] {
  return [...new Set(stubs.map((path) => path.replace(/\/.*/, '')))].map((name) =>
    join(home, name),
  );
}

// --- internal ---

const WHY = [
  'Left by `pattern-tracker uninstall` for the sessions of Claude Code that were running then, which call it until they end.',
  'It does nothing. Once they have ended, it can be removed.',
];
const SH_STUB = `#!/bin/sh\n${WHY.map((line) => `# ${line}\n`).join('')}exit 0\n`;
const NODE_STUB = WHY.map((line) => `// ${line}\n`).join('');

/** The files of a folder whose paths match; none where it is a link, since what that leads to is somebody else's. */
function inOwnFolder(home: string, folder: string, wanted: RegExp): readonly string[] {
  if (!lstatSync(join(home, folder), { throwIfNoEntry: false })?.isDirectory()) return [];
  return walk(join(home, folder))
    .filter((path) => wanted.test(path))
    .map((path) => `${folder}/${path}`);
}

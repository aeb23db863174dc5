import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { hexDigest } from '../base/digest.ts';
import { writeAtomically } from './atomic-file.ts';

const registration = z.object({
  settingsFile: z.string(),
  scope: z.enum(['user', 'project', 'local']),
  /** The file's text before hooks of ours were in it; null where there was no file. */
  before: z.string().nullable(),
  /** SHA-256 of the file as it was left: as long as it fits, `before` can be restored as it is. */
  afterSha256: z.string(),
  events: z.array(z.string()),
});

const manifest = z.object({
  version: z.string(),
  node: z.string(),
  capture: z.enum(['sh', 'node']),
  installedAt: z.string(),
  /** The link on PATH that was made, null where none was. */
  link: z.string().nullable(),
  registrations: z.array(registration),
});

/** The hooks that were put into one settings file. */
export type Registration = Readonly<z.infer<typeof registration>>;

/** What an installation has done, so that it can be undone: `install.json` in its folder. */
export type InstallManifest = Readonly<z.infer<typeof manifest>>;

/** The manifest in `home`; undefined where there is none, or none that can be understood. */
export function readManifest(home: string): InstallManifest | undefined {
  try {
    return manifest.parse(JSON.parse(readFileSync(manifestPath(home), 'utf8')));
  } catch {
    return undefined; // uninstall then recognises our hooks by what they run
  }
}

/** Writes the manifest, readable for the user alone: settings hold keys. */
export function writeManifest(home: string, value: InstallManifest): void {
  const path = manifestPath(home);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeAtomically(path, `${JSON.stringify(value, null, 2)}\n`, 0o600);
}

/** Identifies the text of a settings file. */
export function settingsDigest(text: string): string {
  return hexDigest(text, 64);
}

// --- internal ---

function manifestPath(home: string): string {
  return join(home, 'install.json');
}

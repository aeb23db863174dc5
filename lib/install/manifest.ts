import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { hexDigest } from '../base/digest.ts';
import { readRegularFile } from '../base/regular-file.ts';
import { writeAtomically } from './atomic-file.ts';

const registeredHook = z.object({
  event: z.string(),
  matcher: z.string().optional(),
  hook: z.record(z.string(), z.unknown()),
});

const registration = z.object({
  settingsFile: z.string(),
  scope: z.enum(['user', 'project', 'local']),
  /** The text of the file before our hooks were added; null when there was no file. */
  before: z.string().nullable(),
  /** SHA-256 of the file as we left it: while it still matches, uninstalling restores `before`. */
  afterSha256: z.string(),
  events: z.array(z.string()),
  /** The hooks as they were registered; absent in a manifest of 0.1.0. */
  hooks: z.array(registeredHook).default([]),
});

const programFile = z.object({
  /** Relative to the installation's folder, with `/`. */
  path: z.string(),
  /** SHA-256 of what was written. */
  sha256: z.string(),
});

const shellFile = z.object({
  path: z.string(),
  /** SHA-256 of what was written: a file that differs is somebody else's by now. */
  sha256: z.string(),
});

const manifest = z.object({
  version: z.string(),
  node: z.string(),
  capture: z.enum(['sh', 'node']),
  installedAt: z.string(),
  /** The link on PATH that was made; null when none was. */
  link: z.string().nullable(),
  /** Completions and the man page; absent in a manifest of 0.1.0. */
  shellFiles: z.array(shellFile).default([]),
  /** The pages; absent in a manifest of 0.1.0. */
  pages: z.array(shellFile).default([]),
  /** Folders that were made for them and for the link; absent in a manifest of 0.1.0. */
  madeFolders: z.array(z.string()).default([]),
  /** The file in which our MCP server was registered; null where it was not. */
  mcpFile: z.string().nullable().default(null),
  /** The files of the program; absent in a manifest of 0.1.0. */
  files: z.array(programFile).default([]),
  registrations: z.array(registration),
});

/** The hooks that were added to one settings file. */
export type Registration = Readonly<z.infer<typeof registration>>;

/** A hook as it was registered. */
export type ManifestHook = Readonly<z.infer<typeof registeredHook>>;

/** A file that was put into a folder of a shell or of man. */
export type InstalledShellFile = Readonly<z.infer<typeof shellFile>>;

/** What an installation has done, so that it can be undone: `install.json` in its folder. */
export type InstallManifest = Readonly<z.infer<typeof manifest>>;

/** The manifest in `home`; undefined when there is none, or it cannot be parsed. */
export function readManifest(home: string): InstallManifest | undefined {
  try {
    return manifest.parse(JSON.parse(readRegularFile(manifestPath(home))));
  } catch {
    return undefined; // uninstalling then recognises our hooks by what they run
  }
}

/** Writes the manifest with mode 0600, because settings may hold keys. */
export function writeManifest(home: string, value: InstallManifest): void {
  const path = manifestPath(home);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeAtomically(path, `${JSON.stringify(value, null, 2)}\n`, 0o600);
}

/** The SHA-256 of a settings file's text, in hex. */
export function settingsDigest(text: string): string {
  return hexDigest(text, 64);
}

// --- internal ---

function manifestPath(home: string): string {
  return join(home, 'install.json');
}

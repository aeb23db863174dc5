import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

export const ROOT = resolve(import.meta.dirname, '../..');

export function deployText(path: string): string {
  return readFileSync(join(ROOT, 'deploy', path), 'utf8');
}

/** A YAML file of deploy/, as compose and Prometheus read it: with `<<`. */
export function deployYaml<T>(path: string): T {
  return parse(deployText(path), { merge: true }) as T;
}

/** The files below a folder of deploy/, as paths within deploy/. */
export function deployFiles(folder = '.'): string[] {
  return readdirSync(join(ROOT, 'deploy', folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(ROOT, 'deploy').length + 1))
    .toSorted();
}

export interface ComposeService {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly networks: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
  readonly deploy?: { readonly resources: { readonly limits: Readonly<Record<string, string>> } };
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

/** compose.yaml as it is read without an .env. */
export function compose(): Compose {
  const text = deployText('compose.yaml').replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
  return parse(text, { merge: true }) as Compose;
}

/** What a `job_name` of Prometheus says. */
export interface Scrapes {
  readonly rule_files: readonly string[];
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly authorization?: { readonly credentials_file: string };
    readonly static_configs?: readonly { readonly targets: readonly string[] }[];
  }[];
}

/** A checker that is not everybody's; tests that want it are skipped where it is missing. */
export function hasCommand(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name)));
}

/** Runs a checker, and answers what it printed. */
export function run(command: string, args: readonly string[], env: Record<string, string> = {}) {
  return execFileSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
}

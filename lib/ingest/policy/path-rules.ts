import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, resolve } from 'node:path';
import { LRUCache } from 'lru-cache';
import picomatch from 'picomatch';
import type { Config } from '../../config/config.ts';
import { DEFAULT_EXCLUDED_PATHS } from './excluded-paths.ts';
import { IgnorePatterns } from './ignore-patterns.ts';
import type { Budget } from './ignore-patterns.ts';
import { both, EXCLUDED, KEPT } from './kept.ts';
import type { Kept } from './kept.ts';
import { createTriggerScanner } from '../../redact/scan.ts';
import type { TriggerScanner } from '../../redact/scan.ts';

type Capture = Config['capture'];
type ProjectContent = Capture['projects'][number]['content'];

/** What the user's configuration says of paths. */
export class PathRules {
  readonly #home: string;
  readonly #excluded: RegExp | undefined;
  readonly #samples: readonly Sample[];
  readonly #projects: readonly { readonly paths: RegExp; readonly content: ProjectContent }[];
  readonly #known = new LRUCache<string, Kept>({ max: 2_000 });
  /** Finds what stands in every path that a rule is about; undefined where that cannot be told. */
  readonly #signs: TriggerScanner | undefined;

  /** `home` is the user's own folder, which `~` stands for. */
  constructor(capture: Capture, home: string) {
    const defaults = capture.default_exclude_paths ? DEFAULT_EXCLUDED_PATHS : [];
    const excluded = [...defaults, ...capture.exclude_paths];
    this.#home = home;
    this.#excluded = excluded.length > 0 ? matcherOf(excluded, home) : undefined;
    this.#samples = excluded.flatMap((pattern) => globsOf(pattern, home).flatMap(samplesOf));
    this.#projects = capture.projects.map(({ path, content }) => {
      return { paths: matcherOf([path], home), content };
    });
    const signs = excluded.flatMap((pattern) => globsOf(pattern, home).map(signOf));
    if (capture.projects.length > 0 || !signs.every((sign) => sign !== undefined)) return;
    const scanner = createTriggerScanner([...new Set([...signs, ...USER_NAMES])]);
    if (!hasHit(scanner, home)) this.#signs = scanner;
  }

  /**
   * False if no rule is about a path in this text, provided that none may concern the folder in which relative paths
   * are meant. It costs one pass over the text, however many paths that has. Only colours may hide a path from it.
   */
  mayConcern(text: string): boolean {
    return this.#signs === undefined || hasHit(this.#signs, text);
  }

  /** What the first entry says that matches one of the folders; undefined if none does. */
  projectContent(folders: readonly string[]): ProjectContent | undefined {
    return this.#projects.find(({ paths }) => folders.some((folder) => paths.test(slashed(folder))))
      ?.content;
  }

  /** What may be kept of a call on the file at an absolute path. */
  kept(path: string): Kept {
    const known = this.#known.get(path);
    if (known) return known;
    const content = this.projectContent([path]) ?? 'full';
    const byProject = content === 'none' ? EXCLUDED : KEPT[content];
    const kept = this.#excluded?.test(path) ? both(byProject, EXCLUDED) : byProject;
    this.#known.set(path, kept);
    return kept;
  }

  /** True for an absolute path with wildcards in it, as a shell knows them, that may stand for an excluded file. */
  isExcludedByGlob(glob: string, budget: Budget): boolean {
    const names = glob.toLowerCase().split('/');
    const patterns = names.map((name) => {
      if (!/[*?[]/.test(name)) return name;
      budget.left -= name.length * 10; // what it costs to read
      return new IgnorePatterns(`/${name}`);
    });
    const matches = (sample: string, at: number, isAnchored: boolean) => {
      const pattern = patterns[at];
      if (typeof pattern !== 'object') return pattern === sample;
      const name = names[at] ?? '';
      // As in a shell, a dot in front has to be named; and a bare wildcard is no sign of such a file.
      if (sample.startsWith('.') ? !/^[.[]/.test(name) : !isAnchored && /^[*?]+$/.test(name))
        return false;
      return pattern.ignores(sample, budget);
    };
    return this.#samples.some(({ parts, isAnchored, isEnding }) => {
      if (isEnding) {
        const dot = names.at(-1)?.lastIndexOf('.') ?? -1;
        const ending = names.at(-1)?.slice(dot) ?? '';
        return (
          dot > 0 &&
          !/^\.[*?]+$/.test(ending) &&
          new IgnorePatterns(`/${ending}`).ignores(parts[0] ?? '', budget)
        );
      }
      const last = isAnchored ? 0 : names.length - parts.length;
      for (let from = 0; from <= last; from += 1) {
        if (parts.every((part, index) => matches(part, from + index, isAnchored))) return true;
      }
      return false;
    });
  }

  /** The absolute path that a text means in `folder`; undefined for a text that cannot be a path. */
  absolute(text: string, folder: string | undefined): string | undefined {
    if (text === '' || text.length > MAX_PATH || /[\n\0]/.test(text)) return undefined;
    const path = text
      .replace(/^file:\/\//, '')
      .replace(HOMES, () => this.#home)
      .replace(/\$(?:USER|LOGNAME|USERNAME)(?=$|[/\\])|%USERNAME%/, () => basename(this.#home))
      .replaceAll('\\', '/');
    return slashed(resolve(folder !== undefined && isAbsolute(folder) ? folder : '/', path));
  }
}

// --- internal ---

/** A longer text is no path. */
const MAX_PATH = 4096;

/** The ways to write the user's folder; that of another user is taken for it. */
const HOMES =
  /^(?:~[\w.-]*|\$(?:HOME|USERPROFILE)|\$\{HOME\}|%(?:USERPROFILE|HOMEPATH)%)(?=$|[/\\])/i;

/**
 * {@link PathRules.absolute} replaces these also in the middle of a path. The result may hold a sign that the text itself
 * does not.
 */
const USER_NAMES = ['$user', '$logname', '%username%'];
/** A shorter part of a path stands in too many paths. */
const SHORTEST_SIGN = 3;

/**
 * A text that stands in every path which a glob matches, within the name of one file or folder and in small letters;
 * undefined where that is hard to tell.
 */
function signOf(glob: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- letters beyond ASCII have more than two cases
  if (/[\\"[\]{}()!+@|]|[^\0-\u007f]/.test(glob)) return undefined;
  return glob
    .toLowerCase()
    .split(/[/*?]+/)
    .findLast((part) => part.length >= SHORTEST_SIGN);
}

function hasHit(scanner: TriggerScanner, text: string): boolean {
  let isHit = false;
  scanner.scan(text, () => {
    isHit = true;
    return false;
  });
  return isHit;
}

/** An excluded file, by which a glob is tried: the parts of its path, or of the end of it, in small letters. */
interface Sample {
  readonly parts: readonly string[];
  /** True if the path begins at the root. */
  readonly isAnchored: boolean;
  /** True if there is one part, which is the end of a name, such as `.pem`. */
  readonly isEnding: boolean;
}

/** None for a pattern with other wildcards than stars. */
function samplesOf(glob: string): Sample[] {
  const path = glob
    .toLowerCase()
    .replace(/^\*\*\//, '')
    .replace(/(?<=[^/])\/\*\*$/, '');
  if (path === '' || /[?[\]{}()!+@|\\]|\*\*/.test(path)) return [];
  const isAnchored = path.startsWith('/');
  if (/^\*\.[^*/]+$/.test(path)) return [{ parts: [path.slice(1)], isAnchored, isEnding: true }];
  const parts = path.replaceAll('*', '').split('/');
  return [{ parts, isAnchored, isEnding: false }];
}

function matcherOf(patterns: readonly string[], home: string): RegExp {
  const sources = patterns.flatMap((pattern) => {
    const globs = globsOf(pattern, home).flatMap((glob) => [glob, `${glob}/**`]);
    return globs.map((each) => picomatch.makeRe(each, { dot: true }).source);
  });
  return new RegExp(sources.join('|'), 'i');
}

/** A pattern as globs of absolute paths: as it is written, and with links in its beginning followed. */
function globsOf(pattern: string, home: string): string[] {
  const path = pattern.replace(/(?<=.)\/+$/, '');
  const isHome = /^~(?:\/|$)/.test(path);
  if (!isHome && !/^(?:\/|[A-Za-z]:)/.test(path)) {
    return [path.startsWith('**/') ? path : `**/${path}`];
  }
  const names = (isHome ? path.slice(1) : path).split('/');
  const plain = names.findIndex((name) => /[*?[\]{}()!+@\\]/.test(name));
  const length = plain === -1 ? names.length : plain;
  const base = (isHome ? slashed(home) : '') + names.slice(0, length).join('/');
  const rest = names.slice(length).map((name) => `/${name}`);
  const bases = new Set([base, followed(base)].map((each) => each.replace(/\/$/, '')));
  return [...bases].map((each) => escapeGlob(each) + rest.join('') || '/**');
}

/** The path with links followed as far as it exists: Claude Code names a folder without links. */
function followed(path: string): string {
  for (let inner = path; dirname(inner) !== inner; inner = dirname(inner)) {
    try {
      return slashed(realpathSync(inner)) + path.slice(inner.length);
    } catch {
      continue; // the rest of the path does not exist yet
    }
  }
  return path;
}

function slashed(path: string): string {
  return path.replaceAll('\\', '/');
}

function escapeGlob(path: string): string {
  return path.replaceAll(/[\\*?[\]{}()!+@|]/g, String.raw`\$&`);
}

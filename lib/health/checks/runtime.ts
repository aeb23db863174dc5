import { execFile } from 'node:child_process';
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { promisify } from 'node:util';
import { SQLITE_PROBE } from '../../store/database/sqlite-probe.ts';
import type { CheckFacts } from './check-facts.ts';
import { fail, INSTALL, nodeLink, noBundle, ok, SETUP, warn } from './check.ts';
import type { CheckFinding } from './check.ts';

/** The oldest Node.js that package.json accepts. */
const MINIMUM = [20, 19] as const;
const NEWER_NODE = 'Install Node.js 20.19 or newer.';
/** How long Node.js may take to answer, in milliseconds. */
const CHILD_MS = 10_000;

/** The Node.js that starts the courier is new enough. It is the link beside the program, else the one on PATH. */
export async function nodeFound(facts: CheckFacts): Promise<CheckFinding> {
  const { env, installation } = facts;
  const link = nodeLink(facts);
  const isLinked = existsSync(link);
  const isDangling = !isLinked && lstatSync(link, { throwIfNoEntry: false }) !== undefined;
  const answer = await child(isLinked ? link : 'node', ['--version'], env);
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(answer.stdout) ?? [];
  const version = answer.stdout.trim();
  const isPlugin = installation.pluginRoot !== undefined;
  const newer = isPlugin ? NEWER_NODE : `${NEWER_NODE} ${INSTALL}`;
  if (major === undefined) {
    return fail(
      isLinked
        ? `${link} does not run: ${answer.problem}`
        : 'no Node.js in the home and none on PATH',
      newer,
    );
  }
  if (Number(major) < MINIMUM[0] || (Number(major) === MINIMUM[0] && Number(minor) < MINIMUM[1])) {
    return fail(`${version} is too old`, newer);
  }
  if (isDangling) {
    const mend = isPlugin ? "Run `npm run build` again in the plugin's clone." : INSTALL;
    return warn(`${link} leads nowhere; ${version} on PATH is used`, mend);
  }
  return ok(isLinked ? `${version}, ${realpathSync(link)}` : `${version}, on PATH`);
}

/** The native module loads in that Node.js and opens a database. */
export async function nativeModule(facts: CheckFacts): Promise<CheckFinding> {
  const { env, installation } = facts;
  const { courier, pluginRoot } = installation;
  if (courier === undefined) return noBundle(facts);
  const link = nodeLink(facts);
  const mend = pluginRoot === undefined ? INSTALL : SETUP;
  const answer = await child(
    existsSync(link) ? link : 'node',
    ['-e', SQLITE_PROBE, realpathSync(courier)],
    env,
  );
  if (answer.problem === undefined) return ok(`SQLite ${answer.stdout.trim()}`);
  if (OTHER_BUILD.test(answer.stderr)) {
    return fail('better-sqlite3 was built for another Node.js or another machine', mend);
  }
  if (/MODULE_NOT_FOUND|bindings file/.test(answer.stderr)) {
    return fail('better-sqlite3 is not there, or was never built', mend);
  }
  return fail(`better-sqlite3 does not open a database: ${answer.problem}`, mend);
}

// --- internal ---

const OTHER_BUILD =
  /OTHER_VERSION|NODE_MODULE_VERSION|ERR_DLOPEN_FAILED|invalid ELF|wrong architecture/;

interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  /** Undefined when it ended well. */
  readonly problem: string | undefined;
}

async function child(
  file: string,
  args: readonly string[],
  env: CheckFacts['env'],
): Promise<Answer> {
  // The courier starts without NODE_OPTIONS, too.
  const { NODE_OPTIONS: _, ...clean } = env;
  try {
    const { stdout, stderr } = await promisify(execFile)(file, args, {
      timeout: CHILD_MS,
      env: clean,
      windowsHide: true,
    });
    return { stdout, stderr, problem: undefined };
  } catch (error) {
    const { stdout = '', stderr = '', message = '' } = error as Partial<Answer & Error>;
    const line =
      stderr.split('\n').find((text) => /^\w*Error\b/.test(text)) ?? message.split('\n')[0];
    return { stdout, stderr, problem: line?.trim() || 'it did not answer' };
  }
}

import { existsSync, statSync } from 'node:fs';
import { lookup } from 'node:dns/promises';
import { join } from 'node:path';
import { counted } from '../../base/amount-text.ts';
import { errorMessage } from '../../base/errors.ts';
import { newestGoodBackup } from '../../config/config-backup.ts';
import type { LoadedConfig } from '../../config/config-file.ts';
import type { ProxySettings } from '../../delivery/http/proxy-settings.ts';
import { configuredSinks } from '../../delivery/sinks.ts';
import { newestBackup } from '../../health/checklist/checklist-facts.ts';
import { diskFree } from '../../health/checks/storage.ts';
import { gatherFacts } from '../../health/health-facts.ts';
import type { HealthFacts } from '../../health/health-facts.ts';
import { probeSinks } from '../../health/sink-probes.ts';
import { factsOf } from '../../health/stored-facts.ts';
import { readManifest } from '../../install/manifest.ts';
import { programDifference } from '../../install/program/program-files.ts';
import { readRegistration } from '../../install/settings/registration.ts';
import { isCutToNothing } from '../../store/database/database.ts';
import { verifyDatabase } from '../../store/maintenance/verify.ts';
import type { CliEnvironment } from '../environment.ts';
import type { Remedy } from './remedy.ts';
import { serviceRemedy } from './service-remedy.ts';
import type { ServiceRemedy } from './service-remedy.ts';

/** What may have happened: everything is down, the database is damaged, or the server cannot be reached. */
export const SCENARIOS = ['failure', 'corruption', 'partition'] as const;
/** One of {@link SCENARIOS}. */
export type Scenario = (typeof SCENARIOS)[number];

/** Something that is broken. */
export interface Problem {
  readonly id: string;
  readonly found: string;
  /** Undefined for what only a person can do. */
  readonly remedy: Remedy | undefined;
  /** What else helps: for a person, or if the remedy fails. */
  readonly hint: string;
}

/** What the user knows. */
export interface DiagnosisOptions {
  readonly scenario: Scenario;
  /** A backup of the database; undefined for the newest that is known. */
  readonly backup: string | undefined;
  readonly config: LoadedConfig;
  readonly proxy: ProxySettings;
  /** True: a service on this machine shall be started again even though it is well. */
  readonly restarts: boolean;
}

/** Finds what is broken, in the order in which it has to be mended. Changes nothing. */
export async function diagnose(cli: CliEnvironment, options: DiagnosisOptions): Promise<Problem[]> {
  const { scenario, backup, config } = options;
  const facts = gatherFacts(cli, { registration: readRegistration(cli) });
  const backupUntil = (at?: number) => backup ?? newestBackup(cli, at)?.path;
  const problems: Problem[] = await diskProblems(cli);
  if (scenario === 'failure') {
    problems.push(...programProblems(cli, facts), ...configProblems(cli, config));
  }
  if (scenario !== 'partition') {
    problems.push(...databaseProblems(cli, facts, backupUntil), ...courierProblems(facts));
  }
  if (scenario === 'partition' && config.courier.error !== null) {
    problems.push(...configProblems(cli, config)); // it names the server
  }
  if (scenario !== 'corruption') problems.push(...(await deliveryProblems(cli, facts, options)));
  return problems;
}

// --- internal ---

/** A full disk: what else is found may be for want of room, and nothing can be mended before there is some. */
async function diskProblems({ paths }: CliEnvironment): Promise<Problem[]> {
  const disk = await diskFree({ paths });
  if (disk.status !== 'fail') return [];
  const found = `the disk is full: ${disk.found}`;
  return [{ id: 'disk', found, remedy: undefined, hint: disk.mend }];
}

function programProblems({ paths }: CliEnvironment, { recording }: HealthFacts): Problem[] {
  const install = { kind: 'command', command: ['install', '--no-test'] } as const;
  const hint = 'Run `npx claude-pattern-tracker install`.';
  const byPlugin = recording.state === 'on' && recording.by.some((by) => by.startsWith('plugin'));
  if (!byPlugin && !existsSync(join(paths.home, 'dist', 'courier.cjs'))) {
    return [{ id: 'program', found: `no program is in ${paths.home}`, remedy: install, hint }];
  }
  if (recording.state === 'on') return byPlugin ? [] : fileProblems(paths.home, install);
  const isMissing = recording.hint.includes('install'); // else somebody has switched it off
  return [
    {
      id: 'recording',
      found: `nothing is recorded: ${recording.why}`,
      remedy: isMissing ? install : undefined,
      hint: recording.hint,
    },
  ];
}

/** Files of the program that are not as they were installed: a courier that runs still has those it has read. */
function fileProblems(home: string, remedy: Remedy): Problem[] {
  const { changed, missing } = programDifference(home, readManifest(home)?.files ?? []);
  const [first] = [...missing, ...changed];
  if (first === undefined) return [];
  const found = `${counted(missing.length, 'file')} of the program in ${home} missing, ${changed.length} changed, such as ${first}`;
  const hint = 'Run `npx claude-pattern-tracker install`.';
  return [{ id: 'program', found, remedy, hint }];
}

function configProblems({ paths }: CliEnvironment, { courier }: LoadedConfig): Problem[] {
  const backup = newestGoodBackup(paths);
  const { configFile } = paths;
  const hint = 'Correct the file; `pattern-tracker config check` names the line.';
  const remedy =
    backup && ({ kind: 'command', command: ['config', 'restore', backup.name] } as const);
  if (courier.error !== null) {
    return [{ id: 'config', found: `the configuration is broken: ${courier.error}`, remedy, hint }];
  }
  if (existsSync(configFile) || !backup || !existsSync(backup.files.configFile)) return [];
  return [{ id: 'config', found: `no configuration is at ${configFile}`, remedy, hint }];
}

function databaseProblems(
  { paths }: CliEnvironment,
  { stored }: HealthFacts,
  backupUntil: (at?: number) => string | undefined,
): Problem[] {
  const { database } = paths;
  const backup = backupUntil();
  const restore = backup && (['restore', backup, '--yes'] as const);
  const hint = `Make room or rights, if that is what is missing, or name another backup: --backup FILE.`;
  if (!existsSync(database)) {
    if (!restore) return []; // nothing was ever recorded, or nothing is left of it
    const remedy = { kind: 'command', command: restore } as const;
    return [{ id: 'database', found: `there is no ${database}`, remedy, hint }];
  }
  const repair = ['repair', '--yes'] as const;
  const remedy = { kind: 'command', command: repair, otherwise: restore || undefined } as const;
  const fault = faultOf(database);
  if (fault !== undefined) {
    return [{ id: 'database', found: `${database} is damaged: ${fault}`, remedy, hint }];
  }
  const before = stored.content.value?.setAside;
  if (!before || !existsSync(before.path)) return [];
  const found = `a damaged database was set aside as ${before.path}: ${before.reason}`;
  // `restore` would lose what was recorded since, and a backup that was made since has nothing of what was before.
  const earlier = backupUntil(before.at);
  const otherwise = earlier ? (['repair', earlier, '--yes'] as const) : undefined;
  return [{ id: 'set_aside', found, remedy: { ...remedy, otherwise }, hint }];
}

function faultOf(database: string): string | undefined {
  // One that was only begun is no damage: the next courier goes on with it.
  if (statSync(database).size === 0) return isCutToNothing(database) ? 'it is empty' : undefined;
  try {
    return verifyDatabase(database, { isQuick: true }).findings[0]?.message;
  } catch (error) {
    return errorMessage(error);
  }
}

function courierProblems({ courier }: HealthFacts): Problem[] {
  const { status, pid, reason, hint } = courier;
  if (status !== 'stalled' && status !== 'degraded') return [];
  return [
    {
      id: 'courier',
      found: `the courier is ${status}: ${reason ?? 'it gives no reason'}`,
      // One that is degraded goes on by itself once the reason is gone.
      remedy: status === 'stalled' && pid !== null ? { kind: 'end', pid } : undefined,
      hint: hint ?? 'Run `pattern-tracker doctor`.',
    },
  ];
}

async function deliveryProblems(
  cli: CliEnvironment,
  { stored }: HealthFacts,
  { config: { config }, proxy, restarts }: DiagnosisOptions,
): Promise<Problem[]> {
  const probes = await probeSinks(config, { now: cli.now, proxy });
  const problems: Problem[] = [];
  for (const sink of configuredSinks(config)) {
    const { breaker, outbox } = factsOf(sink, stored.delivery.value);
    const probe = probes.get(sink);
    if (probe && !probe.isWell) {
      const address = sink.address(config) ?? '';
      const found = `the ${sink.noun} at ${address} is not well: ${probe.detail}`;
      const away = probe.latencyMs === undefined ? await awayRemedy(cli, address) : undefined;
      const { remedy, hint } = away ?? {
        remedy: undefined,
        hint: `If ${address} is the right address (api.base_url), look at the log of the server.`,
      };
      problems.push({ id: 'server', found, remedy, hint });
      continue; // there is no use in sending anything
    }
    const again = restarts && probe ? serviceRemedy(cli, sink.address(config) ?? '') : undefined;
    if (again) {
      problems.push({ id: 'server', found: `the ${sink.noun} is to be started again`, ...again });
      continue;
    }
    if (breaker.phase !== 'closed') {
      problems.push({
        id: 'breaker',
        found: `the circuit of the ${sink.noun} is ${breaker.phase.replace('_', ' ')}: ${breaker.reason}`,
        remedy: { kind: 'command', command: ['breaker', 'reset', '--sink', sink.name] },
        hint: 'Run `pattern-tracker breaker`.',
      });
    }
    if (outbox.waiting > 0) {
      problems.push({
        id: 'outbox',
        found: `${counted(outbox.waiting, 'event')} wait for the ${sink.noun}`,
        remedy: { kind: 'command', command: ['flush', '--sink', sink.name] },
        hint: 'Run `pattern-tracker outbox list`: it has what the server answered.',
      });
    }
  }
  return problems;
}

/** How a server that cannot be reached is started; or, for one elsewhere, where the way to it ends. */
async function awayRemedy(cli: CliEnvironment, address: string): Promise<ServiceRemedy> {
  const here = serviceRemedy(cli, address);
  if (here) return here;
  const { hostname } = new URL(address);
  try {
    const { address: ip } = await lookup(hostname.replaceAll(/^\[|\]$/g, ''));
    const hint = `${hostname} is ${ip}. Nothing answers there: look at the network, a firewall, and the server.`;
    return { remedy: undefined, hint };
  } catch (error) {
    const hint = `The name ${hostname} cannot be resolved (${errorMessage(error)}): look at the network and DNS.`;
    return { remedy: undefined, hint };
  }
}

// `npm run demo`: shows what happens to events while their server is down, hangs, answers 503 and comes
// back. Real payloads go through the real hook, into a throwaway home and to a server on loopback; the
// demo removes everything at the end. Exit code 0 if every event arrived, and none was duplicated.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pc from 'picocolors';
import { TrackerError } from '../lib/base/errors.ts';
import { trackerPaths } from '../lib/base/paths.ts';
import type { TrackerPaths } from '../lib/base/paths.ts';
import { courierLives } from '../lib/capture/courier-hint.ts';
import { parseBreakerState } from '../lib/delivery/breaker/stored-breaker.ts';
import { openDatabaseForReading } from '../lib/store/database/database.ts';
import { outboxTotals } from '../lib/delivery/store/outbox-totals.ts';
import { LINEAGE } from '../lib/delivery/lineage/lineage-sink.ts';
import { FaultyApi } from '../test/support/faulty-api.ts';
import type { Behaviour } from '../test/support/faulty-api.ts';

const PAYLOAD = 'test/fixtures/payloads/post-tool-use.write.json';
const SCENE_MS = 4_000;
const TICK_MS = 100;
/** How long the remaining events may take to arrive after the last scene, in milliseconds. */
const END_MS = 25_000;

interface Scene {
  readonly title: string;
  readonly isUp: boolean;
  readonly behaviour: Behaviour;
}

const SCENES: readonly Scene[] = [
  { title: 'the server is healthy', isUp: true, behaviour: { kind: 'well' } },
  { title: 'the server is down', isUp: false, behaviour: { kind: 'well' } },
  { title: 'it accepts but never answers', isUp: true, behaviour: { kind: 'hang' } },
  { title: 'it answers 503', isUp: true, behaviour: { kind: 'status', status: 503 } },
  { title: 'it answers too late', isUp: true, behaviour: { kind: 'late', ms: 700 } },
  { title: 'it is back', isUp: true, behaviour: { kind: 'well' } },
];

interface Stage {
  readonly folder: string;
  readonly paths: TrackerPaths;
  readonly server: FaultyApi;
  sent: number;
  slowestMs: number;
}

interface Glance {
  readonly waiting: number;
  readonly breaker: string;
}

process.exitCode = await main();

// --- internal ---

async function main(): Promise<number> {
  execFileSync('npm', ['run', '-s', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const folder = mkdtempSync(join(tmpdir(), 'pattern-tracker-demo-'));
  const paths = trackerPaths(join(folder, '.claude', 'hooks', 'pattern-tracker'));
  const server = await new FaultyApi().up();
  const stage: Stage = { folder, paths, server, sent: 0, slowestMs: 0 };
  try {
    mkdirSync(paths.home, { recursive: true });
    symlinkSync(process.execPath, join(paths.home, 'node')); // as the installer does
    writeFileSync(paths.configFile, config(server.url));
    say('Claude writes, the hook records, the courier delivers.\n');
    for (const scene of SCENES) await play(scene, stage);
    return await conclude(stage);
  } finally {
    await endCourier(paths);
    await server.down();
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

async function endCourier({ courierHint }: TrackerPaths): Promise<void> {
  const pid = courierLives(courierHint);
  if (pid === undefined) return;
  process.kill(pid, 'SIGTERM');
  for (let looks = 0; looks < 100 && courierLives(courierHint) === pid; looks++)
    await setTimeout(50);
}

/** Short waits, so that half a minute shows what normally takes an hour. */
function config(url: string): string {
  return `api: { base_url: '${url}' }
pattern_tracking: { timeout: 0.5, batch_size: 20 }
resilience:
  circuit_breaker: { recovery_timeout: 2, failure_threshold: 3 }
  retry: { base_delay: 0.2, max_delay: 2 }
`;
}

async function play(scene: Scene, stage: Stage): Promise<void> {
  stage.server.behaviour = scene.behaviour;
  if (scene.isUp) await stage.server.up();
  else await stage.server.down();
  const end = Date.now() + SCENE_MS;
  while (Date.now() < end) {
    capture(stage);
    show(scene.title, stage);
    await setTimeout(TICK_MS);
  }
  show(scene.title, stage, true);
}

/** Sends one event through the hook, as Claude Code runs it. */
function capture(stage: Stage): void {
  const payload = JSON.parse(readFileSync(PAYLOAD, 'utf8')) as {
    tool_use_id: string;
    tool_input: { file_path: string; content: string };
  };
  stage.sent += 1;
  payload.tool_use_id = `toolu_demo_${stage.sent}`;
  payload.tool_input.content = `export const thing = ${stage.sent};\n`;
  const startedAt = performance.now();
  const { status } = spawnSync(resolve('hooks/capture.sh'), [], {
    env: { HOME: stage.folder, PATH: process.env['PATH'] },
    input: JSON.stringify(payload),
  });
  if (status !== 0) throw new TrackerError('E_DEMO', `the hook exited with ${status}`);
  stage.slowestMs = Math.max(stage.slowestMs, performance.now() - startedAt);
}

async function conclude(stage: Stage): Promise<number> {
  const end = Date.now() + END_MS;
  while (stage.server.events.size < stage.sent && Date.now() < end) {
    show('the rest arrives', stage);
    await setTimeout(TICK_MS);
  }
  show('the rest arrives', stage, true);
  const lost = stage.sent - stage.server.events.size;
  const repeated = stage.server.received.length - stage.server.events.size;
  const doubled =
    [...stage.server.events.values()].length - new Set(stage.server.events.keys()).size;
  say('');
  say(
    `recorded ${stage.sent}, received ${stage.server.events.size}, lost ${lost}, duplicated ${doubled}`,
  );
  say(
    pc.dim(
      `${repeated} arrived twice because the first answer was lost; the server recognises them by event_id. ` +
        `The slowest hook took ${stage.slowestMs.toFixed(0)} ms.`,
    ),
  );
  return lost === 0 && doubled === 0 ? 0 : 1;
}

function glance({ paths }: Stage): Glance {
  try {
    const database = openDatabaseForReading(paths.database);
    if (!database) return { waiting: 0, breaker: 'closed' };
    try {
      const state = database
        .prepare<[string], string>('SELECT state FROM breakers WHERE sink = ?')
        .pluck()
        .get(LINEAGE.name);
      const { waiting } = outboxTotals(database, LINEAGE.name);
      return { waiting, breaker: parseBreakerState(state).phase.replace('_', ' ') };
    } finally {
      database.close();
    }
  } catch {
    return { waiting: 0, breaker: 'closed' }; // the courier is just creating the database
  }
}

/** Shows a line: overwritten by the next one on a terminal, else printed once per scene. */
function show(title: string, stage: Stage, isLast = false): void {
  if (!process.stdout.isTTY && !isLast) return;
  const { waiting, breaker } = glance(stage);
  const circuit = breaker === 'closed' ? pc.green(breaker) : pc.red(breaker);
  const line = [
    pc.bold(title.padEnd(30)),
    `recorded ${String(stage.sent).padStart(4)}`,
    `waiting ${String(waiting).padStart(4)}`,
    `received ${String(stage.server.events.size).padStart(4)}`,
    `circuit ${circuit}`,
  ].join('   ');
  process.stdout.write(
    process.stdout.isTTY ? `\r\u001B[2K${line}${isLast ? '\n' : ''}` : `${line}\n`,
  );
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

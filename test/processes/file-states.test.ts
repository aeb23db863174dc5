// What is known of files, with a courier that is killed and a spool that comes twice.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileStateRows } from '../../lib/store/maintenance/states/file-state-rows.ts';
import { openDatabase, openDatabaseForReading } from '../../lib/store/database/database.ts';
import { times } from '../support/depth.ts';
import { payload, TrackerHome } from './tracker-home.ts';

const CLI = resolve('dist/cli.cjs');
const CONFIG = 'courier: { idle_exit_seconds: 60 }\nspool: { partial_seconds: 0 }\n';
/** How often the courier is killed. */
const KILLS = times(2, 20);
const FILES = 20;
const EDITS = 12;

let home: TrackerHome;
beforeEach(() => (home = new TrackerHome(CONFIG)));
afterEach(() => home.remove());

/** The spool of two sessions that write and edit files in turn, while a person adds lines: a name and a text each. */
function spoolFiles(): (readonly [string, string])[] {
  const files: (readonly [string, string])[] = [];
  const add = (fields: Record<string, unknown>) => {
    const n = files.length;
    const common = {
      hook_event_name: 'PostToolUse',
      session_id: `session-${n % 2}`,
      tool_use_id: `toolu_${n}`,
    };
    files.push([`${String(n).padStart(5, '0')}.settings`, payload({ ...common, ...fields })]);
  };
  const texts = Array.from({ length: FILES }, (_, n) => `// file ${n}\nconst value${n} = 0;\n`);
  for (const [n, content] of texts.entries()) {
    add({
      tool_name: 'Write',
      tool_input: { file_path: `/home/dev/project/f${n}.ts`, content },
      tool_response: { type: 'create', originalFile: null },
    });
  }
  for (let edit = 0; edit < EDITS; edit += 1) {
    for (const [n, text] of texts.entries()) {
      const originalFile = `${text}// a person was here ${edit}\n`;
      const old_string = `const value${n} = ${edit};\n`;
      const new_string = `${edit % 3 === 0 ? `// edit ${edit} of ${n}\n` : ''}const value${n} = ${edit + 1};\n`;
      texts[n] = originalFile.replace(old_string, () => new_string);
      add({
        tool_name: 'Edit',
        tool_input: { file_path: `/home/dev/project/f${n}.ts`, old_string, new_string },
        tool_response: { originalFile, oldString: old_string, newString: new_string },
      });
    }
  }
  return files;
}

async function verify(): Promise<unknown> {
  const child = spawn(process.execPath, [CLI, 'verify', '--json'], { env: home.env });
  let stdout = '';
  child.stdout.on('data', (text: Buffer) => (stdout += text.toString()));
  await new Promise((done) => child.on('close', done));
  return (JSON.parse(stdout) as { findings: unknown }).findings;
}

/** What is known of each file: its versions, and the lines that may come back. */
function known() {
  const database = openDatabaseForReading(home.paths.database);
  if (!database) return [];
  try {
    return [...new FileStateRows(database).all()]
      .map(({ path, history, notedLines }) => ({
        path,
        history,
        notedLines: [...(notedLines ?? [])].toSorted(([a], [b]) => a - b),
      }))
      .toSorted((a, b) => a.path.localeCompare(b.path));
  } finally {
    database.close();
  }
}

const repacked = () =>
  Number(home.value('SELECT count(*) FROM file_states WHERE is_repacked') ?? 0);

/** Makes it long ago that the files were touched. */
function makeQuiet(): void {
  const database = openDatabase(home.paths.database);
  database.exec('UPDATE file_states SET touched_at = touched_at - 3600000');
  database.close();
}

const events = () => Number(home.value('SELECT count(*) FROM events') ?? 0);

async function takeIn(): Promise<void> {
  const courier = home.runCourier();
  await expect.poll(() => home.courierPid).toBeDefined(); // nothing may be left to take
  await home.settled();
  await home.stop();
  await courier;
}

describe('the states of files', () => {
  it(`are sound after the courier was killed ${KILLS} times, and know what an undisturbed one knows`, async () => {
    const files = spoolFiles();
    for (const [name, text] of files) home.spool(name, text);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const before = events();
      const courier = home.runCourier();
      await expect.poll(() => home.courierPid).toBeDefined();
      if (kill % 2 === 0) await new Promise((done) => setTimeout(done, 100 + kill * 40)); // in mid-batch
      else await expect.poll(() => events() > before || home.waiting.length === 0).toBe(true);
      await home.stop('SIGKILL');
      await courier;
      if (events() > 0) expect(await verify()).toEqual([]);
    }
    await takeIn();
    expect(events()).toBe(files.length);
    expect(await verify()).toEqual([]);
    const disturbed = known();
    expect(disturbed).toHaveLength(FILES);

    // The same spool again, also as the other registration brings it.
    const copies = `SELECT file_path, hex(history) AS history FROM file_states ORDER BY file_path`;
    const stored = home.rows(copies);
    for (const [name, text] of files) {
      home.spool(name, text);
      home.spool(name.replace('settings', 'plugin'), text);
    }
    await takeIn();
    expect(home.rows(copies)).toEqual(stored);
    expect(events()).toBe(files.length);
    expect(await verify()).toEqual([]);

    await home.remove();
    home = new TrackerHome(CONFIG);
    for (const [name, text] of files) home.spool(name, text);
    await takeIn();
    const undisturbed = known();
    const authors = (states: ReturnType<typeof known>) =>
      states.map(({ path, history }) => [path, history?.last.lines, history?.last.authors]);
    expect(authors(disturbed)).toEqual(authors(undisturbed));
    expect(disturbed.map(({ notedLines }) => notedLines)).toEqual(
      undisturbed.map(({ notedLines }) => notedLines),
    );
  });

  it('are the same once they are repacked, by a courier that was killed twice', async () => {
    for (const [name, text] of spoolFiles()) home.spool(name, text);
    await takeIn();
    const before = known();
    expect(repacked()).toBe(0); // they were touched just now
    makeQuiet();
    for (let kill = 0; kill < 2; kill += 1) {
      const done = repacked();
      const courier = home.runCourier();
      await expect.poll(() => home.courierPid).toBeDefined();
      await expect.poll(() => repacked() > done || repacked() === FILES).toBe(true);
      await home.stop('SIGKILL');
      await courier;
      expect(known()).toEqual(before);
      expect(await verify()).toEqual([]);
    }
    const courier = home.runCourier();
    await expect.poll(() => repacked()).toBe(FILES);
    await home.stop();
    await courier;
    expect(known()).toEqual(before);
    expect(await verify()).toEqual([]);
  });
});

import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fillSample, Sample } from './sample-database.ts';
import { run } from './test-environment.ts';

let sample: Sample;
beforeEach(() => {
  sample = new Sample();
  fillSample(sample);
});
afterEach(() => sample.remove());

const stable = (text: string) =>
  text.replaceAll(sample.paths.data, 'data').replace(/[\d.]+ [kM]?B, schema \d+/, '… kB, schema …');

describe('verify', () => {
  it('says that all is well, and what there is', async () => {
    sample.makeSpool();
    writeFileSync(join(sample.paths.spoolNew, 'a.settings'), '{}');
    const { exitCode, out, err } = await run(sample, 'verify');
    expect([exitCode, err]).toEqual([0, '']);
    expect(stable(out)).toMatchInlineSnapshot(`
      "data/tracker.db: … kB, schema …
      TABLE          ROWS
      lineage_edges     2
      meta              1
      occurrences       5
      patterns          4
      projects          2
      sessions          3
      tool_calls        4
      Spool: 1 waiting, 0 set aside
      ✓ All is well.
      "
    `);
  });

  it.each(['verify', 'backup'])('shows at a terminal what %s is checking', async (command) => {
    const { exitCode, err } = await run(sample, command, { isTTY: true });
    expect(exitCode).toBe(0);
    expect(err).toContain('checking pages and indexes');
    expect(err).toMatch(/checking rows, 1 of \d+/);
    expect(err.endsWith('\r\u001B[K')).toBe(true);
    expect((await run(sample, `${command} --json`, { isTTY: true })).err).toBe('');
  });

  it('lists what is wrong and exits with 1', async () => {
    sample.database.exec(`DELETE FROM patterns WHERE id = 'ab00000000000000';
      DROP INDEX tool_calls_by_time`);
    expect((await run(sample, 'verify')).out).toContain(
      'tool_calls  the index tool_calls_by_time is missing',
    );
    sample.database.exec(
      'CREATE INDEX tool_calls_by_time ON tool_calls(at, tool_name, outcome, duration_ms)',
    );
    const { exitCode, out } = await run(sample, 'verify');
    expect(exitCode).toBe(1);
    expect(stable(out).split('\n\n').slice(1).join('\n\n')).toMatchInlineSnapshot(`
      "KIND  TABLE        FINDING
      rows  occurrences  rows that name a pattern that is not there: 1

      \`pattern-tracker repair\` mends it.
      "
    `);
  });

  it('prints the same for programs', async () => {
    sample.database.exec('UPDATE patterns SET occurrences = 9');
    const { exitCode, out } = await run(sample, 'verify --json --quick');
    expect(exitCode).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      path: sample.paths.database,
      rows: { patterns: 4, events: 0 },
      findings: [
        {
          kind: 'rows',
          table: 'patterns',
          message: 'rows that count other occurrences than there are: 4',
        },
      ],
      spool: { waiting: 0, set_aside: 0 },
    });
  });

  it('checks a backup as well', async () => {
    await run(sample, 'backup copy.db');
    const { exitCode, out } = await run(sample, 'verify copy.db');
    expect(exitCode).toBe(0);
    expect(out).not.toContain('Spool');
  });

  it('says that there is no such file', async () => {
    const { exitCode, err } = await run(sample, 'verify nothing.db');
    expect([exitCode, err]).toEqual([
      1,
      `error: there is no file ${join(sample.folder, 'nothing.db')}\n`,
    ]);
  });
});

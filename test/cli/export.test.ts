import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { csvRow } from '../../lib/cli/export/call-formats.ts';
import { exported } from '../../lib/cli/export/export-run.ts';
import type { ExportFormat } from '../../lib/cli/export/export-run.ts';
import { schemaFault } from '../support/published-schema.ts';
import { RecordedProject, SECOND } from './recorded-project.ts';
import { MINUTE, NOW } from './sample-database.ts';
import { run } from './test-environment.ts';

let project: RecordedProject;
beforeEach(() => (project = new RecordedProject()));
afterEach(() => project.remove());

const TEXT = 'export const one = 1;\nexport const two = 2;\nexport const three = 3;\n';

function work(): void {
  project.write('src/a.ts', TEXT, null);
  const edited = TEXT.replace('one = 1', 'one = 11');
  project.edit('src/a.ts', [TEXT, edited], { old: 'one = 1', now: 'one = 11' }, SECOND);
  project.toolCall(SECOND, 'toolu_bash', {
    tool_name: 'Bash',
    outcome: 'failed',
    summary: '=HYPERLINK("http://e.example")',
    error: 'Exit code 1\n"quoted", \u001B[31mred\u001B[0m',
    at: NOW - MINUTE,
  });
}

async function lines(argv: string): Promise<unknown[]> {
  const { out, err, exitCode } = await run(project, `export ${argv}`);
  expect([exitCode, err]).toEqual([0, '']);
  return out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);
}

describe('export', () => {
  it('writes CSV with one row a call, in which no cell is a formula or moves the cursor', async () => {
    work();
    const { out } = await run(project, 'export');
    const [head, ...rows] = out.split('\r\n').slice(0, -1);
    expect(head).toBe(
      'at,session_id,tool_use_id,tool_name,agent_id,outcome,error,duration_ms,summary,lines_added,lines_removed,model,project_root',
    );
    expect(rows.length).toBe(3);
    expect(rows[2]).toContain(`"Exit code 1\n""quoted"", red"`);
    expect(rows[2]).toContain(`"'=HYPERLINK(""http://e.example"")"`);
    expect(out).not.toContain('\u001B');
  });

  it.each('= + - @ ＝ ＋ － ＠'.split(' '))('takes a cell for text that begins with %s', (sign) => {
    expect(csvRow([`${sign}1`])).toBe(`'${sign}1\r\n`);
  });

  it('writes JSON lines, the oldest first, of a session, a project or a time', async () => {
    work();
    const all = await lines('--format jsonl');
    expect(all).toMatchObject([
      { tool_name: 'Write', outcome: 'ok', project_root: project.root },
      { tool_name: 'Edit' },
      { tool_name: 'Bash', outcome: 'failed', at: '2026-11-24T11:59:00.000Z' },
    ]);
    expect(await lines('--json')).toEqual(all);
    expect((await lines(`--format jsonl --session ${SECOND}`)).length).toBe(2);
    expect((await lines('--format jsonl --since 10m')).length).toBe(1);
    expect((await lines('--format jsonl --project project')).length).toBe(3);
  });

  it('writes CloudEvents 1.0', async () => {
    work();
    const events = await lines('--format cloudevents');
    expect(events.length).toBe(3);
    for (const event of events) expect(schemaFault('cloudevents-1.0', event)).toBeUndefined();
    const ids = events.map((event) => (event as { id: string }).id);
    expect(new Set(ids).size).toBe(3);
    expect(events[0]).toMatchObject({
      type: 'dev.claude-pattern-tracker.tool_call',
      data: { tool_name: 'Write' },
    });
  });

  it('writes records of agent-trace 0.1, with the lines that each event changed', async () => {
    work();
    project.database
      .prepare('INSERT INTO session_models SELECT id, 0, ? FROM sessions')
      .run('claude-opus-4-6[1m]');
    const records = (await lines('--format agent-trace')) as { files: unknown }[];
    for (const record of records) expect(schemaFault('agent-trace-0.1', record)).toBeUndefined();
    expect(records.map(({ files }) => files)).toMatchObject([
      [
        {
          path: 'src/a.ts',
          conversations: [
            {
              contributor: { type: 'ai', model_id: 'anthropic/claude-opus-4-6' },
              ranges: [{ start_line: 1, end_line: 3 }],
            },
          ],
        },
      ],
      [{ path: 'src/a.ts', conversations: [{ ranges: [{ start_line: 1, end_line: 1 }] }] }],
    ]);
    expect(await lines('--format agent-trace')).toEqual(records); // ids stay
  });

  it('names each line of a file once in agent-trace, in ranges that do not meet', async () => {
    for (const [ordinal, changed_lines] of ['7-9', '1-2', '3', '8', '11'].entries()) {
      const place = { session_id: SECOND, file_path: '/w/a.ts', lines_written: 1 };
      project.occurrence('p', 'e'.repeat(32), { ...place, ordinal, changed_lines });
    }
    expect(await lines('--format agent-trace')).toMatchObject([
      {
        files: [
          {
            conversations: [
              {
                ranges: [
                  { start_line: 1, end_line: 3 },
                  { start_line: 7, end_line: 9 },
                  { start_line: 11, end_line: 11 },
                ],
              },
            ],
          },
        ],
      },
    ]);
  });

  it('would be told by the schemas of what they do not allow', async () => {
    work();
    const [event = {}] = (await lines('--format cloudevents')) as object[];
    for (const [change, fault] of [
      [{ source: '' }, 'data/source must NOT have fewer'],
      [{ time: '2026-11-24 12:00' }, 'data/time must match format'],
      [{ tool_name: 'Write' }, 'property name must be valid'],
      [{ extension: null }, 'data/extension must be'],
    ] as const) {
      expect(schemaFault('cloudevents-1.0', { ...event, ...change })).toContain(fault);
    }
    const [record = {}] = (await lines('--format agent-trace')) as object[];
    const ranges = [{ start_line: 0, end_line: 1 }];
    for (const [change, fault] of [
      [{ id: '1' }, 'data/id must match format'],
      [{ session: 's' }, 'must NOT have additional properties'],
      [{ files: [{ path: 'a.ts', conversations: [{ ranges }] }] }, 'start_line must be >= 1'],
    ] as const) {
      expect(schemaFault('agent-trace-0.1', { ...record, ...change })).toContain(fault);
    }
  });

  it('reads no more than a part at a time, and cuts no event in two', () => {
    const { database } = project;
    for (let n = 0; n < 10; n += 1) {
      for (let ordinal = 0; ordinal < 3; ordinal += 1) {
        project.occurrence('p', String(n).repeat(32), {
          ordinal,
          session_id: SECOND,
          at: NOW - 100 + (n >> 1),
          lines_written: 1,
          file_path: `/w/${ordinal}.ts`,
        });
      }
      project.toolCall(SECOND, `toolu_many_${n}`, { at: NOW - 100 + (n >> 2) });
    }
    for (const format of ['jsonl', 'agent-trace'] satisfies ExportFormat[]) {
      const textOf = (rows: number) => [...exported(format, {}, (read) => read(database), rows)];
      const whole = textOf(1_000)
        .map(({ text }) => text)
        .join('');
      expect(whole.split('\n').length - 1, format).toBe(10);
      for (const rows of [1, 2, 4, 7]) {
        const parts = textOf(rows);
        expect(parts.map(({ text }) => text).join(''), `${format} ${rows}`).toBe(whole);
        expect(Math.max(...parts.map(({ records }) => records))).toBeLessThanOrEqual(rows);
      }
    }
  });

  it('gives a file its name when it is complete, for its owner only, and leaves none when it is interrupted', async () => {
    work();
    const file = join(project.folder, 'calls.csv');
    writeFileSync(file, 'former');
    const stopped = new AbortController();
    stopped.abort();
    const broken = await run(project, `export --output ${file}`, {
      interruption: () => stopped.signal,
    });
    expect(broken.exitCode).toBe(130);
    expect(readFileSync(file, 'utf8')).toBe('former');
    expect(readdirSync(project.folder).filter((name) => name.includes('.part'))).toEqual([]);

    writeFileSync(`${file}.part-999999999`, 'of a process that was killed');
    const { out } = await run(project, `export --output ${file}`);
    expect(existsSync(`${file}.part-999999999`)).toBe(false);
    expect(out).toBe(`Wrote 3 records to ${file}.\n`);
    expect(readFileSync(file, 'utf8')).toBe((await run(project, 'export')).out);
    expect(statSync(file).mode & 0o077).toBe(0);
    const missing = await run(
      project,
      `export --json --output ${join(project.folder, 'none', 'x')}`,
    );
    expect([missing.exitCode, missing.err]).toEqual([1, expect.stringContaining('E_OUTPUT')]);
  });

  it('leaves links, pipes and folders what they are', async () => {
    work();
    const { out } = await run(project, 'export');
    const at = (name: string) => join(project.folder, name);
    writeFileSync(at('calls.csv'), 'former');
    symlinkSync('calls.csv', at('link'));
    expect((await run(project, `export --output ${at('link')}`)).exitCode).toBe(0);
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('calls.csv'), 'utf8')).toBe(out);

    execFileSync('mkfifo', [at('pipe')]);
    const reader = openSync(at('pipe'), constants.O_RDWR | constants.O_NONBLOCK);
    try {
      expect((await run(project, `export --output ${at('pipe')}`)).exitCode).toBe(0);
      expect(lstatSync(at('pipe')).isFIFO()).toBe(true);
      const read = Buffer.alloc(out.length + 1);
      expect(read.toString('utf8', 0, readSync(reader, read))).toBe(out);
    } finally {
      closeSync(reader);
    }

    const folder = await run(project, `export --output ${project.folder}`);
    expect([folder.exitCode, folder.err]).toEqual([1, expect.stringContaining('EISDIR')]);
  });
});

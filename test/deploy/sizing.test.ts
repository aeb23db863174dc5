import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from './deploy-files.ts';
import { sizing } from './sizing.ts';

const path = join(ROOT, 'docs/scaling.md');
const page = readFileSync(path, 'utf8');

function cells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** Every row `| \`name\` | value | …`. */
const inputs = Object.fromEntries(
  [...page.matchAll(/^\| `(\w+)` *\| (?:MEASURED: )?([\d.,]+) /gm)].map(
    ([, name = '', value = '']) => [name, Number(value.replaceAll(',', ''))],
  ),
);

/** A computed table: from its mark to the empty line after it. */
const table = (name: string) =>
  new RegExp(`(<!-- computed: ${name} -->\n\n\\|.*\n\\|[-| ]*\n)((?:\\|.*\n)*)`);
const value = (name: string) => new RegExp(`(<!-- value: ${name} -->)([\\d.,]+)`);

const computed = sizing(inputs);

if (process.env['UPDATE_DOCS'] === '1') {
  let updated = page;
  for (const [name, rows] of Object.entries(computed.tables)) {
    const text = rows.map((row) => `| ${row.join(' | ')} |\n`).join('');
    updated = updated.replace(table(name), (_, head: string) => head + text);
  }
  for (const [name, text] of Object.entries(computed.values)) {
    updated = updated.replace(value(name), (_, mark: string) => mark + text);
  }
  writeFileSync(path, updated);
  execFileSync(process.execPath, [join(ROOT, 'node_modules/oxfmt/bin/oxfmt'), path]);
}

describe('docs/scaling.md', () => {
  const current = readFileSync(path, 'utf8');

  it.each(Object.entries(computed.tables))(
    'has in its table "%s" what follows from its inputs',
    (name, rows) => {
      const found = table(name).exec(current)?.[2] ?? '';
      expect(found.trim().split('\n').map(cells)).toEqual(rows);
    },
  );

  it.each(Object.entries(computed.values))(
    'says %s as it follows from its inputs',
    (name, expected) => {
      expect(value(name).exec(current)?.[2]).toBe(expected);
    },
  );

  it('rests on measured numbers only', () => {
    expect(current).not.toMatch(/MEASURED:|placeholder/);
  });
});

describe('the arithmetic', () => {
  const given = {
    ...inputs,
    calls_per_day: 1_000,
    share_that_writes: 0.5,
    events_per_write: 1.44,
    peak_hour_share: 0.25,
    burst: 2,
    load: 0.5,
    sqlite_events_per_core: 1_000,
    sqlite_bytes_per_event: 1_000,
    working_days: 200,
  };

  it('makes 720 events a day of 1,000 calls, and a tenth a second at the peak', () => {
    const { values, tables } = sizing(given);
    expect(values).toEqual({ events_per_day: '720', peak_per_thousand: '100' });
    expect(tables.load[2]?.slice(0, 4)).toEqual(['1,000', '720,000', '8.3', '100']);
  });

  it('takes twice the cores at half the load, and bytes for each event', () => {
    const [developers, cores, aDay, aYear] = sizing(given).tables.cost[3] ?? [];
    expect([developers, cores, aDay, aYear]).toEqual(['10,000', '2', '7.2', '1,440']);
  });

  it('reaches as far as the processor and the disk go', () => {
    // 1 core * 1,000 * 0.5 / 0.1 a developer; 100 GB / (720 * 200 * 1,000 bytes)
    expect(sizing(given).tables.reach[0]).toEqual(['SQLite, one file', '5,000', '694']);
  });

  it('says which number is missing', () => {
    expect(() => sizing({ ...given, burst: undefined as unknown as number })).toThrow(
      'has no burst',
    );
  });
});

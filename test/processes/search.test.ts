import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { payload, TrackerHome } from './tracker-home.ts';

const CLI = resolve('dist/cli.cjs');

let home: TrackerHome;
beforeEach(() => (home = new TrackerHome('courier: { idle_exit_seconds: 60 }\n')));
afterEach(() => home.remove());

const write = (n: number, content: string) =>
  payload({
    hook_event_name: 'PostToolUse',
    tool_use_id: `toolu_${n}`,
    tool_name: 'Write',
    tool_input: { file_path: `/home/dev/project/f${n}.ts`, content },
    tool_response: { type: 'create', originalFile: null },
  });

const cli = (...args: string[]) =>
  spawnSync(process.execPath, [CLI, ...args], { env: home.env, encoding: 'utf8' });
const indexed = () =>
  home.value('SELECT indexed_to = (SELECT max(id) FROM events) FROM search_progress');
const rows = () => home.value('SELECT count(*) FROM search_index_docsize');

describe('the search index', () => {
  it('is filled by the courier, and by the next one after something was forgotten', async () => {
    for (let n = 0; n < 300; n += 1)
      home.spool(`${n}.settings`, write(n, `export const zebra${n} = call(${n});\n`));
    const courier = home.runCourier();
    await home.settled();
    await expect.poll(indexed).toBe(1);
    await home.stop();
    await courier;
    const hits = JSON.parse(cli('search', 'zebra299', '--json').stdout) as unknown[];
    expect(hits).toMatchObject([{ kind: 'pattern', line: 1, start: 13, length: 8 }]);

    const { status } = cli('forget', '--match', 'zebra299', '--yes');
    expect(status).toBe(0);
    expect(rows()).toBe(0); // runs of three characters tell much of a text
    expect(JSON.parse(cli('search', 'zebra299', '--json').stdout)).toEqual([]);
    expect(JSON.parse(cli('search', 'zebra298', '--json').stdout)).toHaveLength(1);
    home.spool('again.settings', write(1_000, 'export const giraffe = 1;\n'));
    const next = home.runCourier();
    await home.settled();
    await expect.poll(indexed).toBe(1);
    expect(rows()).toBeGreaterThan(0);
    await home.stop();
    await next;
    expect(cli('verify').status).toBe(0);
  });
});

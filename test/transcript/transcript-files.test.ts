import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { errorCode } from '../../lib/base/errors.ts';
import {
  findSessions,
  readAgentMeta,
  sessionAt,
} from '../../lib/transcript/claude-code/transcript-files.ts';
import { FORK, Records, SESSION, TranscriptFolder } from './sample-transcript.ts';

let folder: TranscriptFolder;
beforeEach(() => (folder = new TranscriptFolder()));
afterEach(() => folder.remove());

const record = new Records().prompt('one');

it('finds sessions with the files of their subagents, from the folder of all projects, of one, or a file', () => {
  const main = folder.write(`-home-dev/${SESSION}.jsonl`, record);
  const agent = folder.write(`-home-dev/${SESSION}/subagents/agent-a1.jsonl`, record);
  folder.write(`-home-dev/${SESSION}/tool-results/toolu_1.json`, record);
  folder.write('-home-dev/notes.jsonl', record);
  for (const path of [folder.path, join(folder.path, '-home-dev'), main]) {
    expect(findSessions([path])).toMatchObject([
      {
        id: SESSION,
        path: main,
        files: expect.arrayContaining([
          { path: main, agentId: undefined, bytes: expect.any(Number) },
          { path: agent, agentId: 'a1', bytes: expect.any(Number) },
        ]),
      },
    ]);
  }
  expect(findSessions([folder.path, main])[0]?.files).toHaveLength(2);
  expect(sessionAt(main)?.files).toHaveLength(2);
});

it('finds those of older versions, which lie beside the session', () => {
  const main = folder.write(`-home-dev/${SESSION}.jsonl`, record);
  folder.write('-home-dev/agent-a1b2.jsonl', { type: 'mode' }, record);
  folder.write('-home-dev/agent-lost.jsonl', { type: 'mode' });
  expect(findSessions([folder.path])).toMatchObject([
    { id: SESSION, path: main, files: [{ agentId: undefined }, { agentId: 'a1b2' }] },
  ]);
});

it('finds those of a workflow, which lie in folders of their own', () => {
  const main = folder.write(`-home-dev/${SESSION}.jsonl`, record);
  const run = `-home-dev/${SESSION}/subagents/workflows/wf_12345678-abc-1`;
  const agent = folder.write(`${run}/agent-a1.jsonl`, record);
  for (const path of [folder.path, main, agent]) {
    expect(findSessions([path])).toMatchObject([
      {
        id: SESSION,
        path: main,
        files: expect.arrayContaining([expect.objectContaining({ agentId: 'a1' })]),
      },
    ]);
  }
});

it('finds the session of an older subagent whose first record is long', () => {
  const { message: _, ...first } = record;
  const text = 'x'.repeat(100_000);
  folder.write('-home-dev/agent-a1.jsonl', { ...first, message: { content: text } });
  expect(findSessions([folder.path])).toMatchObject([{ id: SESSION, files: [{ agentId: 'a1' }] }]);
});

it('knows an id in capital letters, which a person may have chosen', () => {
  const id = SESSION.replace('1111', 'ABCD');
  const path = folder.write(`-home-dev/${id}.jsonl`, record);
  expect(sessionAt(path)).toMatchObject({ id });
});

it('is one session wherever its files lie, and keeps the session of subagents whose own is gone', () => {
  folder.write(`-a/${SESSION}.jsonl`, record);
  folder.write(`-b/${SESSION}/subagents/agent-a1.jsonl`, record);
  folder.write(`-b/${FORK}/subagents/agent-a2.jsonl`, record);
  const sessions = findSessions([folder.path]);
  expect(new Map(sessions.map(({ id, files }) => [id, files.length]))).toEqual(
    new Map([
      [SESSION, 2],
      [FORK, 1],
    ]),
  );
  expect(sessions.find(({ id }) => id === FORK)?.path).toBe(
    join(folder.path, '-b', `${FORK}.jsonl`),
  );
});

it('follows a link to a folder that is named, and none in it or to a file', () => {
  const main = folder.write(`elsewhere/${SESSION}.jsonl`, record);
  mkdirSync(join(folder.path, 'projects'));
  symlinkSync(join(folder.path, 'elsewhere'), join(folder.path, 'projects', 'link'));
  symlinkSync(main, join(folder.path, 'projects', `${FORK}.jsonl`));
  expect(findSessions([join(folder.path, 'projects')])).toEqual([]);
  expect(findSessions([join(folder.path, 'projects', `${FORK}.jsonl`)])).toEqual([]);
  expect(findSessions([join(folder.path, 'projects', 'link')])).toMatchObject([{ id: SESSION }]);
});

it('is the whole session where only a subagent of it is named', () => {
  const main = folder.write(`-a/${SESSION}.jsonl`, record);
  const one = folder.write(`-a/${SESSION}/subagents/agent-a1.jsonl`, record);
  folder.write(`-a/${SESSION}/subagents/agent-a2.jsonl`, record);
  for (const named of [one, join(folder.path, '-a', SESSION)]) {
    const [session] = findSessions([named]);
    expect(session?.path).toBe(main);
    expect(session?.files).toHaveLength(3);
  }
});

it('says what cannot be looked into', () => {
  const main = folder.write(`-a/${SESSION}.jsonl`, record);
  const unreadable = join(folder.path, 'x'.repeat(300));
  const said: string[] = [];
  const sessions = findSessions([unreadable, main], (path, error) =>
    said.push(`${path} ${errorCode(error)}`),
  );
  expect(sessions).toMatchObject([{ id: SESSION }]);
  expect(said).toEqual([`${unreadable} ENAMETOOLONG`]);
});

it('knows nothing of a subagent beside whose file a link lies', () => {
  const file = folder.write('agent-a1.jsonl', record);
  symlinkSync(
    folder.write('secret.json', { agentType: 'x' }),
    join(folder.path, 'agent-a1.meta.json'),
  );
  expect(readAgentMeta(file)).toMatchObject({ agentType: undefined });
});

it('finds nothing where nothing is', () => {
  expect(findSessions([join(folder.path, 'none')])).toEqual([]);
  expect(sessionAt(join(folder.path, 'none.jsonl'))).toBeUndefined();
});

it('reads what is told of a subagent, and does without', () => {
  const path = folder.write('agent-a1.jsonl', record);
  expect(readAgentMeta(path)).toMatchObject({ agentType: undefined, isFinished: false });
  folder.write('agent-a1.meta.json', {
    agentType: 'Explore',
    toolUseId: 't1',
    parentAgentId: 'a0',
    spawnDepth: 2,
    model: 'm',
    requestShape: 'background',
    finished: true,
  });
  expect(readAgentMeta(path)).toEqual({
    agentType: 'Explore',
    toolUseId: 't1',
    parentAgentId: 'a0',
    depth: 2,
    model: 'm',
    isBackground: true,
    isFinished: true,
  });
});

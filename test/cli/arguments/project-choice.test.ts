import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseProjects } from '../../../lib/cli/arguments/project-choice.ts';
import { NOW, Sample } from '../sample-database.ts';

const sample = new Sample();
afterAll(() => sample.remove());

describe('chooseProjects', () => {
  let ids: Record<'repository' | 'twin' | 'plain', number>;
  beforeAll(() => {
    const repository = join(sample.folder, 'work', 'app');
    mkdirSync(join(repository, '.git', 'worktrees', 'feature'), { recursive: true });
    writeFileSync(join(repository, '.git', 'HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(join(repository, '.git', 'worktrees', 'feature', 'commondir'), '../..\n');
    mkdirSync(join(repository, 'src'));
    const workTree = join(sample.folder, 'work', 'feature');
    mkdirSync(workTree);
    writeFileSync(
      join(workTree, '.git'),
      `gitdir: ${join(repository, '.git', 'worktrees', 'feature')}\n`,
    );
    ids = {
      repository: sample.project(repository, 'app'),
      twin: sample.project('/elsewhere/app', 'app'),
      plain: sample.project('/gone/plain', 'plain'),
    };
  });

  function choose(text: string | undefined, cwd = '/'): number[] | undefined {
    const cli = { cwd, env: { HOME: sample.folder }, now: () => NOW };
    return chooseProjects(sample.database, text, cli)?.sort();
  }

  it('is every project where none is asked for', () => {
    expect(choose(undefined)).toBeUndefined();
  });

  it('takes a name for all projects of that name', () => {
    expect(choose('app')).toEqual([ids.repository, ids.twin]);
    expect(choose('Plain')).toEqual([ids.plain]);
  });

  it('takes a path for the repository it lies in', () => {
    expect(choose('.', join(sample.folder, 'work', 'app', 'src'))).toEqual([ids.repository]);
    expect(choose('app/src', join(sample.folder, 'work'))).toEqual([ids.repository]);
    expect(choose('~/work/app')).toEqual([ids.repository]);
  });

  it('takes a linked work tree for its main one', () => {
    expect(choose('.', join(sample.folder, 'work', 'feature'))).toEqual([ids.repository]);
  });

  it('takes a path that is no more for the project around it', () => {
    expect(choose('/gone/plain/src/deep')).toEqual([ids.plain]);
  });

  it('takes the last parts of a path', () => {
    expect(choose('elsewhere/app')).toEqual([ids.twin]);
  });

  it.each([
    ['ap', 'Did you mean --project app?'],
    ['qqqqqq', 'Projects: plain, app.'],
    ['/nowhere', 'Projects: plain, app.'],
  ])('knows no %s', (text, hint) => {
    expect(() => choose(text)).toThrow(expect.objectContaining({ code: 'E_NO_PROJECT', hint }));
  });
});

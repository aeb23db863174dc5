import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LineageFeed } from '../../../lib/delivery/lineage/lineage-feed.ts';
import type { Database } from '../../../lib/store/database/database.ts';
import { openTestDatabase } from '../../support/test-database.ts';

const AT = 1_000_000;
let folder: string;
let database: Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'feed-'));
  database = openTestDatabase(join(folder, 'tracker.db'));
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

/** Adds an occurrence in a project, and returns what its event says beside what all say. */
function told(projectId: number | null): unknown {
  new LineageFeed(database, 'http', 'workbench').add(
    {
      patternId: 'p',
      code: 'export const a = 1;',
      language: 'typescript',
      filePath: '/home/ann/shop/src/a.ts',
      startLine: 1,
      endLine: 1,
      replacedId: undefined,
      name: 'a.ts',
      action: 'created',
      generation: 1,
      lineageId: 'p',
      parentId: null,
    },
    0,
    { eventId: 'e', sessionId: 's', toolUseId: 't', toolName: 'Write', projectId, at: AT },
  );
  const body = database.prepare<[], string>('SELECT body FROM outbox').pluck().get();
  return JSON.parse(body ?? '');
}

it('says in which repository a file lies, and where this machine has it', () => {
  database.prepare("INSERT INTO projects VALUES (7, '/home/ann/shop', 'shop')").run();
  expect(told(7)).toMatchObject({
    file_path: '/home/ann/shop/src/a.ts',
    pattern_data: { machine: 'workbench', repository: { name: 'shop', root: '/home/ann/shop' } },
  });
});

it('says nothing of a repository for a file outside of all', () => {
  expect(told(null)).not.toHaveProperty('pattern_data.repository');
});

import { describe, expect, it } from 'vitest';
import { lockedSqlite, versionOf } from '../../../lib/install/plugin/sqlite-fetch.ts';

const LOCK = JSON.stringify({
  packages: {
    '': {},
    'node_modules/better-sqlite3-12': {
      version: '12.1.0',
      optional: true,
      dependencies: { bindings: '^1', bl: '^4' },
    },
    'node_modules/bindings': { version: '1.5.0' },
    'node_modules/bl': { version: '4.0.0', dependencies: { buffer: '^5', bindings: '^1' } },
    'node_modules/bl/node_modules/buffer': { version: '5.0.0', dependencies: { ieee: '1' } },
    'node_modules/buffer': { version: '6.0.0' },
    'node_modules/ieee': { version: '1.0.0' },
    'node_modules/better-sqlite3': { version: '13.0.0' },
  },
});

describe('lockedSqlite', () => {
  it('has the package with all it needs, nested ones where they are, and nothing else', () => {
    const locked = lockedSqlite(LOCK, { nodeApi: '9', target: 'linux-x64' });
    expect(Object.keys(locked).toSorted()).toEqual([
      'node_modules/better-sqlite3-12',
      'node_modules/bindings',
      'node_modules/bl',
      'node_modules/bl/node_modules/buffer',
      'node_modules/ieee',
    ]);
    expect(locked['node_modules/better-sqlite3-12']).not.toHaveProperty('optional');
    expect(versionOf(locked, 'better-sqlite3-12')).toBe('12.1.0');
  });

  it('is another package from Node-API 10 on', () => {
    const locked = lockedSqlite(LOCK, { nodeApi: '10', target: 'linux-x64' });
    expect(Object.keys(locked)).toEqual(['node_modules/better-sqlite3']);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sqlitePackage } from '../../lib/base/sqlite-package.ts';

describe('sqlitePackage', () => {
  it.each([
    ['9', 'better-sqlite3-12'], // Node.js 20, and 22 up to 22.13
    ['10', 'better-sqlite3'], // 22.14
    ['11', 'better-sqlite3'],
  ])('for Node-API %s is %s', (nodeApi, name) => {
    expect(sqlitePackage(nodeApi)).toBe(name);
  });
});

// npm does not write this line, and drops it at times: put it in again (docs/decisions/011).
describe('package-lock.json', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, { gypfile?: boolean; optional?: boolean }>;
  };

  it('keeps npm from running node-gyp for better-sqlite3 13, which has its binaries', () => {
    expect(packages['node_modules/better-sqlite3']).toMatchObject({
      optional: true,
      gypfile: false,
    });
  });
});

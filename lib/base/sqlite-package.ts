/**
 * The package that holds SQLite for a Node.js with this version of Node-API, as in
 * `process.versions.napi`: version 13 needs 10, which came with Node.js 22.14 (docs/decisions/011).
 */
export function sqlitePackage(nodeApi: string | undefined): 'better-sqlite3' | 'better-sqlite3-12' {
  return Number(nodeApi) < 10 ? 'better-sqlite3-12' : 'better-sqlite3';
}

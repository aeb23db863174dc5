/**
 * The package that provides SQLite for this version of Node-API (`process.versions.napi`).
 * better-sqlite3 13 needs Node-API 10, which came with Node.js 22.14 (docs/decisions/011).
 */
export function sqlitePackage(nodeApi: string | undefined): 'better-sqlite3' | 'better-sqlite3-12' {
  return Number(nodeApi) < 10 ? 'better-sqlite3-12' : 'better-sqlite3';
}

/**
 * A script to run in another Node.js, with the path of a bundle as its argument. It loads the native module
 * as sqlite.ts would from there, opens a database in memory and prints the version of SQLite. It prints
 * OTHER_VERSION if only the package for another Node.js is installed.
 */
export const SQLITE_PROBE = `
const load = require('node:module').createRequire(process.argv[1]);
const names = ['better-sqlite3', 'better-sqlite3-12'];
if (Number(process.versions.napi) < 10) names.reverse();
try {
  load.resolve(names[0]);
} catch (error) {
  try { load.resolve(names[1]); } catch { throw error; }
  console.error('OTHER_VERSION');
  process.exit(1);
}
const database = new (load(names[0]))(':memory:');
console.log(database.prepare('SELECT sqlite_version()').pluck().get());`;

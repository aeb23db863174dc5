import { execFileSync } from 'node:child_process';

/** Builds dist/ before the tests, so that they spawn what would be installed. */
export function setup(): void {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], { stdio: 'inherit' });
}

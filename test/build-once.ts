import { execFileSync } from 'node:child_process';

/** Builds dist/ once before all tests, so that they spawn the bundles that would be installed. */
export function setup(): void {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], { stdio: 'inherit' });
}

import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { captureContract } from '../contracts/capture-contract.ts';

const script = resolve('hooks/capture.sh');

const SHELLS: readonly (readonly [string, ...string[]])[] = [
  ['/bin/sh'],
  ['dash'],
  ['bash', '--posix'],
  ['busybox', 'sh'],
];

for (const [name, ...flags] of SHELLS) {
  const shell = findProgram(name);
  const title = `capture.sh under ${[name, ...flags].join(' ')}`;
  if (shell) {
    const command = [shell, ...flags, script] as const;
    captureContract({ title, command, ensureCommand: [...command, 'ensure'] });
  } else {
    it.skip(`${title}: not on this machine`);
  }
}

it.skipIf(!findProgram('shellcheck'))('has nothing that shellcheck objects to', () => {
  expect(
    execFileSync('shellcheck', ['hooks/capture.sh', 'plugin/bin/pattern-tracker', 'install.sh'], {
      encoding: 'utf8',
    }),
  ).toBe('');
});

// --- internal ---

function findProgram(name: string): string | undefined {
  const found = execFileSync('/bin/sh', ['-c', `command -v ${name} || :`], { encoding: 'utf8' });
  return found.trim() || undefined;
}

import { execFileSync } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { isDeep } from '../support/depth.ts';
import { captureContract } from '../contracts/capture-contract.ts';

const script = resolve('hooks/capture.sh');

const SHELLS: readonly (readonly [string, ...string[]])[] = [
  ['/bin/sh'],
  ...(isDeep ? ([['dash'], ['bash', '--posix'], ['busybox', 'sh']] as const) : []),
];

const tried = new Set<string>();
for (const [name, ...flags] of SHELLS) {
  const shell = findProgram(name);
  const program = shell && realpathSync(shell);
  if (program && tried.has(program)) continue; // /bin/sh is mostly one of the others
  if (program) tried.add(program);
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

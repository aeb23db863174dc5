import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../lib/cli/command-list.ts';
import { compose, deployFiles, deployText, ROOT } from './deploy-files.ts';

/** Every way deploy/ starts the program: where, and its arguments. */
function started(): [where: string, args: string[]][] {
  const image = /^CMD (\[.*\])$/m.exec(deployText('Dockerfile'))?.[1] ?? '[]';
  const plists = deployFiles('launchd').map((path): [string, string[]] => {
    const list = /<array>([\s\S]*?)<\/array>/.exec(deployText(path))?.[1] ?? '';
    return [
      path,
      [...list.matchAll(/<string>(.*?)<\/string>/g)].slice(1).map(([, arg = '']) => arg),
    ];
  });
  const units = deployFiles('systemd').flatMap((path) =>
    [...deployText(path).matchAll(/^ExecStart=\S*\/pattern-tracker(?:\.sh)? (.+)$/gm)].map(
      ([, line = '']): [string, string[]] => [path, line.split(' ')],
    ),
  );
  return [
    ['compose.yaml', [...(compose().services['service-1']?.command ?? [])]],
    ['Dockerfile', JSON.parse(image) as string[]],
    ...plists,
    ...units,
  ];
}

/** Every command that a page shows in a block. */
function shown(page: string): [where: string, args: string[]][] {
  const text = readFileSync(join(ROOT, page), 'utf8').replaceAll(/ \\\n\s*/g, ' ');
  const call = /.*(?:^pattern-tracker|pattern-tracker\.sh|run --rm(?: -T)? service-1) (\S.*)$/;
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block.split('\n').flatMap((line): [string, string[]][] => {
      const bare = line.replace(/\s+#.*$/, '').replace(/ \| .*$/, '');
      const found = call.exec(bare)?.[1];
      return found === undefined ? [] : [[page, found.split(' ')]];
    }),
  );
}

const calls = [...started(), ...shown('docs/deployment.md')];

describe('what deploy/ and docs/deployment.md start', () => {
  it('is found', () => {
    expect(started().length).toBeGreaterThanOrEqual(6);
    expect(shown('docs/deployment.md').length).toBeGreaterThanOrEqual(7);
  });

  it.each(calls.map(([where, args]) => [`${where}: ${args.join(' ')}`, args] as const))(
    'is a command with options that it has: %s',
    async (_, [name = '', ...args]) => {
      const command = await COMMANDS[name]?.load();
      expect(command, name).toBeDefined();
      const { args: options } = (command ?? {}) as { readonly args?: object };
      const known = Object.keys(options ?? {});
      for (const option of args.filter((arg) => arg.startsWith('--') && arg !== '--help')) {
        expect(known, name).toContain(option.slice(2).split('=')[0]);
      }
    },
  );
});

import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { trackerPaths } from '../../lib/base/paths.ts';
import type { InstallOptions } from '../../lib/install/install.ts';
import { applyInstall, planInstall } from '../../lib/install/install.ts';
import { applyUninstall, planUninstall, removeData } from '../../lib/install/uninstall.ts';

/** A user's home and a checkout, both thrown away after the test. */
export function fakeMachine(name = 'home') {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'install-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const userHome = join(root, name);
  const claudeFolder = join(userHome, '.claude');
  const cwd = join(root, 'project');
  const sourceRoot = join(root, 'checkout');
  mkdirSync(claudeFolder, { recursive: true });
  mkdirSync(cwd);
  fakeCheckout(sourceRoot);
  const paths = trackerPaths(join(claudeFolder, 'hooks', 'pattern-tracker'));
  const options: InstallOptions = {
    sourceRoot,
    version: '9.9.9',
    paths,
    claudeFolder,
    userHome,
    cwd,
    platform: process.platform,
    node: realpathSync(process.execPath),
    host: { nodeApi: '10', target: 'linux-x64' },
    searchPath: '/usr/bin:/bin',
    scope: 'user',
    link: true,
    context: false,
    claudeVersion: '2.1.330',
    claudes: [],
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5),
  };
  return {
    root,
    userHome,
    cwd,
    sourceRoot,
    paths,
    settings: join(claudeFolder, 'settings.json'),
    options,
    install: (changes: Partial<InstallOptions> = {}) =>
      applyInstall(planInstall({ ...options, ...changes })),
    uninstall: (scope?: InstallOptions['scope']) =>
      applyUninstall(
        planUninstall({ paths, claudeFolder, userHome, cwd, scope, now: options.now }),
      ),
    purge: () => removeData(paths),
  };
}

/** Puts a file with this content there, and its folders. */
export function put(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

// --- internal ---

function fakeCheckout(sourceRoot: string): void {
  const files: Record<string, string> = {
    'dist/cli.cjs': '#!/usr/bin/env node\nconsole.log(process.execPath);\n',
    'dist/cli.mjs': '#!/usr/bin/env node\nconsole.log(process.execPath);\n',
    'dist/chunks/one.mjs': 'export {};\n',
    'dist/context.cjs': '\n',
    'dist/courier.cjs': 'setInterval(() => {}, 1000);\n',
    'dist/hooks/pre-tool-use.cjs': '#!/usr/bin/env node\n',
    'package.json': '{"name":"claude-pattern-tracker","version":"9.9.9"}\n',
    'README.md': 'not installed\n',
    'node_modules/better-sqlite3/package.json': '{}\n',
    'node_modules/better-sqlite3/lib/index.js': '\n',
    'node_modules/better-sqlite3/lib/methods/x.js': '\n',
    'node_modules/better-sqlite3/prebuilds/linux-x64.node': 'ELF\n',
    'node_modules/better-sqlite3/prebuilds/linuxmusl-x64.node': 'not installed\n',
    'node_modules/better-sqlite3/deps/sqlite3.c': 'not installed\n',
    'node_modules/better-sqlite3-12/package.json': '{}\n',
    'node_modules/better-sqlite3-12/lib/index.js': '\n',
    'node_modules/better-sqlite3-12/build/Release/better_sqlite3.node': 'ELF\n',
    'node_modules/better-sqlite3-12/build/Release/obj/x.o': 'not installed\n',
    'node_modules/bindings/package.json': '{}\n',
    'node_modules/bindings/bindings.js': '\n',
    'node_modules/file-uri-to-path/package.json': '{}\n',
    'node_modules/file-uri-to-path/index.js': '\n',
    'node_modules/file-uri-to-path/test/test.js': 'not installed\n',
    'node_modules/yaml/index.js': 'not installed\n',
  };
  for (const [path, content] of Object.entries(files)) put(join(sourceRoot, path), content);
  mkdirSync(join(sourceRoot, 'hooks'));
  cpSync('hooks/capture.sh', join(sourceRoot, 'hooks/capture.sh'));
}

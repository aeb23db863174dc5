import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { billOfMaterials } from '../../../scripts/build/bill-of-materials.ts';
import { bundledPackages } from '../../../scripts/build/bundled-packages.ts';
import { noticesText } from '../../../scripts/build/notices.ts';
import { put } from '../../install/fake-machine.ts';

let folder: string;
beforeEach(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), 'packages-')))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function lay(path: string, manifest: object, licence?: string): void {
  put(join(folder, 'node_modules', path, 'package.json'), JSON.stringify(manifest));
  if (licence !== undefined) put(join(folder, 'node_modules', path, 'LICENSE.md'), licence);
}

/** What esbuild says when it has put these files into a bundle, with that many bytes each. */
function bundled(files: Readonly<Record<string, number>>) {
  const inputs = Object.fromEntries(
    Object.entries(files).map(([path, bytesInOutput]) => [join(folder, path), { bytesInOutput }]),
  );
  return [{ outputs: { 'dist/x.mjs': { bytes: 1, inputs, imports: [], exports: [] } } }];
}

it('lists each package of which code is in a bundle, also one in another and one with a scope', () => {
  lay('a', { name: 'a', version: '1.0.0', license: 'MIT' }, 'Text of A');
  lay('a/node_modules/@b/c', { name: '@b/c', version: '2.0.0', license: 'ISC' }, 'Text of C');
  lay('shaken-off', { name: 'shaken-off', version: '3.0.0', license: 'GPL-3.0' });
  lay('free', { name: 'free', version: '4.0.0', license: 'Unlicense' });
  const packages = bundledPackages(
    bundled({
      'lib/own.ts': 10,
      'node_modules/a/index.js': 10,
      'node_modules/a/lib/more.js': 10,
      'node_modules/a/node_modules/@b/c/index.js': 10,
      'node_modules/shaken-off/index.js': 0,
      'node_modules/free/index.js': 1,
    }),
  );
  expect(packages.map(({ name, version }) => `${name}@${version}`)).toEqual([
    '@b/c@2.0.0',
    'a@1.0.0',
    'free@4.0.0',
  ]);
  const notices = noticesText(packages);
  for (const text of ['a 1.0.0 (MIT)\n\nText of A', '@b/c 2.0.0 (ISC)\n\nText of C']) {
    expect(notices).toContain(text);
  }
});

it.each([
  [
    'that asks for more than its text',
    { license: 'GPL-3.0' },
    'text',
    /GPL-3.0, which we do not bundle/,
  ],
  ['that it does not name', {}, 'text', /does not say under which licence/],
  ['of which the text is missing', { license: 'MIT' }, undefined, /no text of its licence/],
])('refuses a package under a licence %s', (_, manifest, licence, message) => {
  lay('a', { name: 'a', version: '1.0.0', ...manifest }, licence);
  expect(() => bundledPackages(bundled({ 'node_modules/a/index.js': 1 }))).toThrow(message);
});

it('gives the digest that the lock file has, of the right version', () => {
  const lock = {
    packages: {
      '': { version: '9.0.0' },
      'node_modules/a': { version: '2.0.0', integrity: 'sha512-AAAA' },
      'node_modules/x/node_modules/a': { version: '1.0.0', integrity: 'sha512-/w==' },
      'node_modules/alias': { name: 'sqlite', version: '3.0.0', license: 'MIT' },
    },
  };
  const materials = billOfMaterials({
    root: { name: 'root', version: '9.0.0', license: 'MIT' },
    bundled: [{ name: 'a', version: '1.0.0', license: 'MIT', texts: [] }],
    loaded: ['alias', 'not-installed'],
    lock,
  });
  expect(materials).toMatchObject({
    bomFormat: 'CycloneDX',
    components: [
      { purl: 'pkg:npm/a@1.0.0', scope: 'required', hashes: [{ alg: 'SHA-512', content: 'ff' }] },
      { purl: 'pkg:npm/sqlite@3.0.0', scope: 'optional' },
    ],
  });
});

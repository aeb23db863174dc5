// `npm run test:install`: installs the package in every way, with every Node.js, on throwaway machines with
// something unusual, and writes the table in docs/install.md. Needs npm's registry, a C++ compiler for
// Node.js 20, and a user who is not root. Exit code 0 if everything went as docs/install.md says.
//   npm run test:install -- --only 22   only with this Node.js; the other rows stay as they are
import { execFileSync } from 'node:child_process';
import {
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { TrackerError } from '../lib/base/errors.ts';
import { Machine } from './install-matrix/machine.ts';
import type { MachineTraits } from './install-matrix/machine.ts';
import { tryWay } from './install-matrix/trial.ts';
import type { Outcome } from './install-matrix/trial.ts';
import { BUILT_CLONE, CLONE, GLOBAL, NPX } from './install-matrix/ways.ts';
import type { Way } from './install-matrix/ways.ts';

interface Cell {
  readonly way: Way;
  readonly node: string;
  readonly traits: MachineTraits;
}

/** Each way with each Node.js; each unusual trait with each way. */
const CELLS: readonly Cell[] = [
  { way: NPX, node: '20', traits: { umask: '077', ignoresScripts: true } },
  { way: NPX, node: '22', traits: { bare: true } },
  { way: NPX, node: '24', traits: { oddNames: true, umask: '000' } },
  { way: NPX, node: '26', traits: { bare: true, ignoresScripts: true } },
  { way: GLOBAL, node: '20', traits: { oddNames: true } },
  { way: GLOBAL, node: '22', traits: { umask: '077', ignoresScripts: true } },
  { way: GLOBAL, node: '24', traits: { bare: true } },
  { way: GLOBAL, node: '26', traits: { umask: '000' } },
  { way: CLONE, node: '20', traits: { umask: '077' } },
  { way: CLONE, node: '22', traits: { oddNames: true, umask: '000' } },
  { way: CLONE, node: '24', traits: { ignoresScripts: true } },
  { way: CLONE, node: '26', traits: { bare: true } },
  { way: BUILT_CLONE, node: '20', traits: { ignoresScripts: true } },
  { way: BUILT_CLONE, node: '22', traits: { bare: true, umask: '077' } },
  { way: BUILT_CLONE, node: '24', traits: { umask: '000' } },
  { way: BUILT_CLONE, node: '26', traits: { oddNames: true } },
];

const PAGE = 'docs/install.md';
const BEGIN = '<!-- install: written by `npm run test:install` -->';
const END = '<!-- install end -->';

process.exitCode = await main();

// --- internal ---

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  if (process.getuid?.() === 0) {
    throw new TrackerError('E_ROOT', 'root may write everywhere, which would hide faults', {
      hint: 'Run it as another user.',
    });
  }
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'install-matrix-')));
  const npm = {
    npm_config_cache: join(folder, 'npm-cache'), // all machines share it
    npm_config_userconfig: npmSetting('userconfig'),
    ...networkSettings(process.env),
  };
  try {
    const tarball = packed(folder);
    const rows: [Cell, Outcome][] = [];
    const nodes = new Map<string, string>();
    for (const cell of CELLS.filter(({ node }) => node === (values.only ?? node))) {
      const node = nodes.get(cell.node) ?? nodeFolder(folder, cell.node);
      nodes.set(cell.node, node);
      const root = mkdtempSync(join(folder, 'machine-'));
      const outcome = await tryWay(
        cell.way,
        new Machine(root, node, cell.traits, { ...npm, TARBALL: tarball }),
      );
      rows.push([cell, outcome]);
      console.log(rowText(cell, outcome));
      for (const fault of outcome.faults) console.log(`  ${fault.replaceAll('\n', '\n  ')}`);
    }
    writeTable(rows);
    return rows.some(([, { faults }]) => faults.length > 0) ? 1 : 0;
  } finally {
    execFileSync('chmod', ['-R', 'u+w', folder]);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Builds the package as it is published. */
function packed(folder: string): string {
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [, name = ''] = /"filename": "([^"]+)"/.exec(output) ?? [];
  return join(folder, name);
}

/** A folder with `node` of this version, which npm has as a package, and with our own `npm` and `npx`. */
function nodeFolder(folder: string, version: string): string {
  const prefix = join(folder, `node-${version}`);
  const name = `node-${process.platform}-${process.arch}`;
  execFileSync('npm', [
    'install',
    '--no-audit',
    '--no-fund',
    '--prefix',
    prefix,
    `${name}@${version}`,
  ]);
  const bin = join(prefix, 'node_modules', name, 'bin');
  const npm = join(execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim(), 'npm');
  for (const program of ['npm', 'npx']) {
    symlinkSync(join(npm, 'bin', `${program}-cli.js`), join(bin, program));
  }
  return bin;
}

/** What the network of this machine needs: certificates and proxies. */
function networkSettings(env: Readonly<Record<string, string | undefined>>) {
  const names = /^(?:NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy)$/i;
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value] as const] : [],
    ),
  );
}

function npmSetting(name: string): string {
  return execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim();
}

function rowText({ way, node, traits }: Cell, outcome: Outcome): string {
  const { installSeconds, patternSeconds, faults } = outcome;
  const cells = [
    way.name,
    node,
    traitText(traits),
    `${Math.round(installSeconds)} s`,
    `${Math.round(patternSeconds)} s`,
    faults.length === 0 ? 'as said' : faults.map((fault) => fault.split(':')[0]).join(', '),
  ];
  return `| ${cells.join(' | ')} |`;
}

function traitText({ umask, oddNames, bare, ignoresScripts }: MachineTraits): string {
  return [
    ...(bare ? ['no compiler, no Python'] : []),
    ...(ignoresScripts ? ['`ignore-scripts=true`'] : []),
    ...(oddNames ? ['spaces and quotes in names'] : []),
    ...(umask ? [`umask ${umask}`] : []),
  ].join(', ');
}

/** What stands at the beginning of a row, and only of that one. */
function keyOf({ way, node }: Cell): string {
  return `${way.name} | ${node}`;
}

/** Writes the rows into the page; those that were not run again stay. */
function writeTable(rows: readonly [Cell, Outcome][]): void {
  const page = readFileSync(PAGE, 'utf8');
  const [before, after] = [page.indexOf(BEGIN) + BEGIN.length, page.indexOf(END)];
  const texts = new Map<string, string>();
  for (const line of page.slice(before, after).split('\n')) {
    const [, way = '', node = ''] = line.split('|').map((text) => text.trim());
    texts.set(`${way} | ${node}`, line);
  }
  for (const [cell, outcome] of rows) texts.set(keyOf(cell), rowText(cell, outcome));
  const table = [
    '| way | Node.js | machine | installed after | first pattern after | all steps |',
    '| --- | --- | --- | --- | --- | --- |',
    ...CELLS.flatMap((cell) => texts.get(keyOf(cell)) ?? []),
  ].join('\n');
  const day = new Date().toISOString().slice(0, 10);
  const ran = `Last run on ${day}, on ${process.platform}-${process.arch} with ${availableParallelism()} processors, load ${loadavg()[0]?.toFixed(1)} at the end, npm's packages not cached at first:`;
  writeFileSync(PAGE, `${page.slice(0, before)}\n\n${ran}\n\n${table}\n\n${page.slice(after)}`);
  execFileSync(process.execPath, ['node_modules/oxfmt/bin/oxfmt', PAGE]);
}

// `npm run test:compose`: builds the image of deploy/Dockerfile, starts what deploy/compose.yaml names with podman, does to it
// what docs/deployment.md tells a team to do while real couriers deliver through the proxy, and prints what became of the
// events. Needs root, Linux and Debian's packages, but no registry of images; says so where something is missing, and exits with 0.
//   npm run test:compose -- --previous REF   upgrades from the image of that commit; else from this one by another tag
//   npm run test:compose -- --keep FOLDER    keeps Debian's files and all images there for the next run
//   npm run test:compose -- --drill restart  only the drills whose name has the word; may be given more than once
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allKept } from './cluster/drill.ts';
import { Load } from './cluster/load.ts';
import { Composition } from './compose/composition.ts';
import { composeDrills } from './compose/drills.ts';
import { buildService, makeBaseImages } from './compose/images.ts';
import { inOwnNamespace, OWN_NAMESPACE } from './compose/namespace.ts';
import { Podman } from './compose/podman.ts';

const NEEDED = [
  'podman',
  'podman-compose',
  'debootstrap',
  'crun',
  'iptables',
  'unshare',
  'ip',
  'git',
];
const IMAGE = 'pattern-tracker:0.1.0';
const PREVIOUS = 'pattern-tracker:previous';

const { values } = parseArgs({
  options: {
    previous: { type: 'string' },
    keep: { type: 'string' },
    drill: { type: 'string', multiple: true, default: [''] },
  },
});
process.exitCode = await main();

// --- internal ---

async function main(): Promise<number> {
  const given = process.env[OWN_NAMESPACE];
  if (given !== undefined) return trial(given);
  const missing = NEEDED.filter((name) => spawnSync('which', [name]).status !== 0);
  if (process.getuid?.() !== 0) missing.unshift('root');
  if (missing.length > 0) {
    console.log(`Not tried: without ${missing.join(', ')}. On Debian, as root:
  apt-get install --no-install-recommends podman podman-compose crun netavark aardvark-dns debootstrap iptables iproute2 catatonit`);
    return 0;
  }
  const root = mkdtempSync(join(tmpdir(), 'pattern-tracker-compose-'));
  process.on('SIGINT', () => {}); // whoever works has it too, and the folder is removed when it has ended
  try {
    return inOwnNamespace(root);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function trial(root: string): Promise<number> {
  const kept = values.keep ?? join(root, 'images');
  mkdirSync(kept, { recursive: true });
  const podman = new Podman(root, kept);
  const composition = new Composition(podman, root);
  try {
    await composition.remove(); // of a run that was killed, if its images were kept
    await buildImages(podman, composition, root, kept);
    await composition.start(PREVIOUS, step);
    return (await underLoad(composition)) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${podman.lastWords()}\n`);
    throw error;
  } finally {
    await composition.remove();
  }
}

async function underLoad(composition: Composition): Promise<boolean> {
  const load = new Load(composition);
  try {
    load.start();
    await load.isAccepted();
    const drills = composeDrills(IMAGE).filter(({ name }) =>
      values.drill.some((word) => name.includes(word)),
    );
    return await allKept(drills, composition, load);
  } finally {
    await load.remove();
  }
}

async function buildImages(
  podman: Podman,
  composition: Composition,
  root: string,
  kept: string,
): Promise<void> {
  step('building the program of the couriers');
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  step("making the base images of Debian's packages");
  await makeBaseImages(podman, kept, {
    database: composition.image('database'),
    proxy: composition.image('proxy'),
    prometheus: composition.image('prometheus'),
  });
  step('building the image of deploy/Dockerfile');
  await buildService(podman, '.', IMAGE);
  if (values.previous === undefined) {
    step('the previous image is the same by another tag');
    await podman.run('tag', `localhost/${IMAGE}`, `localhost/${PREVIOUS}`);
    return;
  }
  step(`building the image of ${values.previous}`);
  const checkout = join(root, 'previous');
  mkdirSync(checkout);
  await podman.call('sh', '-c', 'git archive "$0" | tar -C "$1" -x', values.previous, checkout);
  await buildService(podman, checkout, PREVIOUS);
}

function step(text: string): void {
  process.stderr.write(`${text}\n`);
}

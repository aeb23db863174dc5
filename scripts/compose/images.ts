import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { outside } from './namespace.ts';
import type { Podman } from './podman.ts';

/**
 * Makes the images that compose.yaml and the Dockerfile name out of Debian's packages and npm's Node.js, since this needs
 * no registry of images. Takes minutes, unless `folder` has Debian's files and the storage of an earlier run.
 *
 * @param names the images of compose.yaml, by service
 */
export async function makeBaseImages(
  podman: Podman,
  folder: string,
  names: Readonly<Record<'database' | 'proxy' | 'prometheus', string>>,
): Promise<void> {
  const debian = join(folder, 'debian');
  const whole = join(folder, 'whole'); // is there when the rest is complete
  if (!existsSync(whole)) {
    const packages = 'ca-certificates,libstdc++6,postgresql-15,caddy,prometheus';
    await podman.call(
      ...outside('debootstrap', '--variant=minbase', `--include=${packages}`, 'bookworm', debian),
    );
    await addNode(podman, folder, debian);
    const left = '--exclude=./usr/share/doc --exclude=./var/cache/apt --exclude=./var/lib/apt';
    const into = `tar -C "$0" ${left} -c . | podman import - "$1"`;
    await podman.call('sh', '-c', into, debian, BASE);
    writeFileSync(whole, '');
  }
  await podman.run('tag', BASE, NODE_IMAGE);
  for (const service of ['database', 'proxy', 'prometheus'] as const) {
    const file = join(folder, `${service}.containerfile`);
    writeFileSync(file, `FROM ${BASE}\n${IMAGES[service]}`);
    const tag = `--tag=localhost/${names[service]}`;
    await podman.run('build', ...HOW, tag, `--file=${file}`, 'scripts/compose');
  }
}

/** Builds deploy/Dockerfile of a checkout. Nothing of npm's settings gets into the image. */
export async function buildService(podman: Podman, checkout: string, tag: string): Promise<void> {
  const npm = async (key: string) => (await podman.call('npm', 'config', 'get', key)).trim();
  const mounts = [
    [await npm('cafile'), '/etc/ssl/certs/ca-certificates.crt', 'ro'],
    [await npm('globalconfig'), '/usr/local/etc/npmrc', 'ro'],
    [join(homedir(), '.npmrc'), '/root/.npmrc', 'ro'],
    [await npm('cache'), '/root/.npm', 'rw'],
  ].filter(([from = '']) => existsSync(from));
  await podman.call(
    ...outside(
      'podman',
      'build',
      ...HOW,
      ...mounts.flatMap((mount) => ['--volume', mount.join(':')]),
      '--network=host',
      `--build-arg=NODE_IMAGE=${NODE_IMAGE}`,
      `--file=${join(checkout, 'deploy/Dockerfile')}`,
      `--tag=localhost/${tag}`,
      checkout,
    ),
  );
}

// --- internal ---

const BASE = 'localhost/compose-trial-base';
const NODE_IMAGE = 'localhost/compose-trial-node';
/** The layers are kept, so that a second image of the same packages installs them once. */
const HOW = ['--isolation', 'chroot', '--format', 'docker', '--layers'];

/** What the images have beyond the program. */
const IMAGES = {
  database: `ENV LANG=C.UTF-8 PATH=/usr/lib/postgresql/15/bin:/usr/sbin:/usr/bin:/sbin:/bin
COPY postgres-entrypoint.sh /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/postgres-entrypoint.sh"]
`,
  proxy: `ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
CMD ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
`,
  prometheus: `RUN rm -rf /etc/prometheus && install -d /etc/prometheus && install -d -o nobody -g nogroup /prometheus
USER nobody
ENTRYPOINT ["/usr/bin/prometheus"]
`,
};

/** Node.js 22 as npm has it, and the npm that runs this. */
async function addNode(podman: Podman, folder: string, debian: string): Promise<void> {
  const name = `node-linux-${process.arch}`;
  const wanted = [`${name}@22`, '--pack-destination', folder];
  await podman.call(...outside('npm', 'pack', '--silent', ...wanted));
  const packed = join(folder, readdirSync(folder).find((file) => file.startsWith(name)) ?? '');
  const local = join(debian, 'usr/local');
  await podman.call('tar', '-C', local, '-xzf', packed, '--strip-components=1', 'package/bin/node');
  const modules = (await podman.call('npm', 'root', '--global')).trim();
  cpSync(join(modules, 'npm'), join(local, 'lib/node_modules/npm'), {
    recursive: true,
    verbatimSymlinks: true,
  });
  for (const program of ['npm', 'npx']) {
    const from = `../lib/node_modules/npm/bin/${program}-cli.js`;
    await podman.call('ln', '-sf', from, join(local, 'bin', program));
  }
}

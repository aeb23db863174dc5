import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';

/** Tells a run that it has mounts, processes and a network of its own, and its folder. */
export const OWN_NAMESPACE = 'PATTERN_TRACKER_OWN_NAMESPACE';

/**
 * Runs this program again where its mounts, processes and networks are its own, and end with it.
 *
 * @param root the folder that it is told
 * @returns its exit code
 */
export function inOwnNamespace(root: string): number {
  const { status } = spawnSync(
    'unshare',
    [
      '--mount',
      '--net',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'sh',
      '-c',
      PRELUDE,
      'sh',
      process.execPath,
      ...process.execArgv,
      ...process.argv.slice(1),
    ],
    {
      stdio: ['inherit', 'inherit', 'inherit', openSync('/proc/self/ns/net', 'r')],
      env: { ...process.env, [OWN_NAMESPACE]: root },
    },
  );
  return status ?? 1;
}

/** A command as it runs in the network of the machine, where downloads are possible. */
export function outside(...command: readonly string[]): [string, ...string[]] {
  return ['nsenter', `--net=/proc/${process.pid}/fd/3`, '--', ...command];
}

// --- internal ---

/**
 * What podman leaves in /run goes away with the mounts. crun refuses to start beside a second hierarchy of control groups.
 * The port is published on loopback, whence Linux routes nothing to a bridge unless told to. The shell stays, since the
 * first process has to wait for those whose parents have gone.
 */
const PRELUDE = `
umount /sys/fs/cgroup/unified 2>/dev/null
for folder in libpod crun containers netns; do
  mkdir -p /run/$folder && mount -t tmpfs tmpfs /run/$folder || exit 1
done
ip link set lo up || exit 1
for setting in conf.all.route_localnet conf.default.route_localnet ip_forward; do
  sysctl -qw net.ipv4.$setting=1 || exit 1
done
"$@"
exit $?
`;

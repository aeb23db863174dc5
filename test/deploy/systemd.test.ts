import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { statSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployFiles, deployText, hasCommand, ROOT } from './deploy-files.ts';

type Unit = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/** The sections of a unit, each key with every value it was given. */
function parseUnit(text: string): Unit {
  const sections: Record<string, Record<string, string[]>> = {};
  let section: Record<string, string[]> | undefined;
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const title = /^\[(\w+)\]$/.exec(line)?.[1];
    if (title !== undefined) {
      section = sections[title] ??= {};
      continue;
    }
    const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (!section || key === undefined || value === undefined)
      throw new Error(`not a line: ${line}`);
    (section[key] ??= []).push(value);
  }
  return sections;
}

const paths = deployFiles('systemd');
const units = new Map(paths.map((path) => [path, parseUnit(deployText(path))]));
const services = [...units].filter(([path]) => path.endsWith('.service'));
const timers = [...units].filter(([path]) => path.endsWith('.timer'));
const systemServices = services.filter(([path]) => !path.includes('/user/'));
const CHECKER = 'systemd-analyze';
const PROGRAM = '/opt/pattern-tracker/';

/** What systemd.exec(5), systemd.service(5), systemd.timer(5) and systemd.unit(5) call what we use. */
const KEYS: Readonly<Record<string, RegExp>> = {
  Unit: /^(?:Description|Documentation|Wants|After|StartLimit(?:IntervalSec|Burst))$/,
  Install: /^WantedBy$/,
  Timer: /^(?:OnCalendar|RandomizedDelaySec|Persistent|OnBootSec|OnUnitActiveSec|AccuracySec)$/,
  Service: new RegExp(
    `^(?:Type|ExecStart|Environment|LoadCredential|WorkingDirectory|KillSignal|Restart|RestartSec|
    TimeoutStartSec|TimeoutStopSec|Nice|IOSchedulingClass|UMask|User|StateDirectory|
    StateDirectoryMode|ProtectSystem|ProtectHome|PrivateTmp|PrivateDevices|PrivateUsers|PrivateNetwork|
    ProtectProc|ProcSubset|ProtectClock|ProtectHostname|ProtectKernelLogs|ProtectKernelModules|
    ProtectKernelTunables|ProtectControlGroups|RestrictAddressFamilies|RestrictNamespaces|
    RestrictRealtime|RestrictSUIDSGID|LockPersonality|NoNewPrivileges|RemoveIPC|
    CapabilityBoundingSet|AmbientCapabilities|SystemCallArchitectures|SystemCallFilter|
    SystemCallErrorNumber|MemoryMax|TasksMax|LimitNOFILE)$`.replaceAll(/\s/g, ''),
  ),
};

describe('the units', () => {
  it('are the service, its backups, and those of one person', () => {
    expect(paths).toEqual([
      'systemd/pattern-tracker-backup.service',
      'systemd/pattern-tracker-backup.timer',
      'systemd/pattern-tracker-pg-backup.service',
      'systemd/pattern-tracker-pg-backup.timer',
      'systemd/pattern-tracker.service',
      'systemd/user/pattern-tracker-textfile.service',
      'systemd/user/pattern-tracker-textfile.timer',
      'systemd/user/pattern-tracker.service',
    ]);
  });

  it('have sections and keys that systemd knows', () => {
    for (const [path, unit] of units) {
      for (const [section, entries] of Object.entries(unit)) {
        for (const key of Object.keys(entries)) expect(key, path).toMatch(KEYS[section] ?? /^$/);
      }
      expect(unit['Unit']?.['Description'], path).toHaveLength(1);
    }
  });

  it('start programs that are there and can be run', () => {
    for (const [path, { Service }] of systemServices) {
      const [program = ''] = Service?.['ExecStart']?.[0]?.split(' ') ?? [];
      expect(program, path).toMatch(/^\/opt\/pattern-tracker\/deploy\//);
      const file = join(ROOT, program.slice(PROGRAM.length));
      expect(existsSync(file), file).toBe(true);
      expect(statSync(file).mode & 0o111, file).toBe(0o111);
    }
  });

  it('have a service for each timer, which starts with the machine', () => {
    for (const [path, { Install, Timer }] of timers) {
      expect(paths).toContain(path.replace(/timer$/, 'service'));
      expect(Install?.['WantedBy'], path).toEqual(['timers.target']);
      expect(Object.keys(Timer ?? {}).join(), path).toMatch(/OnCalendar|OnUnitActiveSec/);
    }
  });

  it('give the service longer to stop than it takes, and start it again after a crash', () => {
    for (const path of [
      'systemd/pattern-tracker.service',
      'systemd/user/pattern-tracker.service',
    ]) {
      const service = units.get(path)?.['Service'];
      expect(Number(service?.['TimeoutStopSec']?.[0]), path).toBeGreaterThan(25);
      expect(service?.['Restart'], path).toEqual(['on-failure']);
    }
  });

  it('let the service of the system write its own folder alone, without any privilege', () => {
    for (const [path, { Service }] of systemServices) {
      expect(Service?.['ProtectSystem'], path).toEqual(['strict']);
      expect(Service?.['NoNewPrivileges'], path).toEqual(['yes']);
      expect(Service?.['CapabilityBoundingSet'], path).toEqual(['']);
      expect(Service?.['UMask'], path).toEqual(['0077']);
      expect(Service?.['StateDirectoryMode'], path).toEqual(['0700']);
      expect(Service?.['User'], path).toBeDefined();
    }
  });

  it('take the address of the database from a credential, never from the unit', () => {
    const service = units.get('systemd/pattern-tracker.service')?.['Service'];
    const [credential] = service?.['LoadCredential']?.[0]?.split(':') ?? [];
    expect(service?.['Environment']).toContain(`PATTERN_TRACKER_DATABASE_FILE=%d/${credential}`);
    for (const path of paths) expect(deployText(path)).not.toMatch(/^Environment=.*:\/\//m);
  });

  it('listen on loopback', () => {
    const serving = services
      .map(([path, { Service }]) => [path, Service?.['ExecStart']?.[0] ?? ''] as const)
      .filter(([, command]) => command.includes(' serve'));
    expect(serving.length).toBeGreaterThan(1);
    for (const [path, command] of serving) expect(command, path).toContain('--host 127.0.0.1 ');
  });

  it.skipIf(!hasCommand(CHECKER))('pass systemd-analyze verify, where there is one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'units-'));
    chmodSync(folder, 0o700);
    for (const scope of ['system', 'user']) {
      const own = paths.filter((path) => path.includes('/user/') === (scope === 'user'));
      mkdirSync(join(folder, scope));
      const files = own.map((path) => join(folder, scope, basename(path)));
      for (const [index, path] of own.entries()) {
        // The program lies elsewhere in a checkout.
        const text = deployText(path).replaceAll(/^(ExecStart=)\S+/gm, '$1/bin/true');
        writeFileSync(files[index] ?? '', text);
      }
      const checked = spawnSync(CHECKER, [`--${scope}`, 'verify', ...files], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_RUNTIME_DIR: folder },
      });
      expect({ status: checked.status, said: checked.stderr }).toEqual({ status: 0, said: '' });
    }
  });
});

describe('the unit for node_exporter', () => {
  const command = units.get('systemd/user/pattern-tracker-textfile.service')?.['Service'];
  const script = /-c '(.*)' sh /.exec(command?.['ExecStart']?.[0] ?? '')?.[1] ?? 'exit 9';

  function write(program: string) {
    const folder = mkdtempSync(join(tmpdir(), 'textfile-'));
    const file = join(folder, 'program');
    writeFileSync(file, `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    const env = { PATH: process.env['PATH'] ?? '', FOLDER: folder };
    const { status } = spawnSync('sh', ['-c', script.replaceAll('$$', '$'), 'sh', file], { env });
    const result = join(folder, 'pattern-tracker.prom');
    return { status, text: existsSync(result) ? readFileSync(result, 'utf8') : undefined };
  }

  it('writes what the program prints', () => {
    expect(write('echo "$@"')).toEqual({ status: 0, text: 'metrics --prometheus\n' });
  });

  it('writes nothing when the program fails', () => {
    expect(write('echo half; exit 1')).toEqual({ status: 1, text: undefined });
  });
});

describe('a unit that is wrong', () => {
  it('does not parse', () => {
    expect(() => parseUnit('Description=x')).toThrow('not a line: Description=x');
    expect(() => parseUnit('[Unit]\nDescription')).toThrow('not a line: Description');
  });
});

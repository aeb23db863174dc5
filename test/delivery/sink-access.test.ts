import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configSchema } from '../../lib/config/config.ts';
import { accessFault } from '../../lib/delivery/sink-access.ts';
import { LINEAGE } from '../../lib/delivery/lineage/lineage-sink.ts';
import { openLineageClient } from '../../lib/delivery/lineage/open-lineage.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'access-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const SERVER = 'https://host.example';
const config = (api: object, enabled = true) =>
  configSchema.parse({ api: { base_url: SERVER, ...api }, pattern_tracking: { enabled } });

function fifo(): string {
  const path = join(folder, 'fifo');
  execFileSync('mkfifo', [path]);
  return path;
}

function file(text: string, mode = 0o600): string {
  const path = join(folder, 'file');
  writeFileSync(path, text, { mode });
  return path;
}

describe('what is in the way of every request', () => {
  it('is nothing where there is no token, and where it can be read', () => {
    expect(accessFault(config({}), LINEAGE)).toBeNull();
    expect(accessFault(config({ token_file: file('secret\n') }), LINEAGE)).toBeNull();
    expect(
      accessFault(config({ ca_file: file('-----BEGIN CERTIFICATE-----\n') }), LINEAGE),
    ).toBeNull();
  });

  it.each<[string, () => object, RegExp]>([
    ['a token file that is not there', () => ({ token_file: '/gone/token' }), /ENOENT/],
    ['a token file that is a folder', () => ({ token_file: folder }), /it is no file/],
    ['a token file that is a FIFO', () => ({ token_file: fifo() }), /it is no file/],
    ['an empty token file', () => ({ token_file: file('') }), /does not hold a token/],
    ['a token file for all', () => ({ token_file: file('x', 0o644) }), /can be read by others/],
    ['certificates that are not there', () => ({ ca_file: '/gone/ca.pem' }), /ENOENT/],
    ['certificates that are a FIFO', () => ({ ca_file: fifo() }), /it is a FIFO, not a file/],
  ])('is %s, and a request waits for nothing', (_, api, reason) => {
    const broken = config(api());
    expect(accessFault(broken, LINEAGE)).toMatch(reason);
    expect(() => openLineageClient({ config: broken, clock: () => 0 })).toThrow(reason);
  });

  it('is nothing where nothing is sent', () => {
    const api = { token_file: '/gone/token' };
    expect(accessFault(config({ ...api, base_url: null }), LINEAGE)).toBeNull();
    expect(accessFault(config(api, false), LINEAGE)).toBeNull();
  });
});

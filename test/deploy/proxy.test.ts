import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../lib/service/http/request-body.ts';
import { API_PREFIX } from '../../lib/service/http/route.ts';
import { compose, deployText, hasCommand, run } from './deploy-files.ts';

const text = deployText('caddy/Caddyfile').replaceAll(/^\s*#.*\n/gm, '');

/** The lines of the first block whose head matches, its own blocks among them. */
function block(head: RegExp): string {
  const start = head.exec(text);
  if (!start) throw new Error(`there is no ${head.source}`);
  let depth = 1;
  const from = start.index + start[0].length;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return text.slice(from, at);
  }
  throw new Error('a brace is not closed');
}

describe('the Caddyfile', () => {
  it('closes every brace', () => {
    expect(text.split('{').length).toBe(text.split('}').length);
  });

  it('tries again only what may be done twice', () => {
    const proxy = block(/reverse_proxy service-1\S* .*\{/);
    const matchers = [...proxy.matchAll(/lb_retry_match \{\s*([^}]*)\}/g)].map(([, match = '']) =>
      match.trim().split(/\s*\n\s*/),
    );
    expect(matchers).toEqual([
      ['method GET HEAD'],
      ['method POST', `path ${API_PREFIX}/lineage/track ${API_PREFIX}/lineage/track/batch`],
    ]);
  });

  it('runs on a version of Caddy that can send a body twice', () => {
    expect(text).toContain('request_buffers 1MiB');
    const version = /:(\d+)\.(\d+)\.(\d+)/.exec(compose().services['proxy']?.image ?? '');
    const [major = 0, minor = 0, patch = 0] = version?.slice(1).map(Number) ?? [];
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(2_011_002);
  });

  it('asks each replica whether it is well, and passes on the id of a request', () => {
    expect(block(/reverse_proxy service-1\S* .*\{/)).toContain('health_uri /health');
    expect(text).toContain('@unnamed not header X-Request-Id *');
    expect(text).toContain('request_header @unnamed X-Request-Id {http.request.uuid}');
    expect(text).not.toMatch(/header_up\s+-?X-Request-Id/);
  });

  it('shows metrics to nobody outside', () => {
    expect(block(/handle \/metrics \{/).trim()).toBe('respond 404');
  });

  it('takes bodies as large as the service takes', () => {
    const mebibytes = Number(/max_size (\d+)MiB/.exec(text)?.[1]);
    expect(mebibytes * 1024 * 1024).toBeGreaterThan(MAX_BODY_BYTES);
  });

  it('listens on the port that compose.yaml publishes, and takes its variables', () => {
    const proxy = compose().services['proxy'];
    const port = /https_port (\d+)/.exec(text)?.[1];
    expect(proxy?.ports?.[0]).toMatch(new RegExp(`:${port}$`));
    const variables = [...text.matchAll(/\{\$(\w+):/g)].map(([, name]) => name);
    expect(Object.keys(proxy?.environment ?? {})).toEqual(variables);
    expect(text).not.toMatch(/\{\$\w+\}/); // each has a default
  });

  it.skipIf(!hasCommand('caddy'))('passes caddy validate, where there is one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'caddy-'));
    const file = join(folder, 'Caddyfile');
    // Debian's 2.6 does not know this line; all others it does.
    const isOld = /^v?2\.[0-6]\./.test(run('caddy', ['version']));
    writeFileSync(file, isOld ? text.replace('request_buffers 1MiB', '') : text);
    const args = ['validate', '--config', file, '--adapter', 'caddyfile'];
    expect(run('caddy', args, { HOME: folder })).toContain('Valid configuration');
  });
});

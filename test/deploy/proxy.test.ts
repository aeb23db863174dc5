import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../lib/service/http/request-body.ts';
import { API_PREFIX } from '../../lib/service/http/route.ts';
import { compose, deployText, hasCommand, ROOT, run } from './deploy-files.ts';

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
    expect(text).toContain('import /etc/caddy/since-2.11/*.caddy');
    expect(deployText('caddy/since-2.11/request-bodies.caddy')).toMatch(/^request_buffers 1MiB$/m);
    expect(compose().services['proxy']?.volumes).toContain(
      './caddy/since-2.11:/etc/caddy/since-2.11:ro',
    );
    const version = /:(\d+)\.(\d+)\.(\d+)/.exec(compose().services['proxy']?.image ?? '');
    const [major = 0, minor = 0, patch = 0] = version?.slice(1).map(Number) ?? [];
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(2_011_002);
  });

  it('asks each replica whether it is ready, and passes on the id of a request', () => {
    expect(block(/reverse_proxy service-1\S* .*\{/)).toContain('health_uri /health/ready');
    expect(text).toContain('@unnamed not header X-Request-Id *');
    expect(text).toContain('request_header @unnamed X-Request-Id {http.request.uuid}');
    expect(text).not.toMatch(/header_up\s+-?X-Request-Id/);
  });

  it('passes on nothing by which a client says who it is', () => {
    expect(block(/reverse_proxy service-1\S* .*\{/)).toMatch(/^\s*header_up -Forwarded$/m);
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
    // An older one, as Debian's 2.6, reads the file without what is imported, which is not there.
    const isOld = /^v?2\.(?:\d|10)\./.test(run('caddy', ['version']));
    const imported = join(ROOT, 'deploy/caddy/since-2.11');
    writeFileSync(file, isOld ? text : text.replace('/etc/caddy/since-2.11', imported));
    const args = ['validate', '--config', file, '--adapter', 'caddyfile'];
    expect(run('caddy', args, { HOME: folder })).toContain('Valid configuration');
  });
});

describe.each([
  ['nginx', 'nginx/pattern-tracker.conf'],
  ['HAProxy', 'haproxy/haproxy.cfg'],
])('the sample for %s', (_, path) => {
  const sample = deployText(path);

  it('passes on the Host, the client and the id of a request', () => {
    expect(sample).toMatch(/Host \$http_host|forwardfor/);
    expect(sample).toMatch(/X-Forwarded-For|forwardfor/);
    expect(sample).toMatch(/X-Request-Id/i);
  });

  it('passes on nothing by which a client says who it is', () => {
    expect(sample).toMatch(/proxy_set_header Forwarded "";|http-request del-header Forwarded$/m);
    expect(sample).toMatch(
      /proxy_set_header X-Forwarded-For \$remote_addr;|http-request del-header X-Forwarded-For$/m,
    );
  });

  it('shows metrics to nobody outside, and knows two replicas on loopback', () => {
    expect(sample).toContain('/metrics');
    expect(sample).toMatch(/127\.0\.0\.1:8053/);
    expect(sample).toMatch(/127\.0\.0\.1:8054/);
  });
});

it.skipIf(!hasCommand('nginx'))('the sample for nginx passes nginx -t, where there is one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const sample = deployText('nginx/pattern-tracker.conf');
  const certificate = selfSigned(folder);
  writeFileSync(
    join(folder, 'nginx.conf'),
    `pid ${folder}/pid; error_log stderr; events {}
http { access_log off; ${temporaryFolders(folder)}
${sample.replaceAll(/\/etc\/ssl\/\S+\.(?:crt|key);/g, `${certificate};`)} }`,
  );
  const args = ['-t', '-q', '-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
  expect(run('nginx', args)).not.toContain('emerg');
});

it.skipIf(!hasCommand('haproxy'))(
  'the sample for HAProxy passes haproxy -c, where there is one',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
    const file = join(folder, 'haproxy.cfg');
    const sample = deployText('haproxy/haproxy.cfg');
    writeFileSync(file, sample.replaceAll(/\/etc\/ssl\/\S+\.pem/g, selfSigned(folder)));
    expect(run('haproxy', ['-c', '-V', '-f', file])).toContain('Configuration file is valid');
  },
);

// --- internal ---

/** A certificate and its key in one file. */
function selfSigned(folder: string): string {
  const file = join(folder, 'both.pem');
  const subject = '-x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost'.split(' ');
  run('openssl', ['req', ...subject, '-keyout', file, '-out', join(folder, 'certificate.pem')]);
  appendFileSync(file, readFileSync(join(folder, 'certificate.pem')));
  return file;
}

/** nginx makes these when it only checks, too, and elsewhere may not. */
function temporaryFolders(folder: string): string {
  return ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ');
}

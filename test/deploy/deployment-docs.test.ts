import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compose, deployText, ROOT } from './deploy-files.ts';

const PAGES = ['docs/deployment.md', 'docs/scaling.md'];
/** Made by the reader, or by what runs. */
const MADE = [
  'deploy/.env',
  'deploy/secrets/metrics_token',
  'deploy/secrets/grafana_admin_password',
];

describe.each(PAGES)('%s', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');

  it('names files of deploy/ that are there', () => {
    const named = [...text.matchAll(/(?<!test\/)\bdeploy\/[\w./*-]*[\w*]/g)].map(([path]) => path);
    expect(named.length).toBeGreaterThan(1);
    for (const path of named.filter((one) => !MADE.includes(one))) {
      const plain = path.replace(/\.?\*.*$/, '.service');
      expect(existsSync(join(ROOT, plain)), plain).toBe(true);
    }
  });

  it('names alerts and dashboards that are there', () => {
    const alerts = deployText('prometheus/alerts.yml');
    for (const [, alert] of text.matchAll(/`(PatternTracker\w+)`/g)) {
      expect(alerts).toContain(`alert: ${alert}\n`);
    }
    for (const [, uid] of text.matchAll(/`(pattern-(?:tracking|performance|errors|machines))`/g)) {
      expect(existsSync(join(ROOT, 'deploy/grafana/dashboards', `${uid}.json`)), uid).toBe(true);
    }
  });

  it('names services and variables of compose.yaml', () => {
    const { services } = compose();
    for (const [, list = ''] of text.matchAll(/tracker-compose (?:stop|start) (.+)/g)) {
      for (const name of list.split(' ')) expect(Object.keys(services)).toContain(name);
    }
    const example = deployText('.env.example');
    for (const [, name] of text.matchAll(/^\| `(PATTERN_TRACKER_\w+)`/gm)) {
      expect(example).toContain(`\n${name}=`);
    }
  });
});

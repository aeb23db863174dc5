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

const readPage = (page: string) => readFileSync(join(ROOT, page), 'utf8');

it.each(PAGES)('%s names files of deploy/ that are there', (page) => {
  const named = found(readPage(page), /(?<!test\/)\b(deploy\/[\w./*-]*[\w*])/g);
  expect(named.length).toBeGreaterThan(1);
  for (const path of named.filter((one) => !MADE.includes(one))) {
    const plain = path.replace(/\.?\*.*$/, '.service');
    expect(existsSync(join(ROOT, plain)), plain).toBe(true);
  }
});

describe('the pages on deployment', () => {
  const text = PAGES.map(readPage).join('\n');

  it('name alerts that are there', () => {
    const rules = deployText('prometheus/alerts.yml');
    const alerts = found(text, /`(PatternTracker\w+)`/g);
    expect(alerts.length).toBeGreaterThan(0);
    for (const alert of alerts) expect(rules).toContain(`alert: ${alert}\n`);
  });

  it('name dashboards that are there', () => {
    const dashboards = found(text, /`(pattern-(?:tracking|performance|errors|machines))`/g);
    expect(dashboards.length).toBeGreaterThan(0);
    for (const uid of dashboards) {
      expect(existsSync(join(ROOT, 'deploy/grafana/dashboards', `${uid}.json`)), uid).toBe(true);
    }
  });

  it('name services of compose.yaml', () => {
    const names = found(text, /tracker-compose (?:stop|start) (.+)/g)
      .join(' ')
      .split(' ');
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) expect(Object.keys(compose().services)).toContain(name);
  });

  it('name variables of .env.example', () => {
    const example = deployText('.env.example');
    const variables = found(text, /^\| `(PATTERN_TRACKER_\w+)`/gm);
    expect(variables.length).toBeGreaterThan(0);
    for (const name of variables) expect(example).toContain(`\n${name}=`);
  });
});

// --- internal ---

/** What the first group of `pattern` holds, wherever it matches. */
function found(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, name = '']) => name);
}

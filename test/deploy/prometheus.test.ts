import { cpSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { prometheusRules } from '../../lib/alerts/prometheus-rules.ts';
import { compose, deployText, deployYaml, hasCommand, ROOT, run } from './deploy-files.ts';
import type { Scrapes } from './deploy-files.ts';
import { labelsIn, machineMetrics, serviceMetrics, seriesIn } from './exported-metrics.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const config = deployYaml<Scrapes>('prometheus/prometheus.yml');
const { groups } = deployYaml<{ groups: { name: string; rules: Rule[] }[] }>(
  'prometheus/alerts.yml',
);
const rules = groups.flatMap((group) => group.rules);

describe('prometheus.yml', () => {
  it('reads the alerts that are there, and the token that compose.yaml hands over', () => {
    for (const path of config.rule_files) {
      expect(existsSync(join(ROOT, 'deploy/prometheus', path)), path).toBe(true);
    }
    const [job] = config.scrape_configs;
    expect(job?.authorization?.credentials_file).toBe('/run/secrets/metrics_token');
    expect(compose().services['prometheus']?.secrets).toContain('metrics_token');
  });
});

describe('alerts.yml', () => {
  it('is what the program writes from the rules that it judges by itself', () => {
    expect(deployYaml('prometheus/alerts.yml')).toEqual(parse(prometheusRules()));
  });

  it('says of each alert how bad it is, what it means and what to do', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(['critical', 'high', 'medium', 'low'], alert).toContain(labels['severity']);
      expect(annotations['summary'], alert).toBeTruthy();
      expect(annotations['action'], alert).toBeTruthy();
    }
  });

  it('reads only what the service and the machines export', async () => {
    const known = new Set(['up', ...(await serviceMetrics()), ...(await machineMetrics())]);
    for (const { alert, expr } of rules) {
      const names = seriesIn(expr);
      expect(names.length, alert).toBeGreaterThan(0);
      for (const name of names) expect(known, alert).toContain(name);
    }
  });

  it('looks at labels that are there, and at jobs that are scraped', () => {
    const jobs = config.scrape_configs.map((job) => job.job_name);
    expect(rules.some(({ expr }) => labelsIn(expr).length > 0)).toBe(true);
    expect(rules.some(({ expr }) => expr.includes('job="'))).toBe(true);
    for (const { alert, expr } of rules) {
      for (const [, job] of expr.matchAll(/job="([^"]*)"/g)) expect(jobs, alert).toContain(job);
      for (const [, label] of labelsIn(expr))
        expect(['job', 'status', 'result', 'rule'], alert).toContain(label);
    }
  });

  it('keeps the thresholds of the runbook', () => {
    const threshold = (name: string) =>
      rules.find(({ alert }) => alert === name)?.expr.match(/[<>] ([\d.]+)\s*$/)?.[1];
    expect(threshold('PatternTrackerErrors')).toBe('0.05'); // more than 95 % succeed
    expect(threshold('PatternTrackerSlow')).toBe('0.5'); // acceptable degradation: below 500 ms
    expect(threshold('PatternTrackerVerySlow')).toBe('1'); // critical: above 1000 ms
    expect(threshold('PatternTrackerDeliveryFails')).toBe('0.95');
    expect(threshold('PatternTrackerCacheMisses')).toBe('0.8');
  });

  it('has a test that names what a person is told in the worst cases', () => {
    const tested = deployText('prometheus/alerts.test.yml');
    const critical = rules.filter(({ labels }) => labels['severity'] === 'critical');
    expect(critical.length).toBeGreaterThan(2);
    for (const { alert } of critical) expect(tested).toContain(alert);
  });

  it.skipIf(!hasCommand('promtool'))('passes promtool, its tests too, where there is one', () => {
    const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
    cpSync(join(ROOT, 'deploy/prometheus'), folder, { recursive: true });
    const token = join(folder, 'token');
    writeFileSync(token, 'made up');
    const text = deployText('prometheus/prometheus.yml');
    writeFileSync(
      join(folder, 'prometheus.yml'),
      text
        .replace('/run/secrets/metrics_token', token)
        .replace('/etc/prometheus/machines', join(folder, 'machines')),
    );
    run('promtool', ['check', 'config', join(folder, 'prometheus.yml')]);
    for (const tests of ['alerts.test.yml', 'outage.test.yml', 'machine-outage.test.yml']) {
      expect(run('promtool', ['test', 'rules', join(folder, tests)])).toContain('SUCCESS');
    }
  });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { dashboardFiles, dashboards, filled } from './dashboards.ts';
import type { Dashboard } from './dashboards.ts';
import { compose, deployYaml, hasCommand, run } from './deploy-files.ts';
import type { Scrapes } from './deploy-files.ts';
import { labelsIn, machineMetrics, serviceMetrics, seriesIn } from './exported-metrics.ts';

const LABELS = new Set(['job', 'instance', 'method', 'route', 'status', 'result', 'le', 'kind']);

function queries({ panels, templating }: Dashboard): string[] {
  return [
    ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...templating.list.map(
      ({ query }) => /^label_values\((.*), \w+\)$/.exec(query.query)?.[1] ?? '?',
    ),
  ];
}

describe('the dashboards', () => {
  it('are those that the runbook opens, and one of the machines', () => {
    expect(dashboards.map(({ uid }) => uid)).toEqual([
      'pattern-errors',
      'pattern-machines',
      'pattern-performance',
      'pattern-tracking',
    ]);
    expect(dashboards.map(({ uid }) => `${uid}.json`)).toEqual(
      dashboardFiles.map((path) => basename(path)),
    );
  });

  it.each(dashboards.map((dashboard) => [dashboard.title, dashboard] as const))(
    '%s shows only what is exported',
    async (_, dashboard) => {
      const machines = dashboard.uid === 'pattern-machines';
      const known = machines ? await machineMetrics() : await serviceMetrics();
      for (const query of queries(dashboard)) {
        const names = seriesIn(filled(query)).filter((name) => name !== 'up' && name !== 'ALERTS');
        for (const name of names) expect(known, query).toContain(name);
      }
    },
  );

  it('look at labels that are there, and at jobs that are scraped', () => {
    const jobs = deployYaml<Scrapes>('prometheus/prometheus.yml').scrape_configs;
    for (const query of dashboards.flatMap(queries)) {
      for (const [series, label] of labelsIn(query)) {
        if (series !== 'ALERTS') expect(LABELS, query).toContain(label);
      }
      for (const [, job] of query.matchAll(/job="([^"]*)"/g)) {
        expect(
          jobs.map(({ job_name: name }) => name),
          query,
        ).toContain(job);
      }
      for (const [, list = ''] of query.matchAll(/\bby \(([^)]*)\)/g)) {
        for (const label of list.split(', ')) expect(LABELS, query).toContain(label);
      }
    }
  });

  it('show rates, errors, latency, the queue and the database', () => {
    const main = dashboards.find(({ uid }) => uid === 'pattern-tracking');
    const text = main ? queries(main).join('\n') : '';
    for (const part of [
      'rate(http_requests_total',
      'status=~"5.."',
      'histogram_quantile(0.5,',
      'histogram_quantile(0.95,',
      'histogram_quantile(0.99,',
      'pattern_tracker_ingest_queue_events',
      'pattern_tracker_store_up',
    ]) {
      expect(text).toContain(part);
    }
  });

  it('use the variables and the data source that are there', () => {
    const { datasources } = deployYaml<{ datasources: { uid: string; url: string }[] }>(
      'grafana/provisioning/datasources/prometheus.yaml',
    );
    expect(datasources.map(({ url }) => url)).toEqual(['http://prometheus:9090']);
    for (const dashboard of dashboards) {
      const names = dashboard.templating.list.map(({ name }) => name);
      for (const [, name] of queries(dashboard)
        .join()
        .matchAll(/\$([a-z]\w*)/g)) {
        expect(names, dashboard.title).toContain(name);
      }
      for (const panel of dashboard.panels) {
        expect(datasources.map(({ uid }) => uid)).toContain(panel.datasource.uid);
        const text = JSON.stringify(panel);
        for (const [, uid] of text.matchAll(/"uid":"(\w+)"/g)) expect(uid).toBe('prometheus');
      }
    }
  });

  it('have panels that lie beside each other', () => {
    for (const { title, panels } of dashboards) {
      expect(new Set(panels.map(({ id }) => id)).size, title).toBe(panels.length);
      const taken = new Set<string>();
      for (const { gridPos: at } of panels) {
        expect(at.x + at.w, title).toBeLessThanOrEqual(24);
        for (let x = at.x; x < at.x + at.w; x += 1) {
          for (let y = at.y; y < at.y + at.h; y += 1) {
            expect(taken, title).not.toContain(`${x},${y}`);
            taken.add(`${x},${y}`);
          }
        }
      }
    }
  });

  it('lie where Grafana is told to look', () => {
    const { providers } = deployYaml<{ providers: { options: { path: string } }[] }>(
      'grafana/provisioning/dashboards/pattern-tracker.yaml',
    );
    const mounts = compose().services['grafana']?.volumes ?? [];
    for (const { options } of providers) {
      expect(mounts).toContain(`./grafana/dashboards:${options.path}:ro`);
    }
  });

  it.skipIf(!hasCommand('promtool'))(
    'have queries that promtool can read, where there is one',
    () => {
      const rules = dashboards
        .flatMap(queries)
        .map((expr, index) => ({ record: `query:${index}`, expr: filled(expr) }));
      const file = join(mkdtempSync(join(tmpdir(), 'grafana-')), 'queries.yml');
      writeFileSync(file, stringify({ groups: [{ name: 'queries', rules }] }));
      expect(run('promtool', ['check', 'rules', file])).toContain(`${rules.length} rules found`);
    },
  );
});

// A real Prometheus with the files of deploy/, in which time passes faster.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stringify } from 'yaml';
import { deployText } from './deploy-files.ts';
import { dashboards, filled } from './dashboards.ts';

/** How many times shorter each interval, window and wait is than in deploy/. */
const HASTE = 30;
/** How long it takes until the longest window of a rate on the dashboards, but for those of an hour and a day, has passed. */
const LONGEST_WINDOW = '10m';

/** One value of an answer. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface PrometheusOptions {
  /** The addresses of the job pattern-tracker, `host:port` each. */
  readonly replicas: readonly string[];
  /** Those of the job machines. */
  readonly machines: readonly string[];
}

/** Prometheus with deploy/prometheus, as it is but for addresses, and in a hurry. */
export class PrometheusProcess {
  readonly #folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  #stop: (() => Promise<void>) | undefined;
  #port = '';

  /** Waits until it answers. */
  async start({ replicas, machines }: PrometheusOptions): Promise<this> {
    const file = (name: string) => join(this.#folder, name);
    mkdirSync(file('machines'));
    writeFileSync(file('token'), 'none is needed');
    writeFileSync(file('alerts.yml'), hurried(deployText('prometheus/alerts.yml')));
    writeFileSync(file('machines/team.yml'), stringify([{ targets: machines }]));
    const targets = `['service-1:8053', 'service-2:8053']`;
    const config = hurried(deployText('prometheus/prometheus.yml'))
      .replace(targets, JSON.stringify(replicas))
      .replace('/run/secrets/metrics_token', file('token'))
      .replace('/etc/prometheus/machines', file('machines'))
      .replace(/^ *scrape_timeout:.*\n/m, ''); // it is as long as the interval then
    writeFileSync(file('prometheus.yml'), config);
    const child = spawn(
      'prometheus',
      [
        `--config.file=${file('prometheus.yml')}`,
        `--storage.tsdb.path=${file('data')}`,
        '--web.listen-address=127.0.0.1:0',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    this.#stop = async () => {
      const exit = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGKILL')) await exit;
    };
    let said = '';
    for await (const line of createInterface(child.stderr)) {
      said += `${line}\n`;
      this.#port ||= /Listening on.*address=127\.0\.0\.1:(\d+)/.exec(line)?.[1] ?? '';
      if (line.includes('ready to receive web requests')) {
        child.stderr.resume();
        return this;
      }
    }
    throw new Error(`Prometheus did not start:\n${said}`);
  }

  /** What a query in the time of deploy/ answers now. */
  async query(expr: string): Promise<Sample[]> {
    const url = new URL('/api/v1/query', `http://127.0.0.1:${this.#port}`);
    url.searchParams.set('query', hurried(expr));
    const answer = (await (await fetch(url)).json()) as Answer;
    if (answer.status !== 'success') throw new Error(`${expr}: ${answer.error}`);
    return answer.data.result.map(({ metric, value: [, text] }) => ({
      metric,
      value: Number(text.replace('Inf', 'Infinity')),
    }));
  }

  /** The queries of all dashboards that answer with no number now: `dashboard: panel, legend`. */
  async emptyPanels(): Promise<string[]> {
    const empty: string[] = [];
    for (const { uid, panels } of dashboards) {
      for (const { title, targets } of panels) {
        for (const { expr, legendFormat } of targets) {
          const samples = await this.query(filled(expr, '1m'));
          if (samples.some(({ value }) => Number.isFinite(value))) continue;
          const which = targets.length > 1 ? `, ${legendFormat}` : '';
          empty.push(`${uid}: ${title}${which}`);
        }
      }
    }
    return empty;
  }

  /** How many of a series have had a value for so long that no panel reads anything from before. */
  async haveLasted(series: string, value: 0 | 1): Promise<number> {
    const [found] = await this.query(
      `count((min_over_time(${series}[${LONGEST_WINDOW}]) == ${value}) and
         (max_over_time(${series}[${LONGEST_WINDOW}]) == ${value}) and
         (${series} offset ${LONGEST_WINDOW} == ${value}))`,
    );
    return found?.value ?? 0;
  }

  async remove(): Promise<void> {
    await this.#stop?.();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

// --- internal ---

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly result: readonly {
      readonly metric: Sample['metric'];
      readonly value: readonly [time: number, value: string];
    }[];
  };
}

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 };

/** A configuration or a query, with shorter intervals, windows and waits. */
function hurried(text: string): string {
  return text.replaceAll(/\b(\d+)([smhd])\b/g, (_, count: string, unit: keyof typeof SECONDS) => {
    return `${Math.round((Number(count) * SECONDS[unit] * 1000) / HASTE)}ms`;
  });
}

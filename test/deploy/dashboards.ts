import { deployFiles, deployText } from './deploy-files.ts';

/** What is read of a dashboard of deploy/grafana. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; h: number };
    readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
  }[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: { readonly query: string } }[];
  };
}

export const dashboardFiles = deployFiles('grafana/dashboards');
export const dashboards = dashboardFiles.map((path) => JSON.parse(deployText(path)) as Dashboard);

/** A query without what Grafana puts in itself; `interval` is its shortest window for rates. */
export function filled(expr: string, interval = '5m'): string {
  return expr.replaceAll('$__rate_interval', interval).replaceAll(/\$(?:instance|machine)/g, '.*');
}

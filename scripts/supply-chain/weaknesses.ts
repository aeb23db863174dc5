import { asArray, asString, isJsonObject } from '../../lib/base/json.ts';

/** A weakness that a registry knows of in an installed package. */
export interface Weakness {
  readonly name: string;
  /** The versions that have it. */
  readonly range: string;
  readonly severity: string;
  /** False for a tool that only developers run. */
  readonly isShipped: boolean;
  readonly isGrave: boolean;
  readonly titles: readonly string[];
}

/** What `npm audit` said. */
export type AuditAnswer =
  | { readonly kind: 'answered'; readonly weaknesses: readonly Weakness[] }
  | { readonly kind: 'silent'; readonly why: string };

/**
 * Reads what `npm audit --json` printed.
 *
 * @param shipped the names of the packages that reach users
 */
export function readAudit(output: string, shipped: ReadonlySet<string>): AuditAnswer {
  let report: unknown;
  try {
    report = JSON.parse(output);
  } catch {
    return { kind: 'silent', why: 'npm printed no report' };
  }
  if (!isJsonObject(report) || !isJsonObject(report['vulnerabilities'])) {
    const message = isJsonObject(report) ? asString(report['message']) : undefined;
    return { kind: 'silent', why: message ?? 'the report has no list' };
  }
  const weaknesses = Object.entries(report['vulnerabilities']).flatMap(([name, found]) => {
    if (!isJsonObject(found)) return [];
    const severity = asString(found['severity']) ?? 'unknown';
    const via = asArray(found['via']).filter(isJsonObject);
    const weakness: Weakness = {
      name,
      range: asString(found['range']) ?? '*',
      severity,
      isShipped: shipped.has(name),
      isGrave: severity === 'high' || severity === 'critical',
      titles: via.map(({ title }) => asString(title) ?? '').filter(Boolean),
    };
    return [weakness];
  });
  return { kind: 'answered', weaknesses };
}

/** A weakness in one line. */
export function weaknessText({ name, range, severity, isShipped, titles }: Weakness): string {
  const where = isShipped ? 'shipped' : 'only a tool';
  return [`${name} ${range}: ${severity}, ${where}`, ...titles].join('; ');
}

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { OWN_RULES, ALERT_RULES } from '../../lib/alerts/alert-rules.ts';
import { RESPONSE_MINUTES } from '../../lib/alerts/alert-rule.ts';
import { parseAlertMessage } from '../../lib/delivery/alerts/alert-message.ts';

const page = readFileSync('docs/alerts.md', 'utf8');

describe('docs/alerts.md', () => {
  it('has every rule that is judged here, with its level and how long it has to be seen', () => {
    const told = page
      .split('\n')
      .filter((line) => /^\| `[a-z_]+` /.test(line))
      .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
    expect(told.map(([, id, level, held, title]) => [id, level, held, title])).toEqual(
      OWN_RULES.map(({ id, level, holdMs, title }) => [
        id,
        level,
        holdMs === 0 ? 'at once' : `${holdMs / 60_000} min`,
        title,
      ]),
    );
  });

  it('says how soon to act', () => {
    const { critical, high, medium, low } = RESPONSE_MINUTES;
    expect(page.replaceAll('\n', ' ')).toContain(
      `critical within ${critical} minutes, high ${high}, medium ${medium}, low ${low}`,
    );
  });

  it('shows a message that has just the keys of one', () => {
    const [, shown = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
    const parsed = parseAlertMessage(shown);
    expect(parsed).toEqual(JSON.parse(shown));
  });
});

const runbook = ['docs/RUNBOOK.md'].find((path) => existsSync(path));

it.skipIf(runbook === undefined)('every rule leads to a section that the runbook has', () => {
  const anchors = readFileSync(runbook ?? '', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .map((line) =>
      line
        .replace(/^#+ /, '')
        .toLowerCase()
        .replaceAll(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    );
  for (const { id, section } of ALERT_RULES) expect(anchors, id).toContain(section);
});

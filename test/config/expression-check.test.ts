import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadConfig, loadWholeConfig, ownRedaction } from '../../lib/config/config-file.ts';
import { ConfigWatch } from '../../lib/config/config-watch.ts';
import { ConfigFolder } from './config-folder.ts';

let folder: ConfigFolder;
beforeEach(() => (folder = new ConfigFolder()));
afterEach(() => folder.remove());

const BAD = `redaction:
  rules:
    - { name: staff-number, pattern: 'ACME-\\d+' }
    - name: badge
      pattern: '(zebra'
  allow:
    - plain(value
    - pattern: 'x(?!y)'
`;

it('names the line and column of each expression that cannot be used, and not the expression', async () => {
  folder.write('config', BAD);
  const { problems, config, policyError } = await loadWholeConfig(folder.paths);
  const file = folder.paths.configFile;
  expect(problems.map(({ where, message }) => `${where} ${message}`)).toEqual([
    `${file}:4:7 item 2: pattern: must be an expression of RE2: missing closing )`,
    `${file}:8:7 item 2: pattern: must be an expression of RE2: invalid or unsupported Perl syntax`,
  ]);
  expect(config.redaction).toEqual({ rules: [], allow: [] });
  expect(policyError).toContain('redaction.rules');
  await expect(ownRedaction(folder.paths)).rejects.toMatchObject({ code: 'E_CONFIG' });
});

it.each([
  [
    'rules: [{ name: Staff, pattern: a }]',
    '2:11',
    'item 1: name: must be a name such as staff-number',
  ],
  ['rules: [{ name: unchecked, pattern: a }]', '2:11', 'item 1: name: is the name of what is left'],
  ['rules: [{ name: a }]', '2:11', 'item 1: pattern: must be a string'],
  ['allow: [a, { value: b }]', '2:14', 'item 2: must be a value, or a pattern'],
])('refuses %s', (yaml, place, message) => {
  folder.write('config', `redaction:\n  ${yaml}\n`);
  const { problems } = loadConfig(folder.paths);
  expect(problems.map((one) => `${one.where} ${one.message}`)).toEqual([
    expect.stringContaining(`${folder.paths.configFile}:${place} ${message}`),
  ]);
});

it('keeps the last good rules when they break, but knows no policy until they are good', async () => {
  const rules = "redaction: { rules: [{ name: staff-number, pattern: 'ACME-[0-9]+' }] }\n";
  folder.write('config', rules);
  const watch = new ConfigWatch(folder.paths);
  await watch.refresh();
  folder.write('config', BAD);
  await watch.refresh();
  expect(watch.current.redaction.rules).toEqual([{ name: 'staff-number', pattern: 'ACME-[0-9]+' }]);
  expect([watch.policyError, watch.error]).toEqual([
    expect.stringContaining('redaction.rules'),
    expect.stringContaining(':4:7: '),
  ]);

  const late = new ConfigWatch(folder.paths);
  await late.refresh();
  expect(late.policyError).toContain('redaction.rules');
  folder.write('config', rules);
  await late.refresh();
  expect([late.policyError, late.current.redaction.rules.length]).toEqual([null, 1]);
});

import { expect, it } from 'vitest';
import { readAudit, weaknessText } from '../../../scripts/supply-chain/weaknesses.ts';

const shipped = new Set(['undici']);

it('tells a grave weakness in what is shipped from others', () => {
  const report = {
    auditReportVersion: 2,
    vulnerabilities: {
      undici: {
        severity: 'high',
        range: '<7.9.0',
        via: [{ title: 'Requests can be smuggled' }, 'llhttp'],
      },
      vitest: { severity: 'critical', range: '<4', via: ['vite'] },
    },
  };
  const answer = readAudit(JSON.stringify(report), shipped);
  expect(answer).toMatchObject({
    kind: 'answered',
    weaknesses: [
      { name: 'undici', isShipped: true, isGrave: true },
      { name: 'vitest', isShipped: false, isGrave: true },
    ],
  });
  if (answer.kind !== 'answered') throw new Error('it has answered');
  expect(answer.weaknesses.map(weaknessText)).toEqual([
    'undici <7.9.0: high, shipped; Requests can be smuggled',
    'vitest <4: critical, only a tool',
  ]);
});

it('finds none in a report without any', () => {
  const report = '{"auditReportVersion":2,"vulnerabilities":{}}';
  expect(readAudit(report, shipped)).toEqual({ kind: 'answered', weaknesses: [] });
});

it.each([
  ['', 'npm printed no report'],
  ['{"message":"405 Method Not Allowed","error":{}}', '405 Method Not Allowed'],
  ['[]', 'the report has no list'],
])('takes %j for no answer', (output, why) => {
  expect(readAudit(output, shipped)).toEqual({ kind: 'silent', why });
});

import { expect, it } from 'vitest';
import { localTime } from '../../../lib/base/time-text.ts';
import { serviceLogText } from '../../../lib/cli/output/log-text.ts';
import { readEntry } from '../../../lib/log/log-entry.ts';
import { createServiceLog } from '../../../lib/service/service-log.ts';

it('shows a request of the service as servers usually do, and other lines as they are', () => {
  const lines: string[] = [];
  const log = createServiceLog({
    level: 'info',
    withRequests: true,
    stream: { write: (line) => void lines.push(line) },
  });
  const request = {
    requestId: 'r-1',
    method: 'GET',
    path: '/docs',
    route: '/docs',
    status: 200,
    ms: 1.234,
    address: '127.0.0.1',
    tenant: 'default',
    tokenId: undefined,
  };
  log.access(request);
  log.access({ ...request, status: 500, path: '/\u001b[31mred', tenant: undefined });
  log.info('listening', { url: 'http://127.0.0.1:8053' });
  const shown = lines.map((line) => {
    const entry = readEntry(line.trimEnd());
    return serviceLogText(entry, false).replace(localTime(entry.at ?? 0), 'TIME');
  });
  expect(shown).toEqual([
    'TIME  info   200  GET /docs  1.23 ms  address=127.0.0.1  tenant=default  id=r-1\n',
    'TIME  error  500  GET /red  1.23 ms  address=127.0.0.1  id=r-1\n',
    'TIME  info   listening  url=http://127.0.0.1:8053\n',
  ]);
});

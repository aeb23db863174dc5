// A day's work of some sessions, as one sees it in the dashboard: one waits, one works with subagents, others are over.
import { Telling } from './telling.ts';

export const WAITING = 'a1b2c3d4-0000-4000-8000-000000000001';
export const WORKING = 'b2c3d4e5-0000-4000-8000-000000000002';
export const FINISHED = 'c3d4e5f6-0000-4000-8000-000000000003';
export const ENDED = 'd4e5f6a7-0000-4000-8000-000000000004';
export const FAILED = 'e5f6a7b8-0000-4000-8000-000000000005';

const CLIENT = `import { sleep } from './time.ts';

/** Charges a card, once. */
export async function charge(order: Order): Promise<Receipt> {
  const answer = await fetch(PAYMENTS, { method: 'POST', body: JSON.stringify(order) });
  if (!answer.ok) throw new PaymentError(answer.status);
  return (await answer.json()) as Receipt;
}
`;

const RETRYING = `  for (let attempt = 1; ; attempt += 1) {
    const answer = await fetch(PAYMENTS, { method: 'POST', body: JSON.stringify(order) });
    if (answer.ok) return (await answer.json()) as Receipt;
    if (answer.status < 500 || attempt === MOST_ATTEMPTS) throw new PaymentError(answer.status);
    await sleep(PAUSE_MS * 2 ** attempt);
  }
}`;

const REST = `  const answer = await fetch(PAYMENTS, { method: 'POST', body: JSON.stringify(order) });
  if (!answer.ok) throw new PaymentError(answer.status);
  return (await answer.json()) as Receipt;
}`;

const TEST = `it('retries three times', async () => {
  const server = await failing(3);
  await charge({ ...ORDER, url: server.url });
  expect(server.requests).toBe(4);
});
`;

const FAILURE = `Exit code 1
 FAIL  test/client.test.ts > retries three times
AssertionError: expected 1 to be 4
    at test/client.test.ts:14:27`;

/** @param now when it is looked at, in milliseconds since 1970 */
export function sampleWork(now: number): Telling[] {
  const minutes = (count: number) => now - count * 60_000;
  const waiting = new Telling({ session: WAITING, cwd: '/home/dev/shop-api', at: minutes(16) });
  waiting
    .start()
    .prompt('add retries to the payment client and test them')
    .read('src/client.ts')
    .write('src/client.ts', CLIENT)
    .edit('src/client.ts', REST, RETRYING)
    .write('test/client.test.ts', TEST)
    .bash('npm test', 41_000, FAILURE)
    .edit('src/client.ts', 'attempt === MOST_ATTEMPTS', 'attempt > MOST_ATTEMPTS')
    .bash('npm test', 38_500)
    .agentCall('a7c11f02', 'find flaky tests', (told) => {
      told
        .call('Grep', { pattern: 'flaky', path: told.cwd }, { mode: 'files', numFiles: 2 }, 9)
        .read('test/cart.test.ts')
        .bash('npx vitest run test/cart.test.ts --retry 0', 21_000);
    })
    .stop()
    .pause(95_000)
    .prompt('good. now publish a release candidate')
    .edit(
      'src/client.ts',
      'Charges a card, once.',
      'Charges a card; a try that fails is made again.',
    )
    .ask('Bash', { command: 'npm publish --tag next', description: 'Publish' });
  const working = new Telling({ session: WORKING, cwd: '/home/dev/search-index', at: minutes(9) });
  working
    .start()
    .prompt('the nightly index build takes 40 minutes. find out why, and make it fast')
    .bash('node --cpu-prof scripts/build-index.js --sample 2000', 31_000)
    .read('src/tokenize.ts');
  const fan = [
    'profile the tokenizer',
    'read how postings are merged',
    'look for the same work done twice',
  ];
  for (const [at, what] of fan.entries()) {
    working.agentCall(`f00d000${at}`, what, (told) => {
      told
        .call('Grep', { pattern: 'tokenize\\(', path: told.cwd }, { numFiles: 11 }, 14)
        .read(`src/postings-${at}.ts`)
        .bash(`npx vitest bench bench/part-${at}.bench.ts`, 17_000 + at * 9_000);
    });
  }
  working
    .write('src/tokenize.ts', 'export const words = (text: string) => text.split(BLANK);\n')
    .bash('npm run bench', 12_000);
  working.at = Math.max(working.at, now - 14_000);
  working.running('Bash', { command: 'node scripts/build-index.js --all', description: 'Build' });
  const finished = new Telling({ session: FINISHED, cwd: '/home/dev/docs-site', at: minutes(31) });
  finished
    .start()
    .prompt('why does the sidebar jump when a page loads?')
    .read('app/sidebar.tsx')
    .write('app/sidebar.tsx', 'export const Sidebar = () => <nav class="sidebar" />;\n')
    .bash('npm run build', 22_000);
  finished.at = minutes(4);
  finished.stop();
  const failed = new Telling({ session: FAILED, cwd: '/home/dev/shop-web', at: minutes(22) });
  failed.start().prompt('translate the checkout into Hebrew: תרגם את הקופה').read('src/texts.json');
  failed.at = minutes(2);
  failed.tell('StopFailure', { error: 'overloaded' });
  const ended = new Telling({ session: ENDED, cwd: '/home/dev/shop-api', at: minutes(190) });
  ended
    .start()
    .prompt('rename Order.amount to Order.total everywhere')
    .write('src/order.ts', 'export interface Order {\n  readonly total: number;\n}\n')
    .bash('npx tsc', 8_000)
    .stop()
    .pause(60_000)
    .end();
  return [waiting, working, finished, failed, ended];
}

import { isLoopback } from '../../base/loopback.ts';
import { fail, ok, warn } from '../checks/check.ts';
import type { CheckFinding } from '../checks/check.ts';
import type { AuditFacts } from './audit-facts.ts';
import { foundList } from './found-list.ts';

/** What leaves this machine is encrypted. */
export function transport({ config: { config } }: AuditFacts): CheckFinding {
  const { api, otlp } = config;
  const mend = 'Use an address that begins with https:, or a tunnel that ends on this machine.';
  const grave: string[] = [];
  const minor: string[] = [];
  for (const { url, hasSecret, isAllowed, sent } of [
    {
      url: api.base_url,
      hasSecret: api.token !== null || api.token_file !== null,
      isAllowed: api.allow_insecure,
      sent: 'code goes',
    },
    {
      url: otlp.endpoint,
      hasSecret: otlp.headers !== null || otlp.token_file !== null,
      isAllowed: otlp.allow_insecure,
      sent: 'facts about tool calls go',
    },
  ]) {
    if (!isPlain(url)) continue;
    if (!hasSecret) (url === api.base_url ? grave : minor).push(`${sent} unencrypted to ${url}`);
    else if (isAllowed) grave.push(`a credential goes unencrypted to ${url}`);
    else minor.push(`${url} is not encrypted, so nothing is sent there with a credential`);
  }
  if (grave.length > 0) return fail(foundList([...grave, ...minor]), mend);
  if (minor.length > 0) return warn(foundList(minor), mend);
  const servers = [api.base_url, otlp.endpoint].filter((url) => url !== null);
  return ok(servers.length === 0 ? 'no server is configured' : servers.join(', '));
}

/** No variable redirects what commands send, or what programs load. */
export function environment({ env, settingsVariables }: AuditFacts): CheckFinding {
  const here = redirecting(env).map((name) => `${name}, which ${VARIABLES[name]}, is set here`);
  const inSettings = [...settingsVariables].flatMap(([file, variables]) =>
    redirecting(variables).map((name) => `${name}, which ${VARIABLES[name]}, is set in ${file}`),
  );
  const found = [...here, ...inSettings];
  if (found.length === 0) return ok('no variable redirects anything');
  return warn(
    foundList(found),
    'Unset what you did not set yourself. Hooks and the courier do not obey them; commands and what Claude runs may.',
  );
}

// --- internal ---

/** What each variable does. Those that name certificate authorities are left out: nothing of ours obeys them. */
const VARIABLES: Readonly<Record<string, string>> = {
  INTELLIGENCE_SERVICE_URL: 'names the server',
  PATTERN_TRACKER_HOME: 'names the home',
  PATTERN_TRACKER_DATABASE: 'names the database of the service',
  HTTPS_PROXY: 'names a proxy',
  HTTP_PROXY: 'names a proxy',
  ALL_PROXY: 'names a proxy',
  NODE_TLS_REJECT_UNAUTHORIZED: 'can switch off the check of certificates in other programs',
  OPENSSL_CONF: 'configures encryption',
  NODE_OPTIONS: 'can load code into Node.js',
  NODE_PATH: 'names folders of packages',
  LD_PRELOAD: 'loads code into programs',
  LD_AUDIT: 'loads code into programs',
  DYLD_INSERT_LIBRARIES: 'loads code into programs',
  BASH_ENV: 'runs a file in each bash',
  ENV: 'runs a file in each interactive sh',
  OPTIND: 'can make each sh fail',
  SHELLOPTS: 'can keep each bash from running anything',
  LOCPATH: 'can make programs wait for a file',
  PATTERN_TRACKER_DISABLED: 'switches recording off if it is 1',
};

/** The names of {@link VARIABLES} that are set, in any case. */
function redirecting(env: Readonly<Record<string, string | undefined>>): string[] {
  const set = Object.keys(env).filter((name) => env[name]);
  return Object.keys(VARIABLES).filter((name) => set.some((one) => one.toUpperCase() === name));
}

function isPlain(url: string | null): url is string {
  if (url === null) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'http:' && !isLoopback(hostname);
}

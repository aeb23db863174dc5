import { TrackerError } from '../../base/errors.ts';
import { tokenEntry } from '../../service/accounting/token-entry.ts';
import { createToken, TOKEN_SCOPES } from '../../service/auth/token.ts';
import { DEFAULT_TENANT, TENANT_NAME } from '../../service/store/tenants.ts';
import type { ServiceStore } from '../../service/store/service-store.ts';
import type { StoredToken, TokenScope } from '../../service/store/token-store.ts';
import { actionArg, actionOf } from '../arguments/action.ts';
import { jsonArg, trackerCommand } from '../command.ts';
import type { CliEnvironment } from '../environment.ts';
import { candidateOf } from '../arguments/id-prefix.ts';
import { isoTime } from '../../base/clock.ts';
import { printJson } from '../output/json-output.ts';
import { ago, dateText } from '../../base/time-text.ts';
import { UsageError } from '../arguments/usage-error.ts';
import { databasePlace } from './serve.ts';

const ACTIONS = ['list', 'create', 'revoke'] as const;
const DAY_MS = 86_400_000;
const MAX_DAYS = 3_650;

/** `token`: lists, creates and revokes the tokens of a service. */
export const tokenCommand = trackerCommand({
  name: 'token',
  summary: 'List, create and revoke the tokens of a service.',
  examples: [
    'pattern-tracker token create --name laptop',
    'pattern-tracker token create --name grafana --scope admin --expires 90',
    'pattern-tracker token revoke 3f9a1c07b2de',
  ],
  actions: {
    list: 'every token: scopes, when it expires, when it was last used',
    create: 'make a token and print it, this once',
    revoke: 'end the token with this ID',
  },
  details: `A token is printed once, when it is created; only its SHA-256 is kept. The first token closes a service on
loopback to requests without one. With the scope write a client may record events and feedback, with
read it may query; admin allows both, and /metrics. Every process knows of a revocation within 5 seconds.`,
  json: `for create {id, token, name, tenant, scopes, expires_at}, for list [{id, name, tenant, scopes, created_at,
expires_at, revoked_at, last_used_at}], for revoke {id, revoked}.`,
  args: {
    ...actionArg(ACTIONS),
    id: {
      type: 'positional',
      required: false,
      description: 'The id of the token to revoke, or its first characters',
    },
    name: { type: 'string', description: 'What the token is for' },
    tenant: {
      type: 'string',
      default: DEFAULT_TENANT,
      description: 'Whose patterns it gives access to',
    },
    scope: {
      type: 'string',
      valueHint: 'scopes',
      default: 'read,write',
      description: 'read, write, admin, separated by commas',
    },
    expires: {
      type: 'string',
      valueHint: 'days',
      description: 'Days until it expires; without it never',
    },
    database: {
      type: 'string',
      valueHint: 'path|postgres://…',
      description: 'Where patterns are kept, as for `serve`',
    },
    ...jsonArg,
  },
  async run(args, cli) {
    const action = actionOf(args.action, ACTIONS, 'token');
    if (args.id !== undefined && action !== 'revoke') {
      throw new UsageError(`unexpected argument "${args.id}"`);
    }
    const { openServiceStore } = await import('../../service/store/store-opening.ts');
    const withStore = async (act: (store: ServiceStore) => Promise<void>) => {
      const store = await openServiceStore(databasePlace(args.database, cli));
      try {
        await act(store);
      } finally {
        await store.close();
      }
    };
    if (action === 'create') {
      const wanted = newToken(args, cli.now());
      const { text, stored } = createToken(wanted);
      await withStore(async (store) => {
        await store.tokens.add(stored);
        await store.audit.add([tokenEntry('token_created', stored, PERSON, cli.now())]);
      });
      if (args.json) printJson(cli, createdJson(text, stored));
      else cli.out(createdText(text, stored));
    } else if (action === 'revoke') {
      const prefix = args.id;
      if (!prefix) {
        throw new UsageError('ID is missing', '`pattern-tracker token list` shows them.');
      }
      let id = prefix;
      await withStore(async (store) => {
        const tokens = await store.tokens.list();
        const token = findToken(tokens, prefix);
        id = token.id;
        await store.tokens.revoke(id, cli.now());
        await store.audit.add([tokenEntry('token_revoked', token, PERSON, cli.now())]);
      });
      if (args.json) printJson(cli, { id, revoked: true });
      else cli.out(`Token ${id} is revoked.\n`);
    } else {
      await withStore(async (store) => {
        const tokens = await store.tokens.list();
        if (args.json) printJson(cli, tokens.map(listedJson));
        else await listTokens(tokens, cli);
      });
    }
  },
});

// --- internal ---

interface TokenArgs {
  readonly name?: string | undefined;
  readonly tenant: string;
  readonly scope: string;
  readonly expires?: string | undefined;
}

function newToken({ name, tenant, scope, expires }: TokenArgs, now: number) {
  if (!name || name.length > 100) {
    throw new UsageError(
      '--name is missing or too long',
      'Say what the token is for: --name laptop.',
    );
  }
  if (!TENANT_NAME.test(tenant)) {
    const hint = 'Use at most 63 lower-case letters, digits, - and _.';
    throw new UsageError(`--tenant "${tenant}" is not a valid name`, hint);
  }
  const days = expires === undefined ? undefined : Number(expires);
  if (days !== undefined && !(days > 0 && days <= MAX_DAYS)) {
    throw new UsageError(`--expires is "${expires}"`, `Expected days, up to ${MAX_DAYS}.`);
  }
  const expiresAt = days === undefined ? null : Math.round(now + days * DAY_MS);
  return { name, tenant, scopes: scopesOf(scope), createdAt: now, expiresAt };
}

function scopesOf(text: string): TokenScope[] {
  const words = [...new Set(text.split(/[,\s]+/).filter(Boolean))];
  const scopes = TOKEN_SCOPES.filter((scope) => words.includes(scope));
  if (scopes.length > 0 && scopes.length === words.length) return scopes;
  throw new UsageError(`--scope is "${text}"`, `Expected ${TOKEN_SCOPES.join(', ')}.`);
}

/** The token that `prefix` means. @throws TrackerError E_NO_TOKEN, E_AMBIGUOUS_TOKEN */
function findToken(tokens: readonly StoredToken[], prefix: string): StoredToken {
  const candidates = tokens.filter(({ id }) => id.startsWith(prefix));
  const found = candidateOf('token', prefix, candidates, ({ name, tenant }) => [name, tenant]);
  if (found) return found;
  throw new TrackerError('E_NO_TOKEN', `no token begins with "${prefix}"`, {
    hint: '`pattern-tracker token list` shows all tokens.',
  });
}

/** Who does it, for the audit log: nobody is signed in on the command line. */
const PERSON = {
  tokenId: null,
  tokenName: null,
  address: null,
  route: 'pattern-tracker token',
};

function createdText(text: string, { id, name, tenant, scopes, expiresAt }: StoredToken): string {
  const until = expiresAt === null ? 'without end' : `until ${dateText(expiresAt)}`;
  return `${text}

It is shown only once. Token ${id} "${name}" may ${scopes.join(', ')} in tenant ${tenant}, ${until}.
Clients send it as \`Authorization: Bearer\`; this program takes it from api.token or api.token_file.
`;
}

function createdJson(token: string, stored: StoredToken) {
  const { id, name, tenant, scopes, expiresAt } = stored;
  return { id, token, name, tenant, scopes, expiresAt: isoTime(expiresAt) };
}

function listedJson(token: StoredToken) {
  const { id, name, tenant, scopes } = token;
  return {
    id,
    name,
    tenant,
    scopes,
    createdAt: isoTime(token.createdAt),
    expiresAt: isoTime(token.expiresAt),
    revokedAt: isoTime(token.revokedAt),
    lastUsedAt: isoTime(token.lastUsedAt),
  };
}

async function listTokens(tokens: readonly StoredToken[], cli: CliEnvironment): Promise<void> {
  if (tokens.length === 0) {
    cli.out('There are no tokens. On loopback the service is open to all users of this machine.\n');
    return;
  }
  const { renderTable } = await import('../listing/table.ts');
  const now = cli.now();
  const state = ({ revokedAt, expiresAt }: StoredToken) => {
    if (revokedAt !== null) return 'revoked';
    if (expiresAt === null) return 'valid';
    return expiresAt > now ? `until ${dateText(expiresAt)}` : 'expired';
  };
  const table = renderTable(
    cli,
    [
      { title: 'ID', cell: ({ id }) => id, isWhole: true },
      { title: 'NAME', cell: ({ name }) => name },
      { title: 'TENANT', cell: ({ tenant }) => tenant },
      { title: 'SCOPES', cell: ({ scopes }) => scopes.join(',') },
      { title: 'STATE', cell: state },
      {
        title: 'LAST USED',
        cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : ago(lastUsedAt, now)),
      },
    ],
    tokens,
  );
  cli.out(table);
}

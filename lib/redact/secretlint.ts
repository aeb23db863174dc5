import { rules } from '@secretlint/secretlint-rule-preset-recommend';
import type {
  SecretLintRuleContext,
  SecretLintRuleCreator,
  SecretLintSourceCode,
} from '@secretlint/types';
import { isPlaceholderPassword } from './placeholder.ts';
import type { Finding, TextRule } from './rule.ts';

/** How this project runs one rule of the preset. */
interface Adapter {
  /** As in {@link TextRule}; undefined when the rule is not run. */
  readonly triggers?: readonly string[];
  readonly confirm?: RegExp;
  readonly kind?: string;
  /** Why the rule is not run. */
  readonly why?: string;
}

const URL_CREDENTIALS: Adapter = {
  triggers: ['://'],
  confirm: /:\/\/[^\s:/]{1,256}:[^\s@/]{1,256}@/y,
  kind: 'url-password',
};

/** The preset's rules by the end of their id. A rule missing here runs on every text. */
export const SECRETLINT_ADAPTERS: Readonly<Record<string, Adapter>> = {
  aws: { triggers: ['secret_access', 'secretaccess'], kind: 'aws-secret-key' },
  gcp: { why: 'it reads files; the key in a service account is found by our own private-key rule' },
  privatekey: { triggers: ['-----begin'], kind: 'private-key' },
  npm: { triggers: ['npm_', ':x-oauth-basic@'], kind: 'npm-token' },
  basicauth: URL_CREDENTIALS,
  'database-connection-string': URL_CREDENTIALS,
  slack: {
    triggers: ['xoxb-', 'xoxp-', 'xapp-', 'xoxa-', 'xoxo-', 'xoxr-', 'hooks.slack.com/services/'],
    kind: 'slack-token',
  },
  sendgrid: { triggers: ['SG.'], confirm: /SG\.\w{1,128}\.\w/y, kind: 'sendgrid-key' },
  shopify: { triggers: ['shppa_', 'shpca_', 'shpat_', 'shpss_'], kind: 'shopify-key' },
  github: {
    triggers: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    kind: 'github-token',
  },
  openai: { triggers: ['T3BlbkFJ'], kind: 'openai-key' },
  anthropic: { triggers: ['sk-ant-api0'], kind: 'anthropic-key' },
  linear: { triggers: ['lin_api_'], kind: 'linear-key' },
  '1password': { triggers: ['ops_ey'], kind: '1password-token' },
  'filter-comments': { why: 'a comment in a file must not switch redaction off' },
};

/** The recommended rules of secretlint, run synchronously, without files or configuration. */
export const SECRETLINT_RULES: readonly TextRule[] = rules.flatMap((creator) => {
  const name = creator.meta.id.replace(/^.*secretlint-rule-/, '');
  const adapter = Object.hasOwn(SECRETLINT_ADAPTERS, name) ? SECRETLINT_ADAPTERS[name] : undefined;
  if (adapter?.why !== undefined) return [];
  const run = runnerOf(creator, adapter?.kind ?? name);
  return [
    {
      scope: 'text',
      name,
      triggers: adapter?.triggers ?? [],
      ...(adapter?.confirm && { confirm: adapter.confirm }),
      findAll: run,
    },
  ];
});

// --- internal ---

function runnerOf(creator: SecretLintRuleCreator, kind: string): (text: string) => Finding[] {
  let findings: Finding[] = [];
  let content = '';
  const context: SecretLintRuleContext = {
    sharedOptions: {},
    // Rules put the secret itself into their message; their range cannot be trusted (see findingOf).
    createTranslator: () => (messageId, data) => ({
      message: '',
      messageId: String(messageId),
      data,
    }),
    report: ({ message, range }) => {
      const finding = findingOf(content, kind, range, message.data);
      const secret = content.slice(finding.start, finding.end);
      if (kind !== 'url-password' || !isPlaceholderPassword(secret)) findings.push(finding);
    },
    ignore: () => undefined,
  };
  const handler = creator.create(context, {});
  const findIn = (text: string) => {
    findings = [];
    content = text;
    // No rule returns a promise for a source without a path.
    void handler.file?.(sourceOf(text));
    content = '';
    return findings;
  };
  return (text) => (text.length <= PIECE ? findIn(text) : findInPieces(text, findIn));
}

/** Most characters passed to a rule at once: at some eight million its expression overflows the stack. */
const PIECE = 1_000_000;
/** Characters that two pieces share. A private key of 16,384 bits has 13,000. */
const OVERLAP = 20_000;

function findInPieces(text: string, findIn: (piece: string) => Finding[]): Finding[] {
  const findings: Finding[] = [];
  for (let at = 0; at < text.length; at += PIECE - OVERLAP) {
    for (const { start, end, kind } of findIn(text.slice(at, at + PIECE))) {
      findings.push({ start: start + at, end: end + at, kind });
    }
  }
  return findings;
}

/**
 * Some rules report where the whole match starts, but the length of a part of it, which would leave the
 * end of the secret in the text. So the secret is searched for from the start of the match. In a URL
 * only the password is secret.
 */
function findingOf(
  text: string,
  kind: string,
  [start, end]: readonly [number, number],
  data: unknown,
): Finding {
  const secret = secretIn(data) ?? text.slice(start, end);
  const at = text.indexOf(secret, start);
  const from = at === -1 ? start : at;
  if (kind !== 'url-password') return { start: from, end: from + secret.length, kind };
  const [url = secret, password = ''] = /^[^:]*:(?:\w+:)?\/\/[^:@]*:([^@]*)@/.exec(secret) ?? [];
  const passwordAt = from + url.length - 1 - password.length;
  return { start: passwordAt, end: passwordAt + password.length, kind };
}

function secretIn(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null) return undefined;
  for (const name of ['KEY', 'TOKEN', 'ID', 'URL', 'URI', 'CREDENTIAL']) {
    const value: unknown = (data as Record<string, unknown>)[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

function sourceOf(content: string): SecretLintSourceCode {
  const noPosition = (): never => {
    throw new Error('a text without a path has no positions');
  };
  return {
    hasBOM: false,
    content,
    filePath: undefined,
    physicalFilePath: undefined,
    contentType: 'text',
    ext: '',
    getFilePath: () => undefined,
    getPhysicalFilePath: () => undefined,
    locationToRange: noPosition,
    rangeToLocation: noPosition,
    positionToIndex: noPosition,
    indexToPosition: noPosition,
  };
}

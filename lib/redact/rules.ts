import { ASSIGNMENT_RULES } from './assignment.ts';
import { isIdentifierLike, isPlaceholder, isPlaceholderPassword } from './placeholder.ts';
import type { AnchoredRule, Finding } from './rule.ts';
import { matchAt } from './sticky.ts';

/**
 * Secrets recognised by how they begin: kind, prefixes, and what must follow. What secretlint finds is
 * not repeated, unless its rule misses some of the forms in use.
 */
export const PREFIXES: readonly (readonly [kind: string, prefixes: string, rest: string])[] = [
  ['aws-access-key-id', 'AKIA ASIA AROA AIDA AGPA AIPA ANPA ANVA', '[A-Z0-9]{16}(?![A-Za-z0-9])'],
  ['google-api-key', 'AIza', '[\\w-]{35}(?![\\w-])'],
  ['google-oauth-secret', 'GOCSPX-', '[\\w-]{28}'],
  ['google-oauth-token', 'ya29.', '[\\w-]{20,2048}'],
  ['stripe-key', 'sk_live_ sk_test_ rk_live_ rk_test_', '[A-Za-z0-9]{16,256}'],
  ['stripe-webhook-secret', 'whsec_', '[A-Za-z0-9+/]{24,128}={0,2}'],
  ['gitlab-token', 'glpat- gldt- glrt- glcbt- glptt- glsoat-', '[\\w-]{20,256}'],
  ['anthropic-key', 'sk-ant-', '[a-z]{2,8}\\d\\d-[\\w-]{20,512}'],
  ['openai-key', 'sk-proj- sk-svcacct- sk-admin-', '[\\w-]{40,512}'],
  ['openrouter-key', 'sk-or-v1-', '[0-9a-f]{64}'],
  ['groq-key', 'gsk_', '[A-Za-z0-9]{48,64}'],
  ['xai-key', 'xai-', '[A-Za-z0-9]{70,100}'],
  ['perplexity-key', 'pplx-', '[A-Za-z0-9]{40,64}'],
  ['replicate-token', 'r8_', '[A-Za-z0-9]{37}(?!\\w)'],
  ['huggingface-token', 'hf_', '[A-Za-z0-9]{30,64}(?!\\w)'],
  ['slack-token', 'xoxe- xoxs- xoxc- xoxd-', '[A-Za-z0-9%-]{20,512}'],
  ['telegram-token', ':AA', '[\\w-]{33}(?![\\w-])'],
  ['digitalocean-token', 'dop_v1_ doo_v1_ dor_v1_', '[0-9a-f]{64}'],
  ['databricks-token', 'dapi', '[0-9a-f]{32}(?:-\\d)?(?!\\w)'],
  ['pypi-token', 'pypi-AgE', '[\\w-]{50,1024}'],
  ['docker-token', 'dckr_pat_ dckr_oat_', '[\\w-]{27,64}'],
  ['rubygems-key', 'rubygems_', '[0-9a-f]{48}'],
  ['atlassian-token', 'ATATT3', '[\\w=-]{50,512}'],
  ['square-token', 'sq0atp- sq0csp-', '[\\w-]{22,64}'],
  ['vault-token', 'hvs. hvb.', '[\\w-]{24,512}'],
  ['doppler-token', 'dp.pt. dp.st. dp.sa.', '[\\w.-]{40,128}'],
  ['grafana-token', 'glsa_ glc_', '[\\w+/]{32,512}={0,2}'],
  ['sentry-token', 'sntrys_ sntryu_', '[\\w+/=-]{60,1024}'],
  ['newrelic-key', 'NRAK-', '[A-Z0-9]{27}'],
  ['notion-token', 'ntn_', '[A-Za-z0-9]{40,64}'],
  ['postman-key', 'PMAK-', '[0-9a-f]{24}-[0-9a-f]{34}'],
  ['supabase-token', 'sbp_', '[0-9a-f]{40}'],
  ['pulumi-token', 'pul-', '[0-9a-f]{40}'],
  ['age-key', 'AGE-SECRET-KEY-1', '[0-9A-Z]{58}'],
];

/** Our own rules, specific before general: when two find the same secret, the first names it. */
export const OWN_RULES: readonly AnchoredRule[] = [
  { scope: 'place', kind: 'private-key', triggers: ['-----begin'], find: findPrivateKey },
  ...PREFIXES.map(prefixRule),
  { scope: 'place', kind: 'jwt', triggers: ['eyJ'], find: findJwt },
  { scope: 'place', kind: 'npm-token', triggers: ['_authtoken'], find: findNpmrcToken },
  { scope: 'place', kind: 'url-password', triggers: ['://'], find: findUrlPassword },
  { scope: 'place', kind: 'authorization', triggers: ['authorization'], find: findAuthorization },
  { scope: 'place', kind: 'authorization', triggers: ['bearer'], find: findBearer },
  ...ASSIGNMENT_RULES,
];

// --- internal ---

function prefixRule([kind, prefixes, rest]: (typeof PREFIXES)[number]): AnchoredRule {
  const triggers = prefixes.split(' ');
  const alternatives = triggers.map((prefix) => prefix.replaceAll('.', '\\.')).join('|');
  // A Telegram token is recognised by its middle; the number before the colon is not secret.
  const before = prefixes.startsWith(':') ? '(?<=\\d{8,10})' : '(?<!\\w)';
  const pattern = new RegExp(`${before}(?:${alternatives})${rest}`, 'y');
  return {
    scope: 'place',
    kind,
    triggers,
    find(text, at) {
      const match = matchAt(pattern, text, at)?.[0];
      return match === undefined || /x{6,}|EXAMPLE$/i.test(match)
        ? undefined
        : { start: at, end: at + match.length, kind };
    },
  };
}

const PEM_BEGIN = /-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y;
const PEM_END = /-{5,6}END (?:[A-Z0-9]{1,16} ){0,4}PRIVATE KEY(?: BLOCK)?-----/y;
/** Includes the quotes, signs and numbers that source code, a diff or a listing adds to each line. */
const PEM_BODY = /(?:[A-Za-z0-9+/=\s\\"'`→|:,.]|-(?!----)){0,16384}/y;
/** The body of a key whose end was cut off. */
const PEM_OPEN_BODY = /[A-Za-z0-9+/=\s\\→]{0,16384}/y;

function findPrivateKey(text: string, at: number): Finding | undefined {
  const begin = matchAt(PEM_BEGIN, text, at)?.[0];
  if (begin === undefined) return undefined;
  const bodyStart = at + begin.length;
  const body = matchAt(PEM_BODY, text, bodyStart)?.[0] ?? '';
  const close = matchAt(PEM_END, text, bodyStart + body.length)?.[0];
  const whole = close === undefined ? (matchAt(PEM_OPEN_BODY, text, bodyStart)?.[0] ?? '') : body;
  if (!/[A-Za-z0-9+/]{40}/.test(whole)) return undefined;
  const end =
    bodyStart + (close === undefined ? whole.trimEnd().length : body.length + close.length);
  return { start: at, end, kind: 'private-key' };
}

const JWT = /(?<![\w-])eyJ[\w-]{8,4096}\.eyJ[\w-]{8,16384}\.[\w-]{10,4096}/y;

function findJwt(text: string, at: number): Finding | undefined {
  const match = matchAt(JWT, text, at)?.[0];
  return match === undefined ? undefined : { start: at, end: at + match.length, kind: 'jwt' };
}

const NPMRC_TOKEN = /_authToken[ \t]{0,4}=[ \t]{0,4}([^\s"'`${}()<>[\]\\]{6,512})/y;

function findNpmrcToken(text: string, at: number): Finding | undefined {
  return secretOf(matchAt(NPMRC_TOKEN, text, at), at, 'npm-token');
}

/** Excludes a container image's tag before its digest, as in `alpine:3@sha256:…`. */
const URL_PASSWORD = /:\/\/[^\s:@/?#"'`<>\\]{0,256}:([^\s/"'`<>\\]{3,256})@(?!sha\d)/y;
/** Matches a token in place of the user, as git accepts it: `https://TOKEN@host`. */
const URL_TOKEN = /:\/\/([\w-]{20,256})@(?=[\w-]+\.)/y;

function findUrlPassword(text: string, at: number): Finding | undefined {
  const token = matchAt(URL_TOKEN, text, at);
  if (token !== null && /\d/.test(token[1] ?? '') && /[a-z]/i.test(token[1] ?? '')) {
    return secretOf(token, at, 'url-password', 1);
  }
  const match = matchAt(URL_PASSWORD, text, at);
  return isPlaceholderPassword(match?.[1] ?? '')
    ? undefined
    : secretOf(match, at, 'url-password', 1);
}

const AUTHORIZATION =
  /authorization\\*["'`]?\]?[ \t]{0,4}(?::=|=>|[:=,])[ \t]{0,4}\\*["'`]?(?:(bearer|basic|token|apikey|negotiate)[ \t]{1,4})?([\w.~+/=:-]{6,4096})/iy;
const BEARER = /bearer[ \t]{1,4}([\w.~+/=-]{16,4096})/iy;

function findAuthorization(text: string, at: number): Finding | undefined {
  const match = matchAt(AUTHORIZATION, text, at);
  const value = match?.[2] ?? '';
  const made = /\d/.test(value) && !isIdentifierLike(value);
  const encoded =
    value.length >= 12 && /[a-z][A-Z]/.test(value) && !/token|key|secret|auth/i.test(value);
  if (match?.[1] === undefined ? !made || value.length < 12 : !made && !encoded) return undefined;
  return secretOf(match, at, 'authorization');
}

function findBearer(text: string, at: number): Finding | undefined {
  const match = matchAt(BEARER, text, at);
  const value = match?.[1] ?? '';
  return /\d/.test(value) && !isIdentifierLike(value)
    ? secretOf(match, at, 'authorization')
    : undefined;
}

/**
 * Finds the last group of a match, which ends `tail` characters before the match does, unless it is a
 * placeholder.
 */
function secretOf(
  match: RegExpExecArray | null,
  at: number,
  kind: string,
  tail = 0,
): Finding | undefined {
  const secret = match?.at(-1);
  if (match === null || secret === undefined || isPlaceholder(secret)) return undefined;
  const end = at + match[0].length - tail;
  return { start: end - secret.length, end, kind };
}

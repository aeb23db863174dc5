import type { AnchoredRule, FoundSecret } from './rule.ts';
import { matchAt } from './sticky.ts';

/**
 * Secrets recognised by how they begin: kind, prefixes, and what must follow. 
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
  ['github-token', 'ghp_ gho_ ghu_ ghs_ ghr_', '[A-Za-z0-9_]{36,255}'],
  ['github-token', 'github_pat_', '\\w{40,255}'],
  ['npm-token', 'npm_', '[A-Za-z0-9]{36}(?!\\w)'],
  ['slack-token', 'xoxb- xoxp- xoxa- xoxo- xoxr-', '[A-Za-z0-9-]{20,255}'],
  ['slack-token', 'xapp-', '[A-Za-z0-9-]{20,255}'],
  ['sendgrid-key', 'SG.', '[\\w-]{16,32}\\.[\\w-]{30,64}'],
  ['shopify-key', 'shppa_ shpca_ shpat_ shpss_', '[0-9a-fA-F]{32}'],
  ['openai-key', 'sk-', '[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}'],
  ['linear-key', 'lin_api_', '[A-Za-z0-9]{40}'],
  ['1password-token', 'ops_ey', '[A-Za-z0-9_-]{64,4096}'],
  ['age-key', 'AGE-SECRET-KEY-1', '[0-9A-Z]{58}'],
];

/** Finds tokens by how they begin. */
export const TOKEN_RULES: readonly AnchoredRule[] = [
  ...PREFIXES.map(prefixRule),
  { scope: 'place', kind: 'jwt', triggers: ['eyJ'], find: findJwt },
];

// --- internal ---

function prefixRule([kind, prefixes, rest]: (typeof PREFIXES)[number]): AnchoredRule {
  const triggers = prefixes.split(' ');
  const alternatives = triggers.map((prefix) => prefix.replaceAll('.', '\\.')).join('|');
  // A Telegram token is recognised by its middle; the number before the colon is not secret.
  const before = prefixes.startsWith(':') ? '(?<=\\d{8,10})' : '(?<![A-Za-z0-9])';
  const pattern = new RegExp(`${before}(?:${alternatives})${rest}`, 'y');
  return {
    scope: 'place',
    kind,
    triggers,
    find(text, at, found) {
      const match = matchAt(pattern, text, at)?.[0];
      if (match === undefined || /^.{0,16}x{6,}|x{12,}|EXAMPLE$/i.test(match)) return at + 1;
      found.push({ start: at, end: at + match.length, kind });
      return at + match.length;
    },
  };
}

const JWT = /(?<![A-Za-z0-9-])eyJ[\w-]{8,4096}\.eyJ[\w-]{8,16384}\.[\w-]{10,4096}/y;

function findJwt(text: string, at: number, found: FoundSecret[]): number {
  const match = matchAt(JWT, text, at)?.[0];
  if (match === undefined) return at + 1;
  found.push({ start: at, end: at + match.length, kind: 'jwt' });
  return at + match.length;
}

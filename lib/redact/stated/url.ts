import type { WorkBudget } from '../budget.ts';
import { isPlaceholder, isPlaceholderPassword } from '../value/placeholder.ts';
import type { AnchoredRule, FoundSecret } from '../rule.ts';
import { classOfName } from '../named/secret-name.ts';
import { matchAt } from '../sticky.ts';
import { isGibberish, isIdentifierLike, isRandom } from '../value/word-shape.ts';

/** Passwords and signatures in addresses, and addresses that are secrets themselves. */
export const URL_RULES: readonly AnchoredRule[] = [
  { scope: 'place', kind: 'url-password', triggers: ['://'], find: findUrlPassword },
  {
    scope: 'place',
    kind: 'webhook',
    triggers: [
      'hooks.slack.com/',
      'discord.com/api/',
      'discordapp.com/api/',
      'webhook.office.com/',
      'office.com/webhook',
      'hooks.zapier.com/',
      'maker.ifttt.com/',
      'api.telegram.org/bot',
      'hook.integromat.com/',
      'make.com/',
      'webhook.site/',
      'chat.googleapis.com/',
      'open.feishu.cn/',
      'open.larksuite.com/',
      'hc-ping.com/',
    ],
    find: findWebhook,
  },
  { scope: 'place', kind: 'signed-url', triggers: ['?', '&'], find: findQuery },
  {
    scope: 'place',
    kind: 'database-password',
    triggers: [':1', ':2', ':3', ':4', ':5', ':6', ':7', ':8', ':9', ':*:'],
    find: findPgpass,
  },
];

// --- internal ---

/** Excludes a container image's tag before its digest, as in `alpine:3@sha256:…`. */
const URL_PASSWORD = /:\/\/[^\s:@/?#"'`<>\\]{0,256}:([^\s/"'`<>\\]{3,256})@(?!sha\d)/y;
/** The same where a password holds signs that should have been written as `%XX`. */
const URL_ODD_PASSWORD =
  /:\/\/[^\s:@/?#"'`<>\\]{1,128}:([^\s"'`<>\\@]{3,128})@(?!sha\d)[\w.-]{3,}/y;
/** Matches a token in place of the user, as git accepts it: `https://TOKEN@host`. */
const URL_TOKEN = /:\/\/([\w-]{12,256})(?::|:x-oauth-basic)?@(?=[\w-]+\.)/y;

const STEPS_PER_URL = 300;
/** Each part of a path is judged. */
const STEPS_PER_WEBHOOK = 4_000;
const EXAMPLE_HOST = /^(?:[\w-]{1,20}\.)?(?:example\.(?:com|org|net)|localhost|somehost)/;

function findUrlPassword(
  text: string,
  at: number,
  found: FoundSecret[],
  budget: WorkBudget,
): number {
  budget.spend(STEPS_PER_URL);
  const token = matchAt(URL_TOKEN, text, at);
  if (token !== null && isRandom(token[1] ?? '')) {
    return addGroup(found, token, at, 'url-password');
  }
  const oauth = matchAt(/:\/\/([\w.-]{8,256}):x-oauth-basic@/y, text, at);
  if (oauth !== null) return addGroup(found, oauth, at, 'url-password');
  const match = matchAt(URL_PASSWORD, text, at) ?? matchAt(URL_ODD_PASSWORD, text, at);
  if (match === null || isPlaceholderPassword(match[1] ?? '')) return at + 1;
  if (/[aA0]-[zZ9]/.test(match[1] ?? '') && /\[/.test(match[1] ?? '')) return at + 1; // an expression
  if (
    /^(?:[a-z]+|\d{1,4})$/i.test(match[1] ?? '') &&
    !isGibberish(match[1] ?? '') &&
    EXAMPLE_HOST.test(text.slice(at + match[0].length, at + match[0].length + 40))
  )
    return at + 1;
  return addGroup(found, match, at, 'url-password');
}

const WEBHOOK = /[\w./:-]{8,80}?\/((?:[\w@%.=~-]{1,256}\/){0,8}[\w@%.=~-]{8,512})/y;

/** All of the path, if some part of it looks random. */
function findWebhook(text: string, at: number, found: FoundSecret[], budget: WorkBudget): number {
  budget.spend(STEPS_PER_WEBHOOK);
  const match = matchAt(WEBHOOK, text, at);
  const path = match?.[1] ?? '';
  const parts = path.split('/');
  const first = parts.findIndex(
    (part) => part.length >= 8 && (isRandom(part.replace(/^bot/, '')) || /^\d{8,}$/.test(part)),
  );
  if (match === null || first === -1) return at + 1;
  const end = at + match[0].length;
  found.push({ start: end - parts.slice(first).join('/').length, end, kind: 'webhook' });
  return end;
}

const QUERY =
  /[?&](?:amp;)?(sig|signature|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|x-goog-credential|googleaccessid|awsaccesskeyid|code|state|key|api_?key|access_?key|auth|auth_?token|access_?token|id_?token|refresh_?token|token|oauth_token|oauth_signature|oauth_verifier|code_verifier|client_secret|client_assertion|assertion|samlresponse|ticket|hmac|hash|sign|policy|password|pass|pwd|secret|session|sid|jwt|subscription-key|appid|app_?key|license_?key|otp|magic|invite|nonce|se_sig|st|t|k)=([^\s"'`<>&#\\(){}[\]|;,=]{8,4096}={0,2})/iy;

/** Lines of a program that a page hands to its playground, and an operation in one that looks like a query. */
const SOURCE = /%0A|\+{2}|%20%20|[+-](?:this|self)\./i;
const LETTER = /[a-z]/i;
const SIGNATURE = /^(?:sig|signature|hmac|code_verifier|oauth_signature)$|-signature$/i;

/** What a page is given once to let somebody in. */
const ANSWER = /^(?:code|ticket|magic|invite)$/i;
const LETS_IN =
  /(?:callback|redirect|oauth|authori[sz]e|sign-?in|log-?in|verify|reset|magic|invit|confirm|activate)[\w./-]{0,32}\?[^\s"'`<>]{0,128}$/i;
const WITH_STATE = /[?&](?:amp;)?(?:session_)?state=/i;
const LONGEST_QUERY = 200;

/** True for a value that is judged less, as its page, or a member beside it, says what it is for. */
function isAnswer(text: string, at: number, end: number, value: string): boolean {
  const shown = value.slice(0, 256).replace(/%[\dA-F]{2}/gi, '-');
  const isMade = /\d/.test(shown)
    ? /^\d+$/.test(shown) || shown.length < value.length || !isIdentifierLike(shown)
    : isGibberish(shown);
  if (!isMade) return false;
  if (isPlaceholder(value) || SOURCE.test(value)) return false;
  const before = text.slice(Math.max(0, at - LONGEST_QUERY), at);
  const after = /^[^\s"'`<>]*/.exec(text.slice(end, end + LONGEST_QUERY))?.[0] ?? '';
  return LETS_IN.test(`${before}?`) || WITH_STATE.test(after);
}

/** A query's member whose name says little, such as `sig` and `code`, if its value looks random. */
function findQuery(text: string, at: number, found: FoundSecret[]): number {
  if (!LETTER.test(text.charAt(at + 1))) return at + 1; // most are operators of code
  const match = matchAt(QUERY, text, at);
  if (match === null) return at + 1;
  const [whole, name = '', value = ''] = match;
  const end = at + whole.length;
  if (classOfName(name) !== undefined) return at + 1; // the rule for names finds it
  if (ANSWER.test(name) && isAnswer(text, at, end, value)) {
    found.push({ start: end - value.length, end, kind: 'signed-url' });
    return end;
  }
  const isSigned = SIGNATURE.test(name);
  if (value.length < (isSigned ? 8 : 16) || isPlaceholder(value)) return at + 1;
  if (SOURCE.test(value)) return at + 1;
  if (
    !isRandom(value.slice(0, 256).replace(/%[\dA-F]{2}/gi, '-')) &&
    !(isSigned && /^\d+$|^[A-Za-z]*\d/.test(value))
  )
    return at + 1;
  found.push({ start: end - value.length, end, kind: 'signed-url' });
  return end;
}

/** `host:port:database:user:password`, the lines of a .pgpass. */
const PGPASS =
  /:(?:\d{2,5}|\*):[\w*.-]{1,64}:[\w*.@-]{1,64}:((?:\\.|[^\s:"'`,;]){6,256})(?=\s|$|["'`\\])/y;

function findPgpass(text: string, at: number, found: FoundSecret[]): number {
  const match = matchAt(PGPASS, text, at);
  const value = match?.[1] ?? '';
  if (match === null || !/[\w*]/.test(text.charAt(at - 1)) || isPlaceholder(value)) return at + 1;
  if (
    /^\d{1,7}$|^[\d#*]*#[\d#*]*$|^[\da-f]{1,4}[%/]|\.\w{1,4}$|^sha\d|^\/|[[\](){}]/.test(value) ||
    (!/\d/.test(value) && !isRandom(value))
  )
    return at + 1;
  return addGroup(found, match, at, 'database-password');
}

/** Adds the first group of a match, and returns where it ends. */
function addGroup(found: FoundSecret[], match: RegExpExecArray, at: number, kind: string): number {
  const secret = match[1] ?? '';
  const start = at + match[0].lastIndexOf(secret);
  found.push({ start, end: start + secret.length, kind });
  return start + secret.length;
}

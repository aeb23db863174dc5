import { isPlaceholder, isPlaceholderPassword } from '../value/placeholder.ts';
import type { AnchoredRule, FoundSecret } from '../rule.ts';
import { endAt, matchAt } from '../sticky.ts';
import { isSecretAnywhere, isSecretText } from '../value/secret-value.ts';
import { isRandom } from '../value/word-shape.ts';

const IDENTIFIED =
  /identified[ \t\n]{1,8}(?:with[ \t]{1,4}["']?\w{1,40}["']?[ \t]{1,4})?(?:by|as|using)[ \t]{1,8}(?:password[ \t]{1,4})?(["']?)((?:(?!\1)[^\n]|\1\1){4,256})(?=\1)/iy;

/** What Bundler takes for the gems of Sidekiq. */
const BUNDLE = /contribsys__com["']?[ \t]{0,4}[:=][ \t]{0,4}(["']?)([\da-f]{8}:[\da-f]{8})/iy;

const SMTP =
  /(?:auth[ \t]{1,4}(?:plain|login|xoauth2)|xoauth2)[ \t]{1,4}()([A-Za-z\d+/]{8,1024}={0,2})/iy;

const ORACLE =
  /(?:(?:thin|oci):|sqlplus(?:[ \t]+-\w+)*[ \t]+["']?)\w{1,40}()\/([^\s"'`@]{4,128})(?=@)/iy;

const PLAIN = /\{(?:plain|clear|cleartext)\}()([^\s:"'`<>]{4,128})/iy;
const REDIS_USER =
  /(?<=user[ \t][^\n]{1,80})on[ \t]{1,4}(?:[~+&@*\w-]{1,32}[ \t]{1,4}){0,4}>()([^\s"'`]{4,128})/iy;
const REDIS_AUTH = /(?<!\w)AUTH[ \t]{1,4}(?:[a-z]\w{0,31}[ \t]{1,4})?["']?([^\s"'`]{6,128})/y;
/** A line of Postfix's `sasl_passwd`. */
const RELAY = /\]:\w{1,16}[ \t]{1,16}[^\s:]{1,128}():([^\s]{4,256})/y;
const COMMUNITY = /snmp-server[ \t]{1,4}community[ \t]{1,4}(["']?)([^\s"']{4,64})/iy;
const SENT = /send[ \t]{1,4}(?:--[ \t]{1,4})?(["'])([^\s"'\\$]{6,128})(?=\\{1,2}[rn])/iy;
const ECHOED =
  /(?:password-command|passcommand|pass-command|data-file|from-file|secret create [\w.-]{1,64}|--\w{1,24})[ =]["']?(?:<\()?(?:echo|printf)[ \t]{1,4}(?:-\w{1,4}[ \t]{1,4})?(["']?)([^\s"'`$)]{6,256})/iy;
/** What a phone reads from a picture to join a network. */
const NETWORK = /wifi:(?:[a-oq-z]{1,2}:[^;\n]{0,64};){0,5}p:()((?:\\.|[^;\\\n]){6,128})(?=;)/iy;
/** What curl reads from its file. */
const LOGIN = /user(?:name)?[ \t]{0,4}[=:][ \t]{0,4}["'][\w.@+-]{1,64}:([^\s"']{6,128})(?=["'])/iy;
const AGENT =
  /createuser[ \t]{1,4}(?:-e[ \t]{1,4}\w{1,64}[ \t]{1,4})?\S{1,64}[ \t]{1,4}(?:md5|sha[\d-]{0,4})[ \t]{1,4}(["']?)([^\s"']{6,128})/iy;
/** The command of IMAP. */
const MAIL = / LOGIN[ \t]{1,4}"?[\w.@+-]{1,64}"?[ \t]{1,4}"?([^\s"'`]{6,128})/y;
const HERE = /<<<[ \t]{0,4}(["']?)([^\s"'`$]{6,256})/y;
/** What takes a secret from its input. */
const TAKES = /secret|env add|passw|passphrase|token|login|kinit|api.?key|vault|stdin/i;

/** What a secret may be stated by besides its name: a clause of SQL, a pipe into a login, a driver's address. */
export const STATED_RULES: readonly AnchoredRule[] = [
  {
    scope: 'place',
    kind: 'sql-password',
    triggers: ['identified'],
    find: after('sql-password', IDENTIFIED),
  },
  {
    scope: 'place',
    kind: 'assignment',
    triggers: ['contribsys__com'],
    find: after('assignment', BUNDLE),
  },
  {
    scope: 'place',
    kind: 'authorization',
    triggers: ['auth plain', 'auth login', 'xoauth2 '],
    find: after('authorization', SMTP),
  },
  {
    scope: 'place',
    kind: 'url-password',
    triggers: ['thin:', 'sqlplus', 'oci:'],
    find: after('url-password', ORACLE),
  },
  {
    scope: 'place',
    kind: 'assignment',
    triggers: ['{plain}', '{clear}', '{cleartext}'],
    find: after('assignment', PLAIN),
  },
  { scope: 'place', kind: 'assignment', triggers: ['on >'], find: after('assignment', REDIS_USER) },
  { scope: 'place', kind: 'assignment', triggers: ['AUTH '], find: findSecretIn(REDIS_AUTH) },
  { scope: 'place', kind: 'assignment', triggers: [' LOGIN '], find: findSecretIn(MAIL) },
  {
    scope: 'place',
    kind: 'assignment',
    triggers: ['user = ', 'user=', 'user: '],
    find: findSecretIn(LOGIN),
  },
  { scope: 'place', kind: 'assignment', triggers: ['wifi:'], find: after('assignment', NETWORK) },
  {
    scope: 'place',
    kind: 'command-line',
    triggers: ['createuser '],
    find: after('command-line', AGENT),
  },
  {
    scope: 'place',
    kind: 'command-line',
    triggers: ['| convertto-securestring'],
    find: before('command-line', /(["'])((?:(?!\1)[^\n]){6,200})\1[ \t]*\| $/),
  },
  {
    scope: 'place',
    kind: 'assignment',
    triggers: [']:25 ', ']:465 ', ']:587 ', ']:submission '],
    find: after('assignment', RELAY),
  },
  {
    scope: 'place',
    kind: 'command-line',
    triggers: ['snmp-server '],
    find: after('command-line', COMMUNITY),
  },
  { scope: 'place', kind: 'command-line', triggers: ['send '], find: after('command-line', SENT) },
  {
    scope: 'place',
    kind: 'command-line',
    triggers: ['password-command', 'passcommand', 'data-file', 'from-file', 'secret create '],
    find: after('command-line', ECHOED),
  },
  {
    scope: 'place',
    kind: 'command-line',
    triggers: ['<<<'],
    find(text, at, found, budget) {
      const line = text.slice(Math.max(0, at - 160), at);
      return TAKES.test(line.slice(line.lastIndexOf('\n') + 1))
        ? after('command-line', HERE)(text, at, found, budget)
        : at + 1;
    },
  },
  { scope: 'place', kind: 'assignment', triggers: ['chpasswd:'], find: findUserList },
  {
    scope: 'place',
    kind: 'assignment',
    triggers: ['log in', 'login', 'logged in', 'sign in', 'sign-in', 'signed in', 'log on'],
    find: findTold,
  },
  { scope: 'place', kind: 'assignment', triggers: [' / '], find: findPair },
  {
    scope: 'place',
    kind: 'url-password',
    triggers: ['@tcp(', '@unix('],
    find: before('url-password', /[\w.-]{1,64}:([^\s"'`/@]{4,256})$/),
  },
  {
    scope: 'place',
    kind: 'command-line',
    triggers: [
      'password-stdin',
      'with-token',
      'token-stdin',
      'sudo -s',
      'passwd --stdin',
      '| chpasswd',
      'sudo chpasswd',
      '| passwd',
      'sudo passwd',
      'secret put',
      'secret create',
      'secrets create',
      'secrets versions add',
      'secret set',
      'secrets set',
      'secret add',
      'env add',
      'pass insert',
    ],
    find: before(
      'command-line',
      /(?:echo|printf|print)[ \t]+(?:-\w+[ \t]+)?(?:["']%s(?:\\n)?["'][ \t]+)?(["']?)(?:[\w.-]{1,32}:(?=[^\n|]*\| ?(?:sudo )?$))?([^\n|]{4,200}?)\1[ \t]*\|[^|\n]*$/,
    ),
  },
];

// --- internal ---

/** What it costs to judge a value, and to look for one on the line before. */
const STEPS_PER_VALUE = 2_000;

/** Finds the second group of a match at the trigger. */
function after(kind: string, pattern: RegExp): AnchoredRule['find'] {
  return (text, at, found, budget) => {
    const match = matchAt(pattern, text, at);
    if (match === null) return at + 1;
    budget.spend(STEPS_PER_VALUE);
    const quote = match[1] ?? '';
    let value = match[2] ?? '';
    if (quote === '') value = value.split(/[\s;]/, 1)[0] ?? '';
    if (value.length < 4 || isPlaceholderPassword(value)) return at + 1;
    const isPlain = !/\d|[^\w.\s]/.test(value) && !isRandom(value);
    if (isPlain && !(/\s/.test(value) && isSecretText('password', value))) return at + 1;
    const start = at + match[0].indexOf(match[2] ?? '', match[0].length - (match[2]?.length ?? 0));
    found.push({ start, end: start + value.length, kind });
    return start + value.length;
  };
}

/** Finds the last group of a match at the trigger, if it looks like a secret by itself. */
function findSecretIn(pattern: RegExp): AnchoredRule['find'] {
  return (text, at, found, budget) => {
    const match = matchAt(pattern, text, at);
    if (match === null) return at + 1;
    budget.spend(STEPS_PER_VALUE);
    const value = match.at(-1) ?? '';
    if (!isSecretAnywhere('password', value)) return at + 1;
    const end = at + match[0].length;
    found.push({ start: end - value.length, end, kind: 'assignment' });
    return end;
  };
}

const USERS =
  /chpasswd:[ \t]{0,8}\r?\n(?:[^\n]{0,40}\r?\n)?[ \t]{0,16}list:[ \t]{0,4}[|>]?[-+]?[ \t]{0,4}\r?\n/iy;
const USER = /[ \t]{1,16}(?:- )?["']?[\w.-]{1,32}:([^\s"']{4,128})["']?[ \t]{0,8}(?:\r?\n|$)/y;

/** The passwords of cloud-init's list of users. */
function findUserList(text: string, at: number, found: FoundSecret[]): number {
  let next = endAt(USERS, text, at);
  if (next === undefined) return at + 1;
  for (let match = matchAt(USER, text, next); match !== null; match = matchAt(USER, text, next)) {
    const value = match[1] ?? '';
    const start = next + match[0].indexOf(value, match[0].indexOf(':'));
    if (!/^(?:R|RANDOM)$|^\$\w{1,2}\$/.test(value) && !isPlaceholderPassword(value))
      found.push({ start, end: start + value.length, kind: 'assignment' });
    next += match[0].length;
  }
  return next;
}

const TOLD =
  /(?:log(?:ged)?[ -]?(?:in|on)|sign(?:ed)?[ -]in)(?:[ \t]{1,2}(?:with|as|using|to|in|at|on|via|\w+\.\w+))*[ \t:]{1,3}["'`]?[\w.@+-]{1,64}["'`]?[ \t]{1,2}(?:\/|and|&|with(?: the)? password|password|pw)[ \t]{1,2}["'`]?([^\s"'`]{6,128})/iy;

/** `log in as joe with V`. */
function findTold(text: string, at: number, found: FoundSecret[]): number {
  const match = matchAt(TOLD, text, at);
  const value = match?.[1]?.replace(/[.,;:!?)]+$/, '') ?? '';
  if (match === null || !isSecretAnywhere('password', value)) return at + 1;
  const start = at + match[0].lastIndexOf(match[1] ?? '');
  found.push({ start, end: start + value.length, kind: 'assignment' });
  return start + value.length;
}

/** A line that is nothing but `joe / V`. */
function findPair(text: string, at: number, found: FoundSecret[]): number {
  const near = text.slice(Math.max(0, at - 80), at);
  if (!/(?:^|\n)[ \t>*-]{0,8}[\w.@+-]{2,64}$/.test(near)) return at + 1;
  const start = at + 3;
  const value = matchAt(/[^\s"'`;,()]{8,128}(?=[ \t]*(?:\r?\n|$))/y, text, start)?.[0] ?? '';
  if (!/\d/.test(value) || !isSecretAnywhere('password', value)) return at + 1;
  found.push({ start, end: start + value.length, kind: 'assignment' });
  return start + value.length;
}

/** Finds the last group of a match on the line before the trigger. */
function before(kind: string, pattern: RegExp): AnchoredRule['find'] {
  return (text, at, found, budget) => {
    budget.spend(STEPS_PER_VALUE);
    const near = text.slice(Math.max(0, at - 300), at);
    const line = near.slice(near.lastIndexOf('\n') + 1) + (text.charAt(at) === '|' ? '| ' : '');
    const match = pattern.exec(line);
    const value = match?.at(-1) ?? '';
    if (match === null || isPlaceholder(value) || (!/\d/.test(value) && !isRandom(value)))
      return at + 1;
    const start =
      at - (near.length - near.lastIndexOf('\n') - 1) + match.index + match[0].lastIndexOf(value);
    found.push({ start, end: start + value.length, kind });
    return at + 1;
  };
}

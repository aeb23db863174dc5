import { isPlaceholder, isPlaceholderPassword } from '../value/placeholder.ts';
import type { AnchoredRule } from '../rule.ts';
import { matchAt } from '../sticky.ts';
import { isRandom } from '../value/word-shape.ts';

const IDENTIFIED =
  /identified[ \t\n]{1,8}(?:with[ \t]{1,4}["']?\w{1,40}["']?[ \t]{1,4})?(?:by|as|using)[ \t]{1,8}(?:password[ \t]{1,4})?(["']?)((?:(?!\1)[^\n]|\1\1){4,256})(?=\1)/iy;

const SMTP =
  /(?:auth[ \t]{1,4}(?:plain|login|xoauth2)|xoauth2)[ \t]{1,4}()([A-Za-z\d+/]{8,1024}={0,2})/iy;

const ORACLE =
  /(?:(?:thin|oci):|sqlplus(?:[ \t]+-\w+)*[ \t]+["']?)\w{1,40}()\/([^\s"'`@/]{4,128})(?=@)/iy;

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
    ],
    find: before(
      'command-line',
      /(?:echo|printf|print)[ \t]+(?:-\w+[ \t]+)?(?:["']%s(?:\\n)?["'][ \t]+)?(["']?)(?:[\w.-]{1,32}:(?=[^\n|]*\| ?$))?([^\n|]{4,200}?)\1[ \t]*\|[^|\n]*$/,
    ),
  },
];

// --- internal ---

/** Finds the second group of a match at the trigger. */
function after(kind: string, pattern: RegExp): AnchoredRule['find'] {
  return (text, at, found) => {
    const match = matchAt(pattern, text, at);
    const quote = match?.[1] ?? '';
    let value = match?.[2] ?? '';
    if (quote === '') value = value.split(/[\s;]/, 1)[0] ?? '';
    if (match === null || value.length < 4 || isPlaceholderPassword(value)) return at + 1;
    if (!/\d|[^\w.\s]/.test(value) && !isRandom(value)) return at + 1;
    const start = at + match[0].indexOf(match[2] ?? '', match[0].length - (match[2]?.length ?? 0));
    found.push({ start, end: start + value.length, kind });
    return start + value.length;
  };
}

/** Finds the last group of a match on the line before the trigger. */
function before(kind: string, pattern: RegExp): AnchoredRule['find'] {
  return (text, at, found) => {
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

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../lib/redact/redact.ts';
import { randomText } from './secret-vectors.ts';

const V = 'zQ7rk29XwLp4';
const redact = (text: string) => createRedactor().redactText(text).text;
const payload = (input: unknown) =>
  JSON.stringify(createRedactor().redactPayload({ tool_input: input as never }).payload);

describe('a value that its place makes a secret', () => {
  it.each([
    `INSERT INTO users (id, name, password) VALUES (1, 'bob', '${V}'), (2, 'amy, x', '${V}');`,
    `COPY users (id, password) FROM stdin;\n1\t${V}\n\\.\n`,
    `UPDATE settings SET value='${V}' WHERE name='DB_PASSWORD';`,
    `- value: ${V}\n  name: DB_PASSWORD\n`,
    `password = os.getenv("X") or "${V}"`,
    `const apiKey = process.env.X || '${V}';`,
    `const dbPassword: &'static str = r#"${V}"#;`,
    `$ echo $DB_PASSWORD\n${V}\n`,
    `>>> password\n'${V}'\n`,
    `expect(user.password).toBe("${V}");`,
    `driver.find_element(By.ID, "password").send_keys("${V}")`,
    `smtp.login("bob@example.org", "${V}")`,
    `btoa('bob:${V}')`,
    `curl -su bob:${V} https://h`,
    `htpasswd -nbB bob '${V}'`,
    `bob:{PLAIN}${V}:1000::`,
    `chpasswd:\n  list: |\n    root:${V}\n    amy:${V}\n`,
    `mvn sonar:sonar -Dsonar.login=${V}`,
    `vercel env add DB_PASSWORD production <<< "${V}"`,
    `username bob password 0 ${V}`,
    `credentials: bob / ${V}`,
    `log in with bob and ${V}`,
    `[sudo] password for bob: ${V}`,
    `jdbc:oracle:thin:bob/${V}/aB3=@h:1521:x`,
    `variable "db_password" {\n  type    = string\n  default = "${V}"\n}\n`,
    `Parameters:\n  DbPassword:\n    Type: String\n    Default: ${V}\n`,
    `echo ${V} | wrangler secret put DB_PASSWORD`,
    `cat > /run/secrets/db_password <<EOF\n${V}\nEOF\n`,
    `gh secret set DB_PASSWORD -b '${V}'`,
    `{{ .Values.dbPassword | default "${V}" }}`,
    `db_password: SecretStr = Field(default="${V}")`,
    `db_password = (\n    "${V}"\n)\n`,
    `@click.option("--password", envvar="X", default="${V}")`,
    `ENV.fetch('DB_PASSWORD') { '${V}' }`,
    `env::var("DB_PASSWORD").unwrap_or_else(|_| "${V}".into())`,
    'DbPassword string `env:"X" envDefault:"' + V + '"`',
    `db:\n  password:\n    "${V}"\n`,
    `"id","password","mail"\n"1","${V}","a@b.c"\n`,
    `key,value\nport,80\ndb_password,${V}\n`,
    `["docker", "login", "-u", "joe", "-p", "${V}"]`,
    `body=x()%3B%0Aconst+password+%3D+'${V}'%3B`,
  ])('is taken out of %j', (text) => {
    expect(redact(text)).not.toContain(V);
  });

  it.each([
    [{ columns: ['id', 'password'], rows: [[1, V]] }],
    [{ columns: [{ name: 'id' }, { name: 'password' }], rows: [[1, V]] }],
    [
      [
        ['id', 'password'],
        [1, V],
        [2, V],
      ],
    ],
    [{ element: 'Password textbox', text: V }],
    [{ name: 'pin', value: 48_291_533_201 }],
    [{ command: 'mysql', args: ['-u', 'root', `-p${V}`, 'app'] }],
    [['sshpass', '-p', V, 'ssh', 'joe@h']],
    [{ args: ['-p', V] }],
    [{ name: 'set_password', arguments: [V] }],
    [{ question: 'Which database password should I use?', answer: V }],
    [{ op: 'replace', path: '/spec/password', value: V }],
  ])('is taken out of %j', (input) => {
    expect(payload(input)).not.toMatch(/zQ7rk29|48291533201/);
  });

  it('leaves what stands in other columns', () => {
    const text = `INSERT INTO t (id, password, note) VALUES (1, '${V}', 'k3pt-9Xq2Lm4');`;
    expect(redact(text)).toContain('k3pt-9Xq2Lm4');
    expect(payload({ columns: ['id', 'password'], rows: [['k3pt-9Xq2Lm4', V]] })).toContain('k3pt');
  });
});

it.each([
  ['db:\n  password: correct horse battery staple\n  port: 1\n', 'battery'],
  ['BUNDLE_GEMS__CONTRIBSYS__COM=57c2ee92:e81b29f9', 'e81b29f9'],
])('takes out of %j what people and tools make up', (text, secret) => {
  expect(redact(text)).not.toContain(secret);
});

describe('a value that its line was too short for', () => {
  const [head, tail] = ['k3Jd92kLmQp4', 'Zx81kk20ssWq9'];

  it.each([
    `export DB_PASSWORD=${head}\\\n${tail}\nB=2\n`,
    `DB_PASSWORD="${head}\n${tail}"\n`,
    `app:\n  password: |\n    ${head}\n    ${tail}\n  port: 1\n`,
    `Your password: ${head}=\r\n${tail}\r\n`,
    `> password: ${head}\n> ${tail}\n`,
    `     1\tpassword: >\n     2\t  ${head}\n     3\t  ${tail}\n     4\tport: 1\n`,
  ])('is taken out whole of %j', (text) => {
    expect(redact(text)).not.toMatch(/k3Jd92kLmQp4|Zx81kk20ssWq9/);
  });

  it('does not take the next line with it', () => {
    expect(redact(`password: ${head}\nnext_line_99: 1\n`)).toContain('next_line_99');
  });
});

describe('what only looks like a secret', () => {
  it.each([
    'if hasattr(credentials, "with_gdch_audience"):',
    "id_token = getattr(cred, 'id_tokenb64', None)",
    '      privateKeyPassword=pvk_password)\n',
    'FLAG_COMPARE_KEY = (1<<13),\n',
    '#define LN_kx_ecdhe_psk "kx-ecdhe-psk"',
    'extern struct passwd *getpwuid (__uid_t __uid);',
    '"target": "Secret", "source": "response"',
    '"Sid": "Stmt1430948004000"',
    'gpg --recv-keys 5BE8A3F6C8A5C01D106C0AD820B1A390B168D356',
    "--password='projects/123/secrets/my-secret/versions/1'",
    'oauth2session: requests_oauthlib.OAuth2Session, The OAuth 2.0 session',
    "'secret': 'V1SecretVolumeSource',",
    "ignore_pat = '\\.\\(Z\\|gz\\|bz2\\)$'",
    '#define PK11_ATTR_TOKEN 0x00000001L',
    '  - KEY_REVOCATION_ACTION_TYPE_UNSPECIFIED\n    preservedStateSizeGb:\n',
    "f(private_key_pkcs12=base64.b64decode(json_key['private_key']))",
    '    Next page token: eav1OzQB0OM8rLdGXOEsyQWSG',
    'if hasattr(password, "encode"):',
    'article.pl?sid=05/11/20/084233',
    '"--cov=google.auth",\n        "--cov=google.oauth2",\n',
    '$newpwd = Win32::GetFullPathName($newdir);',
    'options to pass to `mtxrun`.',
    "options to pass to 'rustfmt'.",
    'nnoremap [[ <Cmd>call <SID>jumpToSection(1)<CR>',
    "let pat  = substitute(expr,'^\\(x\\)','\\1','')",
    'nnoremap <Plug>x :<c-u>call <SID>NetrwBrowse(0,1)<cr>',
    'man3/key_setsecret.3 man3/l64a.3\n man5/passwd.5 man5/proc.5 man5/procfs.5',
    "#'-fdisable--pass=-[disables an optimization pass]:range1+range2: '",
    '"pass": "autocompleteren balioa elementu egoki batean dago"',
    '"pass": "ページには少なくとも1つのレベル1の見出しがあります"',
    'a:["text","search","password"],"new-password":["text","search","password"],url:o',
    "uri = 'x:/resource?key=value%23still-query'",
    'const canUseXOAuth2 = !!this._auth.oauth2 || this.auth2;',
    'throw Error("give \\"username and password\\" or \\"verifyUser\\"");',
    'ZIxC3Dp/Nf3d1dvt8AVxPW/UMPfV8jmivFJaMqa6cvK29TPKMZFp/Qvu1tyXMixLQ',
    '"AWS::ApiGateway::ApiKey": "48205d4ffd7feba3", "AWS::X::UsagePlanKey": "309b26469128fd0a"',
    '  (\n    session: ServerHttp2Session<Http1Request, Http1Response, Http2Request>,\n',
    '  * deps: pin negotiator@0.4.5\n',
    'const t = secret ? "secret" : requiresPrivateKey ? "private" : "public";',
    'case 13:o.key=e.altKey?r.C0.ESC+r.C0.CR:r.C0.CR,o.cancel=!0;',
    '"ZookeeperConnectString": "z-2.demo-cluster-1.xuy0sb.c5.kafka.amazonaws.com:2181,z-1.demo-cluster-1.xuy0sb.c5.kafka.amazonaws.com:2181"',
    '"lastModifiedSecret": 1556312220.133',
    '"SID": "S-1-2-34-5567891234-5678912345-67891234567-8912"',
    'seed = _bcrypt_kdf(\n    password, salt, 48)',
    'pw = Piecewise((0, x < -1), (x**2, x <= 1))',
    'auth_str = auth_str[first_space_index+1:]\n',
    'x.pyi,sha256=sk_HDVLeOoNeF4VOGHDI0iUT8YHeeOJjxyZTO4q0ddE,1346\n',
    "ip_network('2001:658:22a:cafe:200:0:0:1%scope/64')",
    'a(f", secret=\'{base64.b64encode(self.secret).decode()}\'")',
    "f(name, value.get('password'), value.get('options', []))",
    'duplicating the token (\\fI\\%#8820\\fP).',
    '/((s?ftp|https?):\\/\\/|(www\\.)|(mailto:)?[A-Za-z0-9._%+-]+)@/',
    '"Pacific/Palau|+09|-90|0||21e3|PW",\n"Etc/GMT+1|-01|10|0|||"',
    'e=0,era,tokenLen;tokens=expandFormat(config._f,config._locale)',
    'values that are no secret: [`redaction`](API_REFERENCE.md#redaction)',
    'message(CHECK_PASS "all components found")',
    "['net pid user uts)']",
    'Authorization: Bearer mF_9.B5f-4.1JqM\n',
    'GET /cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz',
    ' * returns a cookie (%NL80211_ATTR_COOKIE) that will be in',
    '/* DSS<sessionID> */\n#define NDP32_DSS_SIGN 0x00737364 /* dss<sessionID> */',
    'LLVMType<token>;   // token\n\ndef llvm_x86mmx_ty : LLVMType<x86mmx>;',
    'pass one on the command line by appending --otp=123456.',
    "'Set-Cookie: number=7\\r\\nSet-Cookie: string=seven'",
    '     USER user@fwuser@remote.site\n     PASS pass@fwpass\n',
    '"\t    :call NetUserPass("ftp:host")              -- looks up',
    'Builtin  dh-genkey cr:dh-genkey dh-secret cr:dh-secret dh-sign',
    "'NFCISO15693ReaderSession', 'NFCISO7816APDU', 'NFCNDEFMessage'",
    "encoding='utf-8',\n    extra_tokens=True))[:-2]\n",
    "bauth.add_password('basic_test_realm', localhost, 'jhylton')",
    'mysql-bin-changelog.157832:1975:mysql-bin-changelog.157832:1876#0#0#*#0#93"',
    '{name:"unfold",bindKey:o("Alt-Shift-L|Ctrl-Shift-F1")}',
    'this.$textToken={text:!0,rparen:!0,lparen:!0}',
    'href="https://play.rust-lang.org/?code=_MM_MANT_NORM_1_2+++++//+interval+%5B1,+2)%0A_MM_p75',
    'i[r]%2!==0?t=1+this.bidiMap.logicalFromVisual[r]:0',
  ])('is left in %j', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('a token', () => {
  const token = `ghp_${randomText(36)}`;

  it.each([`n${token}`, `TOKEN${token}`, `7${token}`, `=3D${token}`])('is found in %j', (text) => {
    expect(redact(text)).not.toContain(token);
  });

  it.each(['\n', '\r\n    ', '\n> ', '\\\n', '=\r\n', '\n     3\t  ', '\n+  '])(
    'is found with a break %j in it',
    (gap) => {
      const known = [token, `AKIA${randomText(16).toUpperCase()}`, `sk_live_${randomText(24)}`];
      for (const one of known) {
        const at = one.length >> 1;
        const [head, tail] = [one.slice(0, at), one.slice(at)];
        for (const text of [`x: ${head}${gap}${tail}\n`, `x="${head}${gap}${tail}"\nnext = 1\n`]) {
          expect(redact(text)).not.toContain(head);
          expect(redact(text)).not.toContain(tail);
        }
      }
    },
  );

  it('is found with a break in its fixed part', () => {
    const webhook = 'hooks.slack.com/services/T0A1B2C3D/B0A1B2C3D/';
    const text = `x: ${webhook.slice(0, 13)}\n   ${webhook.slice(13)}${randomText(24)}\n`;
    expect(redact(text)).toBe('x: [redacted:slack-webhook]\n');
  });

  it.each([
    (head: string, tail: string) => `['${head}', '${tail}'].join('')`,
    (head: string, tail: string) => `[\n  "${head}",\n  "${tail}",\n].join("")`,
    (head: string, tail: string) => `"".join(["${head}", "${tail}"])`,
  ])('is found in a list that code joins: %s', (write) => {
    const [head, tail] = [token.slice(0, 24), token.slice(24)];
    expect(redact(write(head, tail))).not.toMatch(new RegExp(`${head}|${tail}`));
  });

  it('is not made of items that are joined by something', () => {
    const list = "['ghp_aB3dE5gH7jK9mN1p', 'Q3rS5tU7wX9zB1dF3hJ5kL7n'].join('-')";
    expect(redact(list)).toBe(list);
  });

  it.each(['next_line_99\n', 'safe=1\n', 'PORT=8080\nHOST=a1\n', 'v2: 3\n', 'a1=\n'])(
    'does not take the next line %j with it',
    (next) => {
      expect(redact(`${token}\n${next}`)).toBe(`[redacted:github-token]\n${next}`);
    },
  );
});

describe('a session with thousands of secrets', () => {
  it('still takes the last ones out wherever they stand', () => {
    const redactor = createRedactor();
    for (let i = 0; i < 2_000; i += 1)
      redactor.redactPayload({
        session_id: 's',
        tool_input: { password: createHash('md5').update(`${i}`).digest('hex') },
      });
    const { payload: redacted } = redactor.redactPayload({
      session_id: 's',
      tool_input: { a: `password="${V}"`, b: `and then ${V} again` },
    });
    expect(JSON.stringify(redacted)).not.toContain(V);
  });
});

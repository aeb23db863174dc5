import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../lib/redact/redact.ts';
import { randomText } from './secret-vectors.ts';

const VALUE = `v${randomText(24)}7Q`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Where a secret stands in everyday files, commands and code. */
const PLACES: readonly (readonly [what: string, write: (v: string) => string])[] = [
  ['yaml literal block', (v) => `db:\n  password: |-\n    ${v}\n  port: 5432`],
  ['yaml folded block keep', (v) => `api_key: >+\n\n  ${v}\n\nnext: 1`],
  ['yaml anchor', (v) => `secrets:\n  db_pass: &pw ${v}\n  again: *pw`],
  ['yaml tag str', (v) => `token: !!str ${v}`],
  ['yaml list of maps', (v) => `env:\n  - { name: DB_PASSWORD, value: "${v}" }`],
  ['yaml flow', (v) => `auth: {user: joe, password: ${v}, port: 1}`],
  ['yaml complex key', (v) => `? password\n: ${v}`],
  ['toml multi-line basic', (v) => `[db]\npassword = """\n${v}"""`],
  ['toml multi-line literal', (v) => `secret_key = '''\n${v}\n'''`],
  ['toml inline table', (v) => `database = { user = "joe", password = "${v}" }`],
  ['toml dotted quoted', (v) => `servers."eu.west".token = "${v}"`],
  ['hcl variable', (v) => `variable "db_password" {\n  type    = string\n  default = "${v}"\n}`],
  ['hcl heredoc', (v) => `password = <<-EOT\n  ${v}\nEOT`],
  ['hcl map', (v) => `environment = {\n  "STRIPE_SECRET_KEY" = "${v}"\n}`],
  ['hcl yamlencode', (v) => `data = { password = base64encode("${v}") }`],
  ['dockerfile env blank', (v) => `ENV DB_PASSWORD ${v}`],
  ['dockerfile arg', (v) => `ARG NPM_TOKEN=${v}\nRUN npm ci`],
  ['docker build-arg', (v) => `docker build --build-arg NPM_TOKEN=${v} .`],
  ['dockerfile label', (v) => `RUN echo "machine github.com login joe password ${v}" > ~/.netrc`],
  ['npmrc authToken', (v) => `//registry.npmjs.org/:_authToken=${v}`],
  ['yarnrc', (v) => `npmScopes:\n  corp:\n    npmAuthToken: "${v}"`],
  [
    'k8s stringData',
    (v) => `kind: Secret\nstringData:\n  config.yaml: |-\n    db:\n      password: ${v}`,
  ],
  [
    'kubectl create from-literal',
    (v) => `kubectl create secret generic db --from-literal=password=${v} --from-literal=user=joe`,
  ],
  [
    'kubectl get jsonpath',
    (v) => `$ kubectl get secret db -o jsonpath='{.data.password}' | base64 -d\n${v}`,
  ],
  ['kubectl patch', (v) => `kubectl patch secret db -p '{"stringData":{"password":"${v}"}}'`],
  ['curl -u', (v) => `curl -u joe:${v} https://api.example.com/x`],
  ['curl --user=', (v) => `curl --user=joe:'${v}' https://api.example.com/x`],
  ['curl -sSu', (v) => `curl -sSu "joe:${v}" https://api.example.com/x`],
  ['curl -H X-Api-Key', (v) => `curl -H 'X-Api-Key: ${v}' https://x.example`],
  [
    'curl -d form',
    (v) => `curl -d 'grant_type=password&username=joe&password=${v}' https://x.example/token`,
  ],
  ['curl -b cookie', (v) => `curl -b "session=${v}; theme=dark" https://x.example/`],
  ['curl -K config', (v) => `user = "joe:${v}"\nurl = "https://x.example"`],
  ['psql uri', (v) => `psql postgresql://joe:${v}@db.example:5432/app?sslmode=require`],
  ['psql keyword', (v) => `psql "host=db user=joe password=${v} dbname=app"`],
  ['psql query uri', (v) => `postgresql:///app?host=/var/run&user=joe&password=${v}`],
  ['json in json', (v) => JSON.stringify({ body: JSON.stringify({ auth: { password: v } }) })],
  [
    'json in json in json',
    (v) => JSON.stringify(JSON.stringify({ m: JSON.stringify({ apiKey: v }) })),
  ],
  ['json pretty next line', (v) => `{\n  "password":\n    "${v}"\n}`],
  ['xml attribute', (v) => `<user name="joe" password="${v}"/>`],
  ['xml attr single', (v) => `<connection pwd='${v}' host='x'/>`],
  ['xml appsettings', (v) => `<add key="ApiKey" value="${v}" />`],
  ['xml value first', (v) => `<setting value="${v}" name="ApiSecret" />`],
  ['xml ns element', (v) => `<wsse:Password Type="http://x#PasswordText">${v}</wsse:Password>`],
  [
    'maven settings',
    (v) =>
      `<server>\n  <id>corp</id>\n  <username>joe</username>\n  <password>${v}</password>\n</server>`,
  ],
  ['sql alter user', (v) => `ALTER USER joe WITH PASSWORD '${v}' VALID UNTIL 'infinity';`],
  ['sql create role enc', (v) => `CREATE ROLE joe LOGIN ENCRYPTED PASSWORD '${v}';`],
  ['sql insert', (v) => `INSERT INTO users (name, api_token, age) VALUES ('joe', '${v}', 3);`],
  ['sql update', (v) => `UPDATE users SET password = '${v}', age = 3 WHERE id = 1;`],
  ['sql set password', (v) => `SET PASSWORD FOR 'joe'@'%' = PASSWORD('${v}');`],
  ['sql where', (v) => `SELECT * FROM users WHERE api_key = '${v}'`],
  ['tsql login', (v) => `CREATE LOGIN joe WITH PASSWORD = N'${v}', CHECK_POLICY = OFF;`],
  [
    'logfmt',
    (v) => `time=2026-01-01T00:00:00Z level=info msg="login ok" user=joe password=${v} ip=1.2.3.4`,
  ],
  ['logfmt quoted', (v) => `level=info token="${v}" dur=3ms`],
  ['markdown table 2 col', (v) => `| Name | Value |\n|---|---|\n| DB_PASSWORD | \`${v}\` |`],
  ['markdown table column', (v) => `| user | password |\n|------|----------|\n| joe | ${v} |`],
  ['markdown bold', (v) => `**Password:** \`${v}\``],
  ['markdown list', (v) => `- API key – ${v}`],
  ['heredoc env', (v) => `cat > .env <<'EOF'\nDB_PASSWORD=${v}\nEOF`],
  ['heredoc yaml', (v) => `kubectl apply -f - <<EOF\nstringData:\n  token: "${v}"\nEOF`],
  ['heredoc psql', (v) => `psql <<SQL\nALTER ROLE joe PASSWORD '${v}';\nSQL`],
  ['herestring', (v) => `docker login -u joe --password-stdin <<< "${v}"`],
  ['ps SecureString', (v) => `$pw = ConvertTo-SecureString "${v}" -AsPlainText -Force`],
  ['ps env', (v) => `$env:API_TOKEN = '${v}'`],
  ['ps param', (v) => `Connect-Thing -UserName joe -Password '${v}'`],
  ['ps setenv', (v) => `[Environment]::SetEnvironmentVariable("API_KEY", "${v}", "User")`],
  [
    'ps pscredential',
    (v) => `New-Object PSCredential('joe', (ConvertTo-SecureString '${v}' -AsPlainText -Force))`,
  ],
  ['ps hashtable', (v) => `@{ User = 'joe'; Password = '${v}' }`],
  ['c# prop', (v) => `public string ApiKey { get; set; } = "${v}";`],
  ['c# networkcred', (v) => `new NetworkCredential("joe", "${v}")`],
  ['c# builder index', (v) => `builder.Configuration["Jwt:SigningKey"] = "${v}";`],
  [
    'c# connstr',
    (v) =>
      `var cs = "Server=db;Database=app;User Id=sa;Password=${v};TrustServerCertificate=true";`,
  ],
  ['c# verbatim', (v) => `const string Secret = @"${v}";`],
  ['java setter', (v) => `ds.setPassword("${v}");`],
  ['java builder', (v) => `Client.builder().apiKey("${v}").build();`],
  ['java props put', (v) => `props.put("sasl.password", "${v}");`],
  [
    'java jaas',
    (v) => `org.apache.kafka.PlainLoginModule required username="joe" password="${v}";`,
  ],
  ['java @Value', (v) => `@Value("\${db.password:${v}}") String p;`],
  ['go struct', (v) => `cfg := Config{\n\tUser: "joe",\n\tPassword: "${v}",\n}`],
  ['go setenv', (v) => `os.Setenv("API_TOKEN", "${v}")`],
  ['go raw', (v) => 'const apiSecret = `' + v + '`'],
  ['go setbasicauth', (v) => `req.SetBasicAuth("joe", "${v}")`],
  ['go bytes', (v) => `var jwtKey = []byte("${v}")`],
  ['rust const', (v) => `const API_KEY: &str = "${v}";`],
  ['rust builder', (v) => `Client::new().with_token("${v}".to_string())`],
  ['rust env set', (v) => `std::env::set_var("DB_PASSWORD", "${v}");`],
  ['rust secretstring', (v) => `let password = SecretString::from("${v}".to_owned());`],
  ['rust raw', (v) => `password: r#"${v}"#.into(),`],
  ['query string', (v) => `GET /login?user=joe&access_token=${v}&x=1 HTTP/1.1`],
  ['query encoded', (v) => `redirect=https%3A%2F%2Fx.example%2Fcb%3Ftoken%3D${v}%26a%3D1`],
  ['url fragment', (v) => `https://x.example/cb#access_token=${v}&token_type=bearer`],
  ['set-cookie', (v) => `Set-Cookie: auth_token=${v}; Path=/; HttpOnly`],
  [
    'cookie jar netscape',
    (v) => `#HttpOnly_.x.example\tTRUE\t/\tTRUE\t1790000000\tsessionid\t${v}`,
  ],
  ['document.cookie', (v) => `document.cookie = "jwt=${v}; path=/"`],
  ['vendor yaml nested', (v) => `sendgrid:\n  key: ${v}${v}`],
  ['vendor alone json', (v) => `{"mailgun": "${v}${v}"}`],
  ['vendor sk flag', (v) => `--stripe-sk=${v}`],
  ['vendor private', (v) => `export MAILGUN_PRIVATE=${v}`],
  ['vendor setter', (v) => `keys.set("openai", "${v}${v}")`],
  ['french', (v) => `cle_api = "${v}"`],
  ['french env', (v) => `CLE_SECRETE=${v}`],
  ['norwegian', (v) => `api_nokkel: ${v}`],
  ['swedish', (v) => `"nyckel": "${v}"`],
  ['ansible vault pw', (v) => `ansible_ssh_pass=${v} ansible_host=1.2.3.4`],
  ['git credential', (v) => `protocol=https\nhost=github.com\nusername=joe\npassword=${v}`],
  ['pip index', (v) => `pip install --index-url https://joe:${v}@pypi.corp.example/simple x`],
  ['nix', (v) => `services.app.passwordText = "${v}";`],
  ['ini spaced', (v) => `[client]\nuser = joe\npassword = ${v}\n`],
  ['properties escaped', (v) => `spring.datasource.password=${v}\nspring.x=1`],
  ['lisp', (v) => `(setq api-key "${v}")`],
  ['elixir config', (v) => `config :app, App.Repo, username: "joe", password: "${v}"`],
  ['ruby env fetch', (v) => `ENV.fetch('SECRET_KEY', '${v}')`],
  ['php define', (v) => `define('DB_PASSWORD', '${v}');`],
  ['php array', (v) => `'password' => env('DB_PASSWORD', '${v}'),`],
  ['python kwarg', (v) => `connect(user="joe", password="${v}", host="x")`],
  ['python tuple auth', (v) => `requests.get(url, auth=("joe", "${v}"))`],
  ['python fstring', (v) => `headers = {"Authorization": f"Token ${v}"}`],
  ['swift', (v) => `let apiKey = "${v}" // TODO`],
  ['kotlin', (v) => `val dbPassword: String = "${v}"`],
  ['scala', (v) => `val password = sys.env.getOrElse("PW", "${v}")`],
  ['dart', (v) => `static const String apiSecret = '${v}';`],
  ['gradle', (v) => `storePassword "${v}"`],
  ['gradle props', (v) => `signing.password=${v}`],
  ['systemd', (v) => `Environment="DB_PASSWORD=${v}" "X=1"`],
  ['compose list', (v) => `environment:\n  - POSTGRES_PASSWORD=${v}`],
  ['gh actions env', (v) => `env:\n  API_KEY: ${v}`],
  ['crontab', (v) => `0 3 * * * PGPASSWORD=${v} pg_dump app`],
  ['ssh sshpass', (v) => `sshpass -p '${v}' ssh joe@host`],
  ['mysql -p', (v) => `mysql -h db -u joe -p${v} app`],
  ['redis-cli -a', (v) => `redis-cli -h x -a ${v} ping`],
  ['openssl pass', (v) => `openssl enc -aes-256-cbc -pass pass:${v} -in a`],
  ['aws configure set', (v) => `aws configure set aws_secret_access_key ${v}`],
  ['diff removed', (v) => `-    password: "${v}"\n+    password: \${{ secrets.X }}`],
  ['grep output', (v) => `config/db.yml:12:  password: ${v}`],
  ['jwk', (v) => `{"kty":"oct","alg":"HS256","k":"${v}${v}"}`],
  ['html input', (v) => `<input type="hidden" name="csrf_token" value="${v}">`],
  ['ps1 secret vault', (v) => `Set-Secret -Name api -Secret "${v}"`],
  ['csv', (v) => `name,password\njoe,${v}\n`],
  ['telegram text', (v) => `the password for the wifi is ${v}, enjoy`],
  ['vim let', (v) => `let g:openai_api_key = '${v}'`],
  ['nginx header', (v) => `proxy_set_header X-Auth-Token "${v}";`],
  ['graphql', (v) => `mutation { login(email: "a@b.c", password: "${v}") { id } }`],
  ['proto text', (v) => `credentials {\n  user: "joe"\n  password: "${v}"\n}`],
  ['bicep', (v) => `@secure()\nparam adminPassword string = '${v}'`],
  ['pulumi', (v) => `pulumi config set --secret dbPassword ${v}`],
  ['helm set', (v) => `helm install x --set auth.password=${v},a.b=1`],
  ['vault kv put', (v) => `vault kv put secret/app password=${v} user=joe`],
  ['fish', (v) => `set -gx API_TOKEN ${v}`],
  ['csh', (v) => `setenv API_TOKEN ${v}`],
  ['make', (v) => `API_TOKEN ?= ${v}`],
  ['cmd set', (v) => `set "DB_PASSWORD=${v}"`],
  ['reg', (v) => `"Password"="${v}"`],
];

/** The same, where an encoding of the secret stands. */
const ENCODED: readonly (readonly [what: string, encoded: string, text: string])[] = [
  ['npmrc _password', base64(VALUE), `//npm.corp.example/:_password=${base64(VALUE)}`],
  ['npmrc _auth', base64(`joe:${VALUE}`), `_auth=${base64(`joe:${VALUE}`)}`],
  ['basic', base64(`joe:${VALUE}`), `Authorization: Basic ${base64(`joe:${VALUE}`)}`],
  [
    'a Secret in YAML',
    base64(VALUE),
    `apiVersion: v1\ndata:\n  app.conf: ${base64(VALUE)}\n  mode: dGVzdA==\nkind: Secret\n`,
  ],
  [
    'a Secret in JSON',
    base64(VALUE),
    `{"apiVersion":"v1","data":{"a.conf":"${base64(VALUE)}"},"kind":"Secret"}`,
  ],
];

describe('a secret in everyday text', () => {
  it.each(PLACES)('%s', (_what, write) => {
    const text = write(VALUE);
    expect(createRedactor().redactText(text).text).not.toContain(VALUE);
    const { payload } = createRedactor().redactPayload({ tool_input: { content: text } });
    expect(JSON.stringify(payload)).not.toContain(VALUE);
  });

  it.each(ENCODED)('%s', (_what, encoded, text) => {
    expect(createRedactor().redactText(text).text).not.toContain(encoded);
  });

  it("as an object of Kubernetes or below a vendor's name", () => {
    const { payload } = createRedactor().redactPayload({
      secret: { kind: 'Secret', data: { 'app.conf': VALUE } },
      config: { sendgrid: { key: VALUE, from: 'joe@example.com' }, mailgun: VALUE },
    });
    expect(JSON.stringify(payload)).not.toContain(VALUE);
    expect(JSON.stringify(payload)).toContain('joe@example.com');
  });

  it.each([
    'sendgrid: https://app.sendgrid.example/settings/12ab34cd56ef78ab90cd',
    '{"stripe":{"customer":"cus_NffrFeUfNV2Hib12","id":"x1y2z3a4b5c6d7e8"}}',
    '"twilio": "^5.3.2-beta.1"',
    'kind: SecretStore\ndata:\n  a: aGVsbG8gd29ybGQ=\n',
    'user: "1000:1000"',
    String.raw`Sk = '\\^\x60\xa8\xaf\xb4\xb8\u02c2-\u02c5\u02d2-\u02df'`,
  ])('is not seen in %j', (text) => {
    expect(createRedactor().redactText(text).text).toBe(text);
  });
});
